"""The same answers by hand: ASGI, pydantic-core's validation and serialisation, and nothing else.

No framework can be faster than this for long; how far one is from it is what it costs. Nothing is checked here that
the framework would check for other requests: no route table, no error answers but the one that is asked for.
"""

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import parse_qsl

import anyio.to_thread
from pydantic import TypeAdapter

from benchmarks import by_hand
from benchmarks.asgi import Application, Receive, Scope, Send
from benchmarks.by_hand import ANYTHING, NUMBER
from benchmarks.models import ROWS, Account, Session


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


async def path_and_query(scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate an integer of the path, and a string and an integer of the query string."""
    query = by_hand.query_of(scope["query_string"])
    item_id = scope["path"].rpartition("/")[2]
    await answer(send, ANYTHING.to_json(by_hand.item_parameters(item_id, query)))


async def body(_scope: Scope, receive: Receive, send: Send) -> None:
    """Validate a JSON body as one model and answer it as another, or its errors."""
    status, content = by_hand.stored((await receive())["body"])
    await answer(send, content, status=status)


async def dependencies(scope: Scope, _receive: Receive, send: Send) -> None:
    """Read a header and hand it through three asynchronous functions."""
    token = next(value for name, value in scope["headers"] if name == b"x-token")
    await answer(send, ANYTHING.to_json(await by_hand.user_of(token.decode("latin-1"))))


async def hundred_models(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate a hundred models as the response model and answer them."""
    await answer(send, by_hand.hundred_models())


async def thousand_dicts(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a thousand dicts."""
    await answer(send, ANYTHING.to_json(ROWS))


async def synchronous(scope: Scope, _receive: Receive, send: Send) -> None:
    """Call three synchronous functions in one visit to a worker thread."""
    limit = NUMBER.validate_python(by_hand.query_of(scope["query_string"])["limit"])
    await answer(send, ANYTHING.to_json(await anyio.to_thread.run_sync(by_hand.page_of, limit)))


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
