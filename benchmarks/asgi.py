"""Driving an ASGI application without a server: a request in, an answer out, and as little as possible between."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# What a browser's request carries along; frameworks that copy or decode all headers pay for them.
COMMON_HEADERS = (
    (b"host", b"localhost:8000"),
    (b"user-agent", b"benchmark/1.0"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"connection", b"keep-alive"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as bytes, its headers in no particular order."""

    status: int
    headers: frozenset[tuple[bytes, bytes]]
    body: bytes


def scope_of(request: Request) -> dict[str, Any]:
    """Make the scope that a server would make (ASGI 3.0, HTTP specification 2.4)."""
    length = ((b"content-length", str(len(request.body)).encode()),) if request.body else ()
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "root_path": "",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query,
        "headers": [*COMMON_HEADERS, *length, *request.headers],
        "state": {},
    }


def driver(application: Application, request: Request) -> Callable[[int], Awaitable[None]]:
    """Give a function that sends the request a number of times, one after the other, and drops the answers."""
    template = scope_of(request)
    message = {"type": "http.request", "body": request.body, "more_body": False}

    async def receive() -> Message:
        return message

    async def send(_: Message) -> None:
        pass

    async def drive(times: int) -> None:
        for _ in range(times):
            # Applications write into the scope, and some into its headers: every request has its own.
            scope = {**template, "headers": template["headers"][:], "state": {}}
            await application(scope, receive, send)

    return drive


async def ask(application: Application, request: Request) -> Answer:
    """Send the request once and collect the answer."""
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await application(scope_of(request), receive, send)
    start, *rest = messages
    headers = frozenset((name.lower(), value) for name, value in start["headers"])
    return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in rest))
