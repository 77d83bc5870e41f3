"""fastapi-users: accounts, with JWT and with sessions in a database."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import (
    AuthenticationBackend,
    BearerTransport,
    CookieTransport,
    JWTStrategy,
)
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import (
    SQLAlchemyAccessTokenDatabase,
    SQLAlchemyBaseAccessTokenTableUUID,
)
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET = "a secret of the tests that is long enough"
ANN = {"email": "ann@example.org", "password": "wonderland"}


class Base(DeclarativeBase):
    """The tables."""


class User(SQLAlchemyBaseUserTableUUID, Base):
    """An account with a name."""

    name: Mapped[str] = mapped_column(default="")


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    """A session."""


class UserRead(schemas.BaseUser[UUID]):
    """An account as it is shown."""

    name: str


class UserCreate(schemas.BaseUserCreate):
    """An account as it is registered."""

    name: str = ""


class UserUpdate(schemas.BaseUserUpdate):
    """An account as it is changed."""

    name: str | None = None


class Post:
    """What the manager sends by mail."""

    tokens: dict[str, str]

    def __init__(self) -> None:
        self.tokens = {}


@pytest.fixture
def post() -> Post:
    """Collect the mail."""
    return Post()


@pytest.fixture
def client(tmp_path: Path, post: Post) -> Iterator[TestClient]:
    """Make an application with all routers of the package."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/users.db")
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    class Manager(UUIDIDMixin, BaseUserManager[User, UUID]):
        reset_password_token_secret = SECRET
        verification_token_secret = SECRET

        async def on_after_forgot_password(self, user: User, token: str, request: Request | None = None):
            post.tokens["reset"] = token

        async def on_after_request_verify(self, user: User, token: str, request: Request | None = None):
            post.tokens["verify"] = token

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    async def users(session: AsyncSession = Depends(session)):
        yield SQLAlchemyUserDatabase(session, User)

    async def tokens(session: AsyncSession = Depends(session)):
        yield SQLAlchemyAccessTokenDatabase(session, AccessToken)

    async def manager(users: SQLAlchemyUserDatabase = Depends(users)):
        yield Manager(users)

    def jwt() -> JWTStrategy:
        return JWTStrategy(secret=SECRET, lifetime_seconds=60)

    def stored(tokens: AccessTokenDatabase[AccessToken] = Depends(tokens)) -> DatabaseStrategy:
        return DatabaseStrategy(tokens, lifetime_seconds=60)

    bearer = AuthenticationBackend("jwt", BearerTransport(tokenUrl="jwt/login"), jwt)
    cookie = AuthenticationBackend("cookie", CookieTransport(cookie_secure=False), stored)
    accounts = FastAPIUsers[User, UUID](manager, [bearer, cookie])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)
    app.include_router(accounts.get_auth_router(bearer), prefix="/jwt")
    app.include_router(accounts.get_auth_router(cookie), prefix="/cookie")
    app.include_router(accounts.get_register_router(UserRead, UserCreate), prefix="/auth")
    app.include_router(accounts.get_reset_password_router(), prefix="/auth")
    app.include_router(accounts.get_verify_router(UserRead), prefix="/auth")
    app.include_router(accounts.get_users_router(UserRead, UserUpdate), prefix="/users")

    @app.get("/hello")
    async def hello(user: User = Depends(accounts.current_user(active=True, verified=True))):
        return f"hello {user.name}"

    @app.get("/perhaps")
    async def perhaps(user: User | None = Depends(accounts.current_user(optional=True))):
        return user.email if user else None

    @app.post("/promote")
    async def promote(session: AsyncSession = Depends(session)):
        await session.execute(update(User).values(is_superuser=True))
        await session.commit()

    with TestClient(app) as client:
        yield client


def register(client: TestClient, **account: str) -> dict[str, object]:
    """Register an account."""
    answer = client.post("/auth/register", json=ANN | {"name": "Ann"} | account)
    assert answer.status_code == 201, answer.text
    return answer.json()


