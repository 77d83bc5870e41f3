"""The same answers by hand: ASGI, pydantic-core's validation and serialisation, and nothing else.

No framework can be faster than this for long; how far one is from it is what it costs. Nothing is checked here that
the framework would check for other requests: no route table, no error answers but the one that is asked for.
"""

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import anyio.to_thread
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from benchmarks.asgi import Application, Receive, Scope, Send
from benchmarks.models import ITEMS, ROWS, Account, Item, Session, StoredItem

ANYTHING = TypeAdapter(Any).serializer


async def answer(
    send: Send, content: bytes, *, status: int = 200, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send JSON with the headers that the frameworks send."""
    length = str(len(content)).encode()
    headers = [(b"content-length", length), (b"content-type", b"application/json"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a constant dict as JSON."""
    await answer(send, ANYTHING.to_json({"message": "Hello World"}))


class ItemParameters(TypedDict):
    """The parameters of path_and_query, validated in one call."""

    item_id: int
    search: str
    limit: int


ITEM_PARAMETERS = TypeAdapter(ItemParameters).validator


async def path_and_query(scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate an integer of the path, and a string and an integer of the query string."""
    found = query_of(scope["query_string"])
    found["item_id"] = scope["path"].rpartition("/")[2]
    await answer(send, ANYTHING.to_json(ITEM_PARAMETERS.validate_python(found)))


def query_of(query: bytes) -> dict[str, str]:
    """Split a query string."""
    pairs = (part.partition("=") for part in query.decode("latin-1").split("&"))
    return {name: unquote_plus(value) for name, _, value in pairs}


ITEM = TypeAdapter(Item).validator
STORED_ITEM = TypeAdapter(StoredItem).serializer


def stored(item: Item) -> bytes:
    """Answer an item as what was stored."""
    return STORED_ITEM.to_json(StoredItem(id=1, **item.__dict__))


async def body(_scope: Scope, receive: Receive, send: Send) -> None:
    """Validate a JSON body as one model and answer it as another."""
    await answer(send, stored(ITEM.validate_json((await receive())["body"])))


TEXT = TypeAdapter(str).validator


async def dependencies(scope: Scope, _receive: Receive, send: Send) -> None:
    """Read a header and hand it through three asynchronous functions."""
    token = next(value for name, value in scope["headers"] if name == b"x-token")
    user = await get_active_user(
        await get_user(await get_token(TEXT.validate_python(token.decode("latin-1"))))
    )
    await answer(send, ANYTHING.to_json(user))


async def get_token(x_token: str) -> str:
    """Stand for the first dependency."""
    return x_token


async def get_user(token: str) -> dict[str, str]:
    """Stand for the second dependency."""
    return {"name": token}


async def get_active_user(user: dict[str, str]) -> dict[str, str]:
    """Stand for the third dependency."""
    return user


ITEM_LIST = TypeAdapter(list[StoredItem])


async def hundred_models(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate a hundred models as the response model and answer them."""
    await answer(send, ITEM_LIST.serializer.to_json(ITEM_LIST.validator.validate_python(ITEMS)))


async def thousand_dicts(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a thousand dicts."""
    await answer(send, ANYTHING.to_json(ROWS))


NUMBER = TypeAdapter(int).validator


async def synchronous(scope: Scope, _receive: Receive, send: Send) -> None:
    """Call three synchronous functions in one visit to a worker thread."""
    limit = NUMBER.validate_python(query_of(scope["query_string"])["limit"])
    await answer(send, ANYTHING.to_json(await anyio.to_thread.run_sync(_three_calls, limit)))


def _three_calls(limit: int) -> dict[str, int]:
    return _read_sync(_get_page(_get_limit(limit)))


def _get_limit(limit: int) -> int:
    return limit


def _get_page(limit: int) -> dict[str, int]:
    return {"limit": limit}


def _read_sync(page: dict[str, int]) -> dict[str, int]:
    return page


@asynccontextmanager
async def session_for_loop() -> AsyncGenerator[Session]:
    """Open and close a session."""
    session = Session()
    try:
        yield session
    finally:
        session.close()


async def asynchronous_yield(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer out of a session."""
    async with session_for_loop() as session:
        await answer(send, ANYTHING.to_json({"closed": session.closed}))


@contextmanager
def session_for_thread() -> Generator[Session]:
    """Open and close a session."""
    session = Session()
    try:
        yield session
    finally:
        session.close()


async def synchronous_yield(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer out of a session that lives in a worker thread."""
    await answer(send, ANYTHING.to_json(await anyio.to_thread.run_sync(_with_session)))


def _with_session() -> dict[str, bool]:
    with session_for_thread() as session:
        return {"closed": session.closed}


async def last_route(scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate an integer of the path."""
    thing_id = NUMBER.validate_python(scope["path"].rpartition("/")[2])
    await answer(send, ANYTHING.to_json({"thing_id": thing_id}))


async def invalid(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the errors of a body."""
    try:
        content, status = stored(ITEM.validate_json((await receive())["body"])), 200
    except ValidationError as error:
        content, status = errors_of(error), 422
    await answer(send, content, status=status)


def errors_of(error: ValidationError) -> bytes:
    """Word the errors of a body as FastAPI words them."""
    details = error.errors(include_url=False)
    return ANYTHING.to_json({"detail": [{**each, "loc": ("body", *each["loc"])} for each in details]})


ACCOUNT = TypeAdapter(Account)


async def form(_scope: Scope, receive: Receive, send: Send) -> None:
    """Validate an urlencoded form as a model."""
    fields = dict(parse_qsl((await receive())["body"].decode()))
    await answer(send, ACCOUNT.serializer.to_json(ACCOUNT.validator.validate_python(fields)))


def with_headers(*more: tuple[bytes, bytes]) -> Application:
    """Give hello with more headers, as middlewares add them."""

    async def handle(_scope: Scope, _receive: Receive, send: Send) -> None:
        await answer(send, ANYTHING.to_json({"message": "Hello World"}), more=more)

    return handle


async def websocket_text(_scope: Scope, receive: Receive, send: Send) -> None:
    """Say every text again."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def websocket_json(_scope: Scope, receive: Receive, send: Send) -> None:
    """Say every JSON value again."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        value = json.loads(message["text"])
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        await send({"type": "websocket.send", "text": text})
