"""Driving an ASGI application without a server: a request in, an answer out, and as little as possible between."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Driver = Callable[[int], Awaitable[None]]
"""Sends a request a number of times, one after the other, and drops the answers."""

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
class Conversation:
    """A WebSocket on which the same message is sent again and again."""

    path: str
    message: dict[str, str]


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
        **_connection("http", "http", request.path),
        "method": request.method,
        "query_string": request.query,
        "headers": [*COMMON_HEADERS, *length, *request.headers],
    }


def handshake_of(conversation: Conversation) -> dict[str, Any]:
    """Make the scope of a WebSocket."""
    scope = _connection("websocket", "ws", conversation.path)
    return {**scope, "query_string": b"", "headers": [*COMMON_HEADERS], "subprotocols": []}


def _connection(kind: str, scheme: str, path: str) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": scheme,
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "state": {},
    }


def driver(application: Application, request: Request | Conversation) -> Driver:
    """Give a function that sends the request, or the message on one WebSocket, a number of times."""
    if isinstance(request, Conversation):
        return _conversing(application, request)
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


def _conversing(application: Application, conversation: Conversation) -> Driver:
    async def drive(times: int) -> None:
        async def send(_: Message) -> None:
            pass

        await application(handshake_of(conversation), _messages(conversation, times), send)

    return drive


def _messages(conversation: Conversation, times: int) -> Receive:
    """Give the `receive()` of a WebSocket whose client says the message a number of times and leaves."""
    message = {"type": "websocket.receive", **conversation.message}
    connected = False
    left = times

    async def receive() -> Message:
        nonlocal connected, left
        if not connected:
            connected = True
            return {"type": "websocket.connect"}
        if not left:
            return {"type": "websocket.disconnect", "code": 1000}
        left -= 1
        return message

    return receive


async def ask(application: Application, request: Request | Conversation) -> Answer:
    """Send the request once and collect the answer."""
    if isinstance(request, Conversation):
        return await _heard(application, request)
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await application(scope_of(request), receive, send)
    start, *rest = messages
    headers = frozenset((name.lower(), value) for name, value in start["headers"])
    return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in rest))


async def _heard(application: Application, conversation: Conversation) -> Answer:
    heard: list[str] = []

    async def send(message: Message) -> None:
        heard.append(message.get("text") or message["type"])

    await application(handshake_of(conversation), _messages(conversation, 2), send)
    # 200 stands for a conversation that took place.
    return Answer(200, frozenset(), "\n".join(heard).encode())
