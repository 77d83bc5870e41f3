"""`@app.middleware("http")`: a function around every request, in the same task and context as what it wraps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

import anyio
from starlette.background import BackgroundTask
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from straightway.runtime.internals import scope_of
from straightway.serve.refusals import no_response
from straightway.serve.relay import Relay

FILE_CHUNK = 64 * 1024


class HTTPMiddleware(BaseHTTPMiddleware):
    """Call `dispatch(request, call_next)` for each HTTP request, and send the response that it returns.

    The interface is that of Starlette's class, which it derives from. What differs: the application behind it runs in
    the same task and the same context, so that context variables are seen in both directions; it may be called again
    where its body is empty or was read by `request.body()`; a response that nobody changes is passed on message by
    message.

    The application runs in a task of its own only if it could not otherwise: if `call_next` is awaited by another task
    than `dispatch`, or inside a cancel scope or task group of AnyIO that `dispatch` has entered. On another event loop
    than asyncio's, Starlette's implementation is used.

    One task has its price in one place: behind an application that answers out of a worker thread of AnyIO's, as
    Starlette's `WSGIMiddleware` does, `dispatch` cannot use such a thread itself until the response is complete.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other connections are handed on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            task = asyncio.current_task()
        except RuntimeError:
            await super().__call__(scope, receive, send)
            return
        request = MiddlewareRequest(scope, receive, send)
        relays: list[Relay] = []
        # A scope that `dispatch` enters would be left between ones of the application, which AnyIO allows in two tasks only.
        surrounding = scope_of(task)

        async def call_next(_: Request) -> Response:
            caller = asyncio.current_task()
            apart = caller is not task or scope_of(task) is not surrounding
            body = Rereading(request)
            relay = body.relay = Relay(self.app, scope, body.receive, send, apart=apart)
            relays.append(relay)
            await relay.begin(caller)
            return RelayedResponse(relay)

        try:
            response = await self.dispatch_func(request, call_next)
            if isinstance(response, RelayedResponse) and response.is_unseen:
                await response(scope, receive, send)
            else:
                await self._respond(response, relays, scope, receive, send)
            for relay in relays:
                await relay.finish()
        except BaseException as error:
            if not await _abandon(relays, error):
                raise

    async def _respond(
        self, response: Response | None, relays: list[Relay], scope: Scope, receive: Receive, send: Send
    ) -> None:
        if response is None or not callable(response):
            raise no_response(response, self.dispatch_func, "request, call_next")
        for relay in reversed(relays):
            if not relay.ended and not relay.finished:
                await relay.supply(response(scope, receive, send))
                return
        await response(scope, receive, send)


async def _abandon(relays: list[Relay], error: BaseException) -> bool:
    """Cancel the applications that have not ended, last one first; return whether one has caught the cancellation."""
    caught = False
    for relay in reversed(relays):
        caught = await relay.abandon(error) or caught
    return caught


class MiddlewareRequest(Request):
    """The request that a middleware function sees, which notes what the application behind it reads."""

    body_was_passed_on = False


class Rereading:
    """The `receive()` of the application: first what the middleware has read of the body, then what the server has."""

    __slots__ = ("_given", "_request", "relay")

    def __init__(self, request: MiddlewareRequest) -> None:
        self._request = request
        self._given = False
        self.relay: Relay | None = None

    async def receive(self) -> Message:
        """Return the next message for the application."""
        if self.relay is not None and self.relay.closed:
            return {"type": "http.disconnect"}
        if not self._given and (read := self._already_read()) is not None:
            self._given = True
            return {"type": "http.request", "body": read, "more_body": False}
        if self._request._is_disconnected:  # noqa: SLF001  # once is enough, the server need not be asked again
            return {"type": "http.disconnect"}
        message = await self._request.receive()
        self._note(message)
        return message

    def _already_read(self) -> bytes | None:
        request = self._request
        if hasattr(request, "_body"):
            return request._body  # noqa: SLF001  # what Request.body() keeps
        if not request._stream_consumed:  # noqa: SLF001  # what Request.stream() keeps
            return None
        if request.body_was_passed_on:
            raise RuntimeError(
                "The application has read the body of the request already, after an earlier call_next(); "
                "use `await request.body()` before that, and it can be read again"
            )
        return b""

    def _note(self, message: Message) -> None:
        if message["type"] == "http.disconnect":
            self._request._is_disconnected = True  # noqa: SLF001
        elif not self._given:
            self._request.body_was_passed_on |= bool(message.get("body"))
            # So that `await request.body()` after call_next() is an error instead of an endless wait.
            self._given = self._request._stream_consumed = not message.get("more_body", False)  # noqa: SLF001


