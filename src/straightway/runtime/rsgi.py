"""What compiled functions call where a server speaks RSGI (granian's interface, specification 1.6).

A scope is ASGI's, of which only that part is made which is asked for: most endpoints want neither headers nor client.
Whatever an answer by one call does not fit is sent through ASGI messages that are carried over to the protocol.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from anyio import Event, create_task_group
from anyio.lowlevel import checkpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Message, Scope

from straightway.runtime.answering import STARTED
from straightway.runtime.reading import is_json_type, unreadable

Head = tuple[int, list[tuple[str, str]]]
"""Status and headers of a response."""
Protocol = Any
"""granian's `HTTPProtocol`, which has no type of its own at run time."""


class LazyScope(dict[str, Any]):
    """The ASGI scope of a request, each of ASGI's own keys made when it is first asked for by `scope[key]`."""

    __slots__ = ("rsgi", "state")
    rsgi: Any
    """granian's scope of the request."""
    state: dict[str, Any]
    """What the lifespan left for requests."""

    def __missing__(self, key: str) -> Any:
        maker = _MAKERS.get(key)
        if maker is None:
            raise KeyError(key)
        value = self[key] = maker(self)
        return value

    def completed(self) -> LazyScope:
        """Return the scope with all its keys, for those who look them up in other ways."""
        for key in _MAKERS:
            _ = self[key]
        return self


def _address(text: str) -> tuple[str, int] | None:
    host, _, port = text.rpartition(":")
    return (host.strip("[]"), int(port)) if port.isdigit() else None


def _headers(scope: LazyScope) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in scope.rsgi.headers.items()]


_MAKERS: Mapping[str, Callable[[LazyScope], Any]] = {
    "type": lambda _: "http",
    "asgi": lambda _: {"version": "3.0", "spec_version": "2.3"},
    "http_version": lambda scope: scope.rsgi.http_version,
    "method": lambda scope: scope.rsgi.method,
    "scheme": lambda scope: scope.rsgi.scheme,
    "path": lambda scope: scope.rsgi.path,
    "raw_path": lambda scope: quote(scope.rsgi.path, safe="/:@!$&'()*+,;=~").encode("ascii"),
    "query_string": lambda scope: scope.rsgi.query_string.encode("utf-8"),
    "root_path": lambda _: "",
    "headers": _headers,
    "client": lambda scope: _address(scope.rsgi.client),
    "server": lambda scope: _address(scope.rsgi.server),
    "state": lambda scope: scope.state.copy(),
    "extensions": lambda _: {},
}


def lazy_scope(rsgi: Any, state: dict[str, Any]) -> LazyScope:
    """Return the scope of one request."""
    scope = LazyScope()
    scope.rsgi, scope.state = rsgi, state
    return scope


def header_values(scope: LazyScope, wanted: Mapping[bytes, str]) -> dict[str, str]:
    """Return the wanted headers by the names the endpoint knows; the first value of a repeated one counts."""
    headers = scope.rsgi.headers
    return {key: value for key in wanted.values() if (value := headers.get(key)) is not None}


def is_json(scope: LazyScope, strict_content_type: bool) -> bool:
    """Tell whether Content-Type says JSON; a request without one does, unless it is asked for strictly."""
    value = scope.rsgi.headers.get("content-type")
    return not strict_content_type if value is None else value == "application/json" or is_json_type(value)


async def read_body(protocol: Protocol) -> bytes:
    """Return the whole request body; what goes wrong on the way is a 400."""
    try:
        body: bytes = await protocol()
    except Exception as error:  # the client has gone, or what it sends is not HTTP
        raise unreadable() from error
    return body


async def send_reply(reply: Response, scope: LazyScope, protocol: Protocol) -> None:
    """Send a response and run its background tasks, noting in the scope that it has started."""
    if type(reply) not in _FINISHED:
        receive, send = ends(scope.completed(), protocol)
        try:
            await reply(scope, receive, send)
        finally:
            send.end()
        return
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in reply.raw_headers]
    scope[STARTED] = True
    protocol.response_bytes(reply.status_code, headers, bytes(reply.body))
    if reply.background is not None:
        await reply.background()


