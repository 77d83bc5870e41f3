"""Real databases for every test: a new SQLite file, and a new PostgreSQL database where one is offered.

PostgreSQL is used when TODO_TEST_POSTGRES_URL names a server and a user who may create databases.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, create_engine, make_url, text
from sqlmodel import Session

from straightway import Straightway
from straightway.testclient import TestClient
from todo.application import create_app
from todo.database import open_database
from todo.models import User
from todo.security import create_access_token, hash_password
from todo.settings import Settings

PROJECT = Path(__file__).parents[1]
POSTGRES_URL = os.environ.get("TODO_TEST_POSTGRES_URL")
PASSWORD = "correct horse battery"

Databases = Callable[[], AbstractContextManager[str]]


def migrate(database_url: str, revision: str = "head") -> None:
    """Bring a database to a revision, as `alembic upgrade` or `alembic downgrade` does."""
    change = command.downgrade if revision == "base" else command.upgrade
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TODO_DATABASE_URL", database_url)
        change(Config(PROJECT / "alembic.ini"), revision)


@contextmanager
def postgres_database(template: str | None = None) -> Generator[str]:
    """Create a database, empty or as a copy, and drop it in the end."""
    assert POSTGRES_URL is not None
    url = make_url(POSTGRES_URL).set(drivername="postgresql+psycopg", database=f"todo_test_{uuid4().hex}")
    copy = f"TEMPLATE {make_url(template).database}" if template else ""
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {url.database} {copy}"))
        yield render(url)
        # Not by force: a connection that the application has left open fails the test.
        connection.execute(text(f"DROP DATABASE {url.database}"))
    server.dispose()


def render(url: URL) -> str:
    """Return the address with its password."""
    return url.render_as_string(hide_password=False)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the developer's own settings, and their .env, out of the tests."""
    for name in os.environ:
        if name.startswith("TODO_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", params=["sqlite", *(["postgresql"] if POSTGRES_URL else [])])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Make databases that have the tables and nothing in them; migrated once, then copied."""
    folder = tmp_path_factory.mktemp("databases")

    @contextmanager
    def copy_of_file() -> Generator[str]:
        yield f"sqlite:///{shutil.copy(folder / 'template.db', folder / f'{uuid4()}.db')}"

    if request.param == "sqlite":
        migrate(f"sqlite:///{folder / 'template.db'}")
        yield copy_of_file
        return
    with postgres_database() as template:
        migrate(template)
        yield lambda: postgres_database(template)


@pytest.fixture
def database_url(new_database: Databases) -> Iterator[str]:
    """Name a database that only this test uses."""
    with new_database() as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of a server under test; one web site may call it."""
    return Settings(database_url=database_url, cors_origins=("https://todo.example",), max_body_size=20_000)


@pytest.fixture
def app(settings: Settings) -> Straightway:
    """The application itself, for tests that change it before it starts."""
    return create_app(settings)


@pytest.fixture
def client(app: Straightway) -> Iterator[TestClient]:
    """A client of the running application."""
    with TestClient(app) as client:
        yield client


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Hash the password of all users once: registering each of them would be most of what the tests do."""
    return hash_password(PASSWORD)


@pytest.fixture
def sign_in(settings: Settings, password_hash: str) -> Callable[[str], dict[str, str]]:
    """Store a user with this first name, and return the headers that authenticate their requests."""

    def headers_of(name: str) -> dict[str, str]:
        engine = open_database(settings.database_url)
        with Session(engine, expire_on_commit=False) as session:
            user = User(email=f"{name}@example.com", password_hash=password_hash)
            session.add(user)
            session.commit()
        engine.dispose()
        return {"Authorization": f"Bearer {create_access_token(user.id, settings)}"}

    return headers_of


@pytest.fixture
def ann(sign_in: Callable[[str], dict[str, str]]) -> dict[str, str]:
    """Headers of a user."""
    return sign_in("ann")


@pytest.fixture
def bob(sign_in: Callable[[str], dict[str, str]]) -> dict[str, str]:
    """Headers of another user."""
    return sign_in("bob")
