"""Todos, always of one owner: no function here can reach another's."""

from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression
from sqlmodel import Session, col, delete, func, or_, select, update

from todo.errors import TodoNotFoundError
from todo.models import Todo, User
from todo.schemas import Page, Sort, TodoCreate, TodoQuery, TodoRead, TodoUpdate

ORDERS: dict[str, SQLColumnExpression[Any]] = {
    "created_at": col(Todo.created_at),
    "updated_at": col(Todo.updated_at),
    "title": func.lower(Todo.title),
}


def create_todo(session: Session, owner: User, new: TodoCreate) -> Todo:
    """Store a new todo."""
    todo = Todo(owner_id=owner.id, **new.model_dump())
    session.add(todo)
    session.commit()
    return todo


def list_todos(session: Session, owner: User, query: TodoQuery) -> Page[TodoRead]:
    """Return one page of the owner's todos that the query asks for."""
    conditions = [col(Todo.owner_id) == owner.id]
    if query.completed is not None:
        conditions.append(col(Todo.completed) == query.completed)
    if query.search:
        # SQLite ignores the case of ASCII letters only.
        conditions.append(
            or_(
                col(Todo.title).icontains(query.search, autoescape=True),
                col(Todo.description).icontains(query.search, autoescape=True),
            )
        )
    total = session.exec(select(func.count()).select_from(Todo).where(*conditions)).one()
    page = (
        select(Todo).where(*conditions).order_by(*_order(query.sort)).limit(query.limit).offset(query.offset)
    )
    items = [TodoRead.model_validate(todo, from_attributes=True) for todo in session.exec(page)]
    return Page(items=items, total=total, limit=query.limit, offset=query.offset)


def read_todo(session: Session, owner: User, todo_id: UUID) -> Todo:
    """Return a todo; raises TodoNotFoundError."""
    todo = session.exec(select(Todo).where(Todo.id == todo_id, Todo.owner_id == owner.id)).one_or_none()
    if todo is None:
        raise TodoNotFoundError
    return todo


def update_todo(session: Session, owner: User, todo_id: UUID, changes: TodoUpdate) -> Todo:
    """Change a todo and return it; raises TodoNotFoundError."""
    values = changes.model_dump()
    if not values:
        return read_todo(session, owner, todo_id)
    # One statement: nobody can delete the todo, or change another field, between our reading and our writing.
    statement = (
        update(Todo)
        .where(col(Todo.id) == todo_id, col(Todo.owner_id) == owner.id)
        .values(values)
        .returning(Todo)
    )
    todo: Todo | None = session.exec(statement).scalar_one_or_none()
    if todo is None:
        raise TodoNotFoundError
    session.commit()
    return todo


def delete_todo(session: Session, owner: User, todo_id: UUID) -> None:
    """Delete a todo; raises TodoNotFoundError."""
    statement = delete(Todo).where(col(Todo.id) == todo_id, col(Todo.owner_id) == owner.id)
    if session.exec(statement).rowcount == 0:
        raise TodoNotFoundError
    session.commit()


def _order(sort: Sort) -> list[SQLColumnExpression[Any]]:
    column = ORDERS[sort.removeprefix("-")]
    # The id makes the order complete: without it, equal todos could appear on two pages or on none.
    if sort.startswith("-"):
        return [column.desc(), col(Todo.id).desc()]
    return [column.asc(), col(Todo.id).asc()]