_FINISHED = (Response, JSONResponse, PlainTextResponse)
"""Classes whose body is there before anything is sent; subclasses may do otherwise."""


def remembered(scope: LazyScope, protocol: Protocol, body: bytes | None) -> Request:
    """Return a request that still has the body that was read, for exception handlers."""
    request = Request(scope.completed(), *ends(scope, protocol))
    if body is not None:
        request._body = body  # noqa: SLF001  # what Request.body() itself would have set
    return request


def ends(scope: Scope, protocol: Protocol) -> tuple[Receive, Send]:
    """Return ASGI's two ends of a connection; there is one pair for each."""
    known: tuple[Receive, Send] | None = scope.get(_ENDS)
    if known is None:
        receive = Receive(protocol, _announced(scope))
        known = scope[_ENDS] = receive, Send(scope, protocol, receive)
    return known


_ENDS = "straightway.rsgi_ends"


def _announced(scope: Scope) -> int:
    """Return how many bytes of body Content-Length announces; 0 where it does not say."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() else 0


class Receive:
    """ASGI's receive over the protocol: the body in the pieces that it comes in, then the end of the connection."""

    __slots__ = ("_chunks", "_done", "_missing", "_protocol", "finished")

    def __init__(self, protocol: Protocol, announced: int) -> None:
        self._protocol, self._missing = protocol, announced
        self._chunks: AsyncIterator[bytes] | None = None
        self._done = False
        self.finished = Event()
        """Set once no more of the response can be sent, which is a disconnect for those who wait for one."""

    async def __call__(self) -> Message:
        """Return the next message."""
        if self._done:
            await self._gone()
            return {"type": "http.disconnect"}
        if self._chunks is None:
            self._chunks = aiter(self._protocol)
        try:
            chunk = await anext(self._chunks)
        except StopAsyncIteration:
            self._done = True
            if self._missing > 0:  # granian ends the body of a client that has stopped sending like any other
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": b"", "more_body": False}
        except Exception:  # noqa: BLE001  # the client has gone in the middle of its body
            self._done = True
            return {"type": "http.disconnect"}
        self._missing -= len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def _gone(self) -> None:
        async with create_task_group() as group:

            async def watch(wait: Callable[[], Awaitable[object]]) -> None:
                await wait()
                group.cancel_scope.cancel()

            group.start_soon(watch, self.finished.wait)
            group.start_soon(watch, self._protocol.client_disconnect)


class Send:
    """ASGI's send over the protocol: a body in one message is one call, a longer one is a stream.

    Nothing happens when the client has gone; `Receive` tells (ASGI, HTTP specification 2.3). A response that waits before
    it sends would not learn it from an error.
    """

    __slots__ = ("_head", "_protocol", "_receive", "_scope", "_stream")

    def __init__(self, scope: Scope, protocol: Protocol, receive: Receive) -> None:
        self._scope, self._protocol, self._receive = scope, protocol, receive
        self._head: Head | None = None
        self._stream: Any = None

    async def __call__(self, message: Message) -> None:
        """Send one message."""
        if message["type"] == "http.response.start":
            self._scope[STARTED] = True
            headers = message.get("headers", ())
            self._head = (
                message["status"],
                [(bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in headers],
            )
            return
        if self._head is None:
            raise RuntimeError(f"a response starts before {message['type']!r} is sent")
        await self._body(self._head, bytes(message.get("body", b"")), more=message.get("more_body", False))

    async def _body(self, head: Head, content: bytes, *, more: bool) -> None:
        if self._stream is None and not more:
            self._protocol.response_bytes(*head, content)
        else:
            if self._stream is None:
                self._stream = self._protocol.response_stream(*head)
            await self._piece(content)
        if not more:
            self.end()

    def end(self) -> None:
        """End the response, also where it has failed halfway."""
        self._stream = None  # granian ends the body when nobody holds its transport any more
        self._receive.finished.set()

    async def _piece(self, content: bytes) -> None:
        try:
            await self._stream.send_bytes(content)
        except Exception:  # noqa: BLE001  # the client has gone, or wants no body and the protocol takes none
            if self._scope["method"] != "HEAD":
                self._receive.finished.set()
            await checkpoint()  # so that those who wait for the end get to know it
