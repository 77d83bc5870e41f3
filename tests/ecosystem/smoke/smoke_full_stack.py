"""An application as it is written with asynchronous SQLAlchemy: accounts, JWT, owned notes, uploads, settings."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import httpx2
import jwt
import pytest
from fastapi import (
    APIRouter,
    BackgroundTasks,
    Depends,
    FastAPI,
    File,
    HTTPException,
    Query,
    Request,
    UploadFile,
)
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm, SecurityScopes
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pydantic import BaseModel, ConfigDict, EmailStr, Field
from pydantic_settings import BaseSettings
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

hashes = PasswordHash.recommended()


class Settings(BaseSettings):
    """What the application is configured with."""

    database: str = "sqlite+aiosqlite://"
    secret: str = "a secret of the tests that is long enough"
    lifetime: timedelta = timedelta(minutes=5)


class Base(DeclarativeBase):
    """The tables."""


class Account(Base):
    """Who may do something."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    scopes: Mapped[str] = mapped_column(default="notes")
    notes: Mapped[list["Note"]] = relationship(back_populates="owner", cascade="all, delete-orphan")


class Note(Base):
    """What belongs to an account."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    content: Mapped[bytes] = mapped_column(default=b"")
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    owner: Mapped[Account] = relationship(back_populates="notes", lazy="joined")


class AccountIn(BaseModel):
    """An account as it is registered."""

    email: EmailStr
    password: str = Field(min_length=8)


class Out(BaseModel):
    """What is read from rows."""

    model_config = ConfigDict(from_attributes=True)
    id: int


class AccountOut(Out):
    """An account as it is shown."""

    email: EmailStr


class NoteIn(BaseModel):
    """A note as it is written."""

    title: str = Field(max_length=20)


class NoteOut(Out):
    """A note as it is shown."""

    title: str
    owner: AccountOut


class Page(BaseModel):
    """Some of the notes and how many there are."""

    items: list[NoteOut]
    total: int


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    """Open a session that is committed when the endpoint succeeds and rolled back when it does not."""
    async with request.app.state.sessions() as opened:
        try:
            yield opened
        except BaseException:
            await opened.rollback()
            request.app.state.log.append("rollback")
            raise
        await opened.commit()


def settings(request: Request) -> Settings:
    """Give the settings."""
    return request.app.state.settings


Session = Annotated[AsyncSession, Depends(session, scope="function")]
Configured = Annotated[Settings, Depends(settings)]
Token = Annotated[str, Depends(OAuth2PasswordBearer("login", scopes={"notes": "Notes", "admin": "All"}))]


async def account(token: Token, scopes: SecurityScopes, session: Session, settings: Configured) -> Account:
    """Find who asks, and whether the token allows it."""
    headers = {"WWW-Authenticate": f'Bearer scope="{scopes.scope_str}"'}
    try:
        payload = jwt.decode(token, settings.secret, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "no valid token", headers) from error
    found = await session.get(Account, int(payload["sub"]))
    if found is None:
        raise HTTPException(401, "no such account", headers)
    if not set(scopes.scopes) <= set(found.scopes.split()):
        raise HTTPException(403, "not allowed", headers)
    return found


Me = Annotated[Account, Depends(account)]
accounts = APIRouter(tags=["accounts"])
notes = APIRouter(prefix="/notes", tags=["notes"])


@accounts.post("/accounts", status_code=201)
async def register(new: AccountIn, session: Session, tasks: BackgroundTasks, request: Request) -> AccountOut:
    """Register an account and welcome it afterwards."""
    row = Account(email=new.email, password=await asyncio.to_thread(hashes.hash, new.password))
    session.add(row)
    await session.flush()
    tasks.add_task(request.app.state.log.append, f"welcome {row.email}")
    return row


@accounts.post("/login")
async def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], session: Session, settings: Configured
):
    """Give a token."""
    row = await session.scalar(select(Account).where(Account.email == form.username))
    if row is None or not hashes.verify(form.password, row.password):
        raise HTTPException(400, "wrong address or password")
    payload = {"sub": str(row.id), "exp": datetime.now(UTC) + settings.lifetime}
    return {"access_token": jwt.encode(payload, settings.secret, "HS256"), "token_type": "bearer"}


@accounts.get("/me")
async def me(me: Me) -> AccountOut:
    """Show who asks."""
    return me


@notes.post("", status_code=201, response_model=NoteOut)
async def create(note: NoteIn, me: Me, session: Session):
    """Write a note."""
    row = Note(title=note.title, owner=me)
    session.add(row)
    await session.flush()
    return row


@notes.get("")
async def listed(me: Me, session: Session, page: int = 1, size: Annotated[int, Query(le=50)] = 10) -> Page:
    """List own notes."""
    mine = select(Note).where(Note.owner_id == me.id)
    total = await session.scalar(select(func.count()).select_from(mine.subquery()))
    rows = await session.scalars(mine.order_by(Note.id).offset((page - 1) * size).limit(size))
    return Page(items=[NoteOut.model_validate(row) for row in rows], total=total or 0)


async def own(number: int, me: Me, session: Session) -> Note:
    """Find a note of the account; those of others are not there."""
    row = await session.get(Note, number)
    if row is None or row.owner_id != me.id:
        raise HTTPException(404, "no such note")
    return row


Own = Annotated[Note, Depends(own)]


@notes.put("/{number}/content", status_code=204)
async def fill(note: Own, file: Annotated[UploadFile, File()]) -> None:
    """Store a file."""
    note.content = await file.read()


@notes.get("/{number}/content")
async def content(note: Own):
    """Send the file in parts."""

    async def parts():
        for start in range(0, len(note.content), 1000):
            yield note.content[start : start + 1000]

    return StreamingResponse(parts(), media_type="application/octet-stream")


@notes.delete("/{number}", status_code=204)
async def delete(note: Own, session: Session) -> None:
    """Delete a note."""
    await session.delete(note)


@notes.post("/broken")
async def broken(me: Me, session: Session):
    """Write a note and fail."""
    session.add(Note(title="lost", owner=me))
    await session.flush()
    raise RuntimeError("broken")


def create_app(settings: Settings) -> FastAPI:
    """Put the application together."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine(settings.database)
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(title="Notes", lifespan=lifespan)
    app.state.settings = settings
    app.state.log = []
    app.add_middleware(CORSMiddleware, allow_origins=["https://example.org"], allow_methods=["*"])
    app.include_router(accounts, prefix="/api")
    app.include_router(notes, prefix="/api")

    @app.exception_handler(IntegrityError)
    async def conflict(request: Request, error: IntegrityError):
        return JSONResponse({"detail": "exists already"}, 409)

    @app.middleware("http")
    async def timed(request: Request, call_next):
        response = await call_next(request)
        response.headers["x-timed"] = "yes"
        return response

    return app


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Make the application on an empty database file."""
    return create_app(Settings(database=f"sqlite+aiosqlite:///{tmp_path}/notes.db"))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Start it, with an account."""
    with TestClient(app, base_url="http://testserver/api", raise_server_exceptions=False) as client:
        client.post("accounts", json={"email": "ann@example.org", "password": "wonderland"})
        client.headers = log_in_as(client, "ann@example.org")
        yield client


