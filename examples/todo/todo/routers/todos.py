"""The todos of the user who asks."""

from typing import Annotated
from uuid import UUID

from straightway import APIRouter, Query, Request, Response
from todo.dependencies import CurrentUser, SessionDependency
from todo.errors import error_responses
from todo.models import Todo
from todo.schemas import Page, TodoCreate, TodoQuery, TodoRead, TodoUpdate
from todo.services import todos

router = APIRouter(prefix="/todos", tags=["todos"], responses=error_responses(401, 422))


@router.post("", status_code=201, response_model=TodoRead, responses=error_responses(413))
def create_todo(
    new: TodoCreate, user: CurrentUser, session: SessionDependency, request: Request, response: Response
) -> Todo:
    """Add a todo to the list; its address is in the Location header."""
    todo = todos.create_todo(session, user, new)
    # The path alone: behind a proxy we may not know under which host and scheme clients see us.
    response.headers["Location"] = request.url_for("read_todo", todo_id=todo.id).path
    return todo


@router.get("")
def list_todos(
    query: Annotated[TodoQuery, Query()], user: CurrentUser, session: SessionDependency
) -> Page[TodoRead]:
    """Return a page of the list: all of it, or what is (not) completed, or what contains a text."""
    return todos.list_todos(session, user, query)


@router.get("/{todo_id}", response_model=TodoRead, responses=error_responses(404))
def read_todo(todo_id: UUID, user: CurrentUser, session: SessionDependency) -> Todo:
    """Return one todo."""
    return todos.read_todo(session, user, todo_id)


@router.patch("/{todo_id}", response_model=TodoRead, responses=error_responses(404, 413))
def update_todo(todo_id: UUID, changes: TodoUpdate, user: CurrentUser, session: SessionDependency) -> Todo:
    """Change the fields that are sent, and no others."""
    return todos.update_todo(session, user, todo_id, changes)


@router.delete("/{todo_id}", status_code=204, responses=error_responses(404))
def delete_todo(todo_id: UUID, user: CurrentUser, session: SessionDependency) -> None:
    """Remove a todo for good."""
    todos.delete_todo(session, user, todo_id)