class RelayedResponse(Response):
    """The response of `call_next`: status, headers and `body_iterator` may be changed before it is returned."""

    def __init__(self, relay: Relay) -> None:
        # Not Response's: there is no content to render, and the headers are there.
        start: Message = relay.start or {}
        headers = start.get("headers", ())
        self.status_code = start["status"]
        self.raw_headers = headers if isinstance(headers, list) else list(headers)
        self.background: BackgroundTask | None = None
        self.info = relay.info
        self._relay = relay
        self._start = start
        self._whole = relay.take_whole()
        self._iterator: AsyncIterable[Any] | None = None

    @property
    def body_iterator(self) -> AsyncIterable[Any]:
        """The parts of the body; set it to send others instead."""
        if self._iterator is None:
            self._iterator = BodyIterator(self._relay, self._whole)
        return self._iterator

    @body_iterator.setter
    def body_iterator(self, iterator: AsyncIterable[Any]) -> None:
        self._iterator = iterator

    @property
    def is_unseen(self) -> bool:
        """Whether the body goes out as the application offers it."""
        if self._whole is not None:
            return self._iterator is None or isinstance(self._iterator, BodyIterator)
        return self._iterator is None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI
        """Send the response; where it is unseen and nothing comes after it, the application runs to its end."""
        if self.info is not None:
            await send({"type": "http.response.debug", "info": self.info})
        start = {**self._start, "status": self.status_code, "headers": self.raw_headers}
        if self.is_unseen:
            await send(start)
            if self._whole is not None:
                await send(self._whole)
            else:
                await self._send_unseen(send)
        else:
            start.pop("trailers", None)
            await send(start)
            await self._send_seen(send)
        if self.background is not None:
            await self.background()

    async def _send_unseen(self, send: Send) -> None:
        if self.background is None and not self._relay.is_supplied:
            await self._relay.pass_on(send)
        else:
            # The background task comes before what the application does after its response.
            while (message := await self._relay.take()) is not None:
                await send(message)

    async def _send_seen(self, send: Send) -> None:
        async for chunk in self.body_iterator:
            body = chunk.encode(self.charset) if isinstance(chunk, str) else chunk
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class BodyIterator:
    """The parts of a body as the application sends them; a file that the server would have sent is read."""

    def __init__(self, relay: Relay, whole: Message | None) -> None:
        self._relay = relay
        self._first = whole
        self._closed = False
        self._file: anyio.AsyncFile[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Return the next part that is not empty."""
        while not self._closed:
            chunk = await (self._from_message() if self._file is None else self._from_file(self._file))
            if chunk:
                return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """End the iteration."""
        self._closed = True
        file, self._file = self._file, None
        if file is not None:
            await file.aclose()

    async def _from_file(self, file: anyio.AsyncFile[bytes]) -> bytes:
        chunk = await file.read(FILE_CHUNK)
        if not chunk:
            await self.aclose()
        return chunk

    async def _from_message(self) -> bytes:
        message, self._first = self._first or await self._relay.take(), None
        if message is None:
            self._closed = True
            return b""
        match message["type"]:
            case "http.response.body":
                body: bytes = message.get("body", b"")
                return body
            case "http.response.pathsend":
                self._file = await anyio.open_file(message["path"], "rb")
            case "http.response.trailers":
                pass
            case kind:
                raise RuntimeError(f"A body sent by {kind} cannot be read by a middleware")
        return b""
