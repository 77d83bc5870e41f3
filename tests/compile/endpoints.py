"""A dozen endpoints as people write them; what each is compiled to is in `golden/`."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Annotated, Any

from pydantic import BaseModel

from straightway import (
    BackgroundTasks,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    Query,
    Request,
    Response,
    Security,
    Straightway,
    UploadFile,
    WebSocket,
)
from straightway.responses import PlainTextResponse, StreamingResponse
from straightway.security import SecurityScopes
from straightway.sse import EventSourceResponse

app = Straightway()


class Item(BaseModel):
    """What is sent and returned."""

    name: str
    price: float = 0


class Page(BaseModel):
    """A model spread over the query string."""

    limit: int = 10
    offset: int = 0


@app.get("/hello")
async def hello():
    """Answer without asking for anything."""
    return {"message": "Hello"}


@app.get("/items/{item_id}")
async def path_and_query(item_id: int, q: str = "", limit: int = 10):
    """Take a value from the path and two from the query string."""
    return {"item_id": item_id, "q": q, "limit": limit}


@app.get("/search")
async def every_place(
    page: Annotated[Page, Query()],
    tags: Annotated[list[str], Query()],
    x_token: Annotated[str, Header()],
    x_trace: Annotated[list[str] | None, Header()] = None,
    session: Annotated[str | None, Cookie()] = None,
):
    """Take a model, lists, headers and a cookie."""
    return [page, tags, x_token, x_trace, session]


@app.post("/items", status_code=201)
async def body_to_model(item: Item) -> Item:
    """Take JSON and return JSON, both validated."""
    return item


@app.put("/items/{item_id}")
async def two_bodies(item_id: int, item: Item, owner: Item) -> dict[str, Any]:
    """Take an object with a key for each of two models."""
    return {"item_id": item_id, "item": item, "owner": owner}


async def token(authorization: Annotated[str, Header()]) -> str:
    """Read a header."""
    return authorization


async def user(found: Annotated[str, Depends(token)], as_user: str = "me") -> str:
    """Depend on the header."""
    return f"{found} {as_user}"


async def active_user(found: Annotated[str, Depends(user)]) -> str:
    """Depend on the user."""
    return found


@app.get("/me")
async def three_levels(found: Annotated[str, Depends(active_user)]) -> str:
    """Depend on what depends on what reads a header."""
    return found


def settings() -> dict[str, str]:
    """Make something in a thread."""
    return {}


def database(configured: Annotated[dict[str, str], Depends(settings)], shard: int = 0) -> str:
    """Make something of it."""
    return f"{configured} {shard}"


@app.get("/reports")
def sync_all_the_way(connection: Annotated[str, Depends(database)], year: int) -> Item:
    """Run in one thread with everything that it depends on."""
    return Item(name=f"{connection} {year}")


async def transaction() -> AsyncIterable[str]:
    """Be there until the response was sent."""
    yield "transaction"


def file_lock() -> Iterable[str]:
    """Be there until the endpoint returned."""
    yield "lock"


@app.delete("/items/{item_id}", status_code=204)
async def with_yield(
    item_id: int,
    inside: Annotated[str, Depends(transaction)],
    locked: Annotated[str, Depends(file_lock, scope="function")],
) -> None:
    """Work inside two others."""


def session() -> Iterable[str]:
    """Be there until the response was sent."""
    yield "session"


@app.get("/sessions")
def sync_yield(inside: Annotated[str, Depends(session)]) -> list[str]:
    """Run in one thread with the dependency, which is left in another visit to one."""
    return [inside]


@app.post("/upload")
async def form_and_file(
    title: Annotated[str, Form()], upload: UploadFile, raw: Annotated[bytes, File()] = b""
):
    """Take a form with files."""
    return [title, upload.filename, len(raw)]


@app.websocket("/chat/{room}")
async def chat(websocket: WebSocket, room: str, found: Annotated[str, Depends(token)]):
    """Talk."""
    await websocket.accept()
    await websocket.close()


@app.get("/lines")
async def json_lines(count: int = 1) -> AsyncIterable[Item]:
    """Send one document a line."""
    for _ in range(count):
        yield Item(name="line")


@app.get("/events", response_class=EventSourceResponse)
async def events(count: int = 1) -> AsyncIterable[Item]:
    """Send events."""
    for _ in range(count):
        yield Item(name="event")


@app.get("/stream", response_class=StreamingResponse)
def raw_stream() -> Iterable[str]:
    """Send pieces as they are."""
    yield "piece"


@app.post("/numbers")
def whole_body(numbers: set[int]) -> int:
    """Take what is another thing in Python than in JSON."""
    return len(numbers)


def audit(request: Request, tasks: BackgroundTasks) -> str:
    """Look at the request, and leave something to do."""
    tasks.add_task(print, request.url)
    return "audited"


@app.get("/injected")
async def injected(
    response: Response, tasks: BackgroundTasks, audited: Annotated[str, Depends(audit)]
) -> Item:
    """Set a header, and leave something to do."""
    response.headers["x-audited"] = audited
    return Item(name="injected")


@app.get("/background")
async def background(tasks: BackgroundTasks):
    """Leave something to do without touching the response."""
    tasks.add_task(print, "done")


@app.get("/text", response_class=PlainTextResponse)
def plain_text() -> str:
    """Answer with a class of one's own choice."""
    return "text"


@app.get(
    "/limited",
    dependencies=[Depends(settings, max_concurrency=2), Depends(transaction, max_concurrency=1)],
)
async def max_concurrency(value: Annotated[str, Depends(file_lock, max_concurrency=3)]):
    """Run with few others at a time."""
    return value


def authorised(scopes: SecurityScopes) -> list[str]:
    """See which scopes are required."""
    return scopes.scopes


@app.get("/secured")
async def secured(found: Annotated[list[str], Security(authorised, scopes=["items", "me"])], again: int = 0):
    """Require scopes."""
    return found
