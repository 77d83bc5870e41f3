"""What the database guarantees, whatever the code does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, col, func, select, update

from todo.database import open_database
from todo.models import Todo, User


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The engine that requests use."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def new_user(session: Session) -> User:
    """Store a user."""
    user = User(email=f"{uuid4()}@example.com", password_hash="x")
    session.add(user)
    session.commit()
    return user


def test_todo_needs_an_owner(engine: Engine) -> None:
    """Foreign keys are enforced, by SQLite too."""
    with Session(engine) as session:
        session.add(Todo(owner_id=uuid4(), title="Milk", description=""))

        with pytest.raises(IntegrityError):
            session.commit()


def test_todos_go_with_their_owner(engine: Engine) -> None:
    """Deleting a user deletes the todos, and only theirs."""
    with Session(engine, expire_on_commit=False) as session:
        ann, bob = new_user(session), new_user(session)
        session.add_all(Todo(owner_id=user.id, title="Milk", description="") for user in (ann, bob))
        session.commit()

        session.delete(ann)
        session.commit()

        assert [todo.owner_id for todo in session.exec(select(Todo))] == [bob.id]


def test_time_without_a_zone_is_refused(engine: Engine) -> None:
    """A local time is a mistake in the code, and is not stored."""
    with Session(engine) as session:
        session.add(User(email="ann@example.com", password_hash="x", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001

        with pytest.raises(StatementError, match="has no time zone"):
            session.commit()


def test_what_is_not_committed_is_undone(engine: Engine) -> None:
    """A service that fails half-way leaves nothing, although the statement had reached the database."""
    with Session(engine, expire_on_commit=False) as session:
        user = new_user(session)
        session.exec(update(User).where(col(User.id) == user.id).values(email="other@example.com"))

    with Session(engine) as session:
        assert session.get_one(User, user.id).email != "other@example.com"


def test_reading_then_writing_in_parallel_loses_nothing(engine: Engine) -> None:
    """Sessions that read before they write wait for each other, where SQLite alone would fail them at once."""
    with Session(engine, expire_on_commit=False) as session:
        user = new_user(session)

    def add(number: int) -> None:
        with Session(engine) as session:
            owner = session.get_one(User, user.id)
            session.add(Todo(owner_id=owner.id, title=str(number), description=""))
            session.flush()
            session.exec(update(Todo).where(col(Todo.title) == str(number)).values(completed=True))
            session.commit()

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(add, range(100)))

    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Todo).where(col(Todo.completed))).one() == 100


def test_lists_are_read_from_an_index(engine: Engine) -> None:
    """The index that serves the list of a user exists."""
    assert [index["column_names"] for index in inspect(engine).get_indexes("todos")] == [
        ["owner_id", "created_at"]
    ]


def test_sqlite_readers_do_not_wait_for_the_writer(engine: Engine) -> None:
    """The file is in write-ahead mode, which the migration has set."""
    if engine.dialect.name != "sqlite":
        pytest.skip("SQLite only")

    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