def log_in(client: TestClient, **account: str) -> dict[str, str]:
    """Log in with JWT and give the header."""
    account = ANN | account
    answer = client.post("/jwt/login", data={"username": account["email"], "password": account["password"]})
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def test_account_is_registered_once(client: TestClient):
    """A new account is shown without its password; the address is taken from then on."""
    shown = register(client, is_superuser=True)

    assert shown["email"] == "ann@example.org"
    assert (shown["name"], shown["is_superuser"], shown["is_active"]) == ("Ann", False, True)
    assert "password" not in " ".join(shown)
    again = client.post("/auth/register", json=ANN)
    assert (again.status_code, again.json()["detail"]) == (400, "REGISTER_USER_ALREADY_EXISTS")
    assert client.post("/auth/register", json={"email": "no", "password": "x"}).status_code == 422


def test_token_opens_the_own_account(client: TestClient):
    """Login, reading and changing oneself; a wrong password is refused."""
    register(client)
    headers = log_in(client)

    assert client.get("/users/me").status_code == 401
    assert client.get("/users/me", headers=headers).json()["name"] == "Ann"
    changed = client.patch("/users/me", headers=headers, json={"name": "Anna", "is_superuser": True}).json()
    assert (changed["name"], changed["is_superuser"]) == ("Anna", False)
    wrong = client.post("/jwt/login", data={"username": ANN["email"], "password": "no"})
    assert (wrong.status_code, wrong.json()["detail"]) == (400, "LOGIN_BAD_CREDENTIALS")


def test_cookie_session_ends_with_logout(client: TestClient):
    """The session in the database is gone after logging out."""
    register(client)

    answer = client.post("/cookie/login", data={"username": ANN["email"], "password": ANN["password"]})
    assert (answer.status_code, "HttpOnly" in answer.headers["set-cookie"]) == (204, True)
    stolen = dict(client.cookies)
    assert client.get("/users/me").status_code == 200
    assert client.post("/cookie/logout").status_code == 204
    assert client.get("/users/me").status_code == 401
    assert client.get("/users/me", cookies=stolen).status_code == 401


def test_forgotten_password_is_reset(client: TestClient, post: Post):
    """The mailed token sets a new password, and is of no use as something else."""
    register(client)

    assert client.post("/auth/forgot-password", json={"email": "eve@example.org"}).status_code == 202
    assert post.tokens == {}
    assert client.post("/auth/forgot-password", json={"email": ANN["email"]}).status_code == 202
    bad = client.post("/auth/reset-password", json={"token": "x", "password": "looking-glass"})
    assert (bad.status_code, bad.json()["detail"]) == (400, "RESET_PASSWORD_BAD_TOKEN")
    good = {"token": post.tokens["reset"], "password": "looking-glass"}
    assert client.post("/auth/reset-password", json=good).status_code == 200

    log_in(client, password="looking-glass")
    old = client.post("/jwt/login", data={"username": ANN["email"], "password": ANN["password"]})
    assert old.status_code == 400


def test_verified_accounts_only(client: TestClient, post: Post):
    """A route for verified accounts opens after verification."""
    register(client)
    headers = log_in(client)

    assert client.get("/hello", headers=headers).status_code == 403
    client.post("/auth/request-verify-token", json={"email": ANN["email"]})
    verified = client.post("/auth/verify", json={"token": post.tokens["verify"]})
    assert verified.json()["is_verified"] is True
    assert client.get("/hello", headers=headers).json() == "hello Ann"
    assert client.get("/perhaps").json() is None
    assert client.get("/perhaps", headers=headers).json() == ANN["email"]


def test_superuser_manages_others(client: TestClient):
    """Only a superuser reads, changes and deletes other accounts."""
    identifier = register(client)["id"]
    headers = log_in(client)

    assert client.get(f"/users/{identifier}", headers=headers).status_code == 403
    client.post("/promote")
    assert client.get(f"/users/{identifier}", headers=headers).json()["is_superuser"] is True
    other = register(client, email="ben@example.org")["id"]
    changed = client.patch(f"/users/{other}", headers=headers, json={"is_active": False}).json()
    assert changed["is_active"] is False
    assert client.delete(f"/users/{other}", headers=headers).status_code == 204
    assert client.get(f"/users/{other}", headers=headers).status_code == 404


def test_both_backends_are_documented(client: TestClient):
    """Bearer and cookie are alternatives."""
    document = client.get("/openapi.json").json()

    kinds = {scheme["type"] for scheme in document["components"]["securitySchemes"].values()}
    assert kinds == {"oauth2", "apiKey"}
    assert len(document["paths"]["/users/me"]["get"]["security"]) == 2