def log_in_as(client: TestClient | httpx2.Client, email: str, password: str = "wonderland") -> dict[str, str]:
    """Log in and give the header."""
    answer = client.post("login", data={"username": email, "password": password})
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def test_registration(client: TestClient, app: FastAPI):
    """An account is shown without password, exists once and is welcomed in the background."""
    assert client.get("me").json() == {"id": 1, "email": "ann@example.org"}
    again = client.post("accounts", json={"email": "ann@example.org", "password": "wonderland"})
    bad = client.post("accounts", json={"email": "ann", "password": "x"})

    assert (again.status_code, again.json()) == (409, {"detail": "exists already"})
    assert [error["loc"][1] for error in bad.json()["detail"]] == ["email", "password"]
    # A body that is refused ends the session of the request too, as it was opened before.
    assert app.state.log == ["welcome ann@example.org", "rollback", "rollback"]


def test_login(client: TestClient, app: FastAPI):
    """Wrong passwords, old and forged tokens are refused."""
    wrong = client.post("login", data={"username": "ann@example.org", "password": "x"})
    assert wrong.status_code == 400
    forged = jwt.encode({"sub": "1"}, "another secret that is also long enough", "HS256")
    app.state.settings.lifetime = timedelta(seconds=-1)
    old = log_in_as(client, "ann@example.org")["authorization"].split()[1]
    for token in (forged, old, "x"):
        answer = client.get("me", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()) == (401, {"detail": "no valid token"})
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_notes_belong_to_their_account(client: TestClient):
    """Others neither see nor delete them; pages count."""
    for number in range(3):
        assert client.post("notes", json={"title": f"note {number}"}).status_code == 201
    client.post("accounts", json={"email": "ben@example.org", "password": "wonderland"})
    other = log_in_as(client, "ben@example.org")

    page = client.get("notes", params={"page": 2, "size": 2}).json()
    assert page["total"] == 3
    assert page["items"] == [{"id": 3, "title": "note 2", "owner": {"id": 1, "email": "ann@example.org"}}]
    assert client.get("notes", headers=other).json() == {"items": [], "total": 0}
    assert client.delete("notes/1", headers=other).status_code == 404
    assert client.delete("notes/1").status_code == 204
    assert client.get("notes").json()["total"] == 2


def test_failure_rolls_back(client: TestClient, app: FastAPI):
    """An error after a write leaves nothing, and the session knew of the error."""
    assert client.post("notes/broken").status_code == 500

    assert client.get("notes").json()["total"] == 0
    assert app.state.log[-1] == "rollback"


def test_rejected_body_writes_nothing(client: TestClient):
    """Validation comes before the endpoint."""
    answer = client.post("notes", json={"title": "x" * 21})

    assert answer.json()["detail"][0]["loc"] == ["body", "title"]
    assert client.get("notes").json()["total"] == 0


def test_commit_is_before_the_answer(client: TestClient):
    """A session of function scope has committed when the answer arrives, over a real request after it."""
    number = client.post("notes", json={"title": "n"}).json()["id"]

    assert client.get("notes").json()["items"][0]["id"] == number


def test_on_a_server(app: FastAPI, serve: Callable[[FastAPI], str]):
    """Uploads, streams, CORS and concurrent callers over a socket."""
    with httpx2.Client(base_url=f"{serve(app)}/api/", timeout=30) as client:
        client.post("accounts", json={"email": "ann@example.org", "password": "wonderland"})
        client.headers.update(log_in_as(client, "ann@example.org"))
        client.post("notes", json={"title": "file"})
        content = bytes(range(256)) * 40
        assert client.put("notes/1/content", files={"file": ("f.bin", content)}).status_code == 204
        assert client.get("notes/1/content").content == content
        allowed = client.options(
            "notes", headers={"origin": "https://example.org", "access-control-request-method": "POST"}
        )
        assert allowed.headers["access-control-allow-origin"] == "https://example.org"
        shown = client.get("me", headers={"origin": "https://example.org"})
        assert (shown.headers["x-timed"], shown.headers["access-control-allow-origin"]) == (
            "yes",
            "https://example.org",
        )

        async def many() -> list[int]:
            async with httpx2.AsyncClient(
                base_url=client.base_url, headers=client.headers, timeout=30
            ) as other:
                answers = await asyncio.gather(*(other.get("notes") for _ in range(40)))
            return [answer.status_code for answer in answers]

        assert asyncio.run(many()) == [200] * 40


def test_document(client: TestClient):
    """Models, the login form and the scheme are documented."""
    document = client.get("http://testserver/openapi.json").json()

    assert document["info"]["title"] == "Notes"
    flow = document["components"]["securitySchemes"]["OAuth2PasswordBearer"]["flows"]["password"]
    assert flow == {"scopes": {"notes": "Notes", "admin": "All"}, "tokenUrl": "login"}
    assert document["paths"]["/api/notes"]["get"]["security"] == [{"OAuth2PasswordBearer": []}]
