"""The body of a request and the end of a connection, on both sides of a middleware function."""

from __future__ import annotations

import contextlib
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from straightway.serve.middleware import HTTPMiddleware
from tests.serve.applications import (
    AppError,
    CallNext,
    echo,
    fail,
    hello,
    stream,
)
from tests.serve.asgi import ask, http_scope


@pytest.mark.parametrize("chunks", [(), (b"one",), (b"one", b"two", b"three")])
@pytest.mark.parametrize("way", ["not at all", "body", "body twice", "json or form", "stream"])
def test_the_body_can_be_read_on_both_sides(middleware: Any, chunks: tuple[bytes, ...], way: str):
    """What the middleware reads by `body()` the application reads again; what it streams is gone."""
    seen: list[bytes] = []

    async def read(request: Request, call_next: CallNext) -> Any:
        match way:
            case "body" | "json or form":
                seen.append(await request.body())
            case "body twice":
                await request.body()
                seen.append(await request.body())
            case "stream":
                seen.append(b"".join([chunk async for chunk in request.stream()]))
        return await call_next(request)

    body = b"".join(chunks)
    response = ask(middleware(echo, dispatch=read), *chunks)

    assert seen == ([] if way == "not at all" else [body])
    assert response.body == (b"" if way == "stream" else body)


def test_the_rest_of_a_body(middleware: Any):
    """What the middleware has not streamed is left for the application."""

    async def first(request: Request, call_next: CallNext) -> Any:
        async with contextlib.aclosing(request.stream()) as chunks:
            assert await anext(chunks) == b"one"
        return await call_next(request)

    assert ask(middleware(echo, dispatch=first), b"one", b"two", b"three").body == b"twothree"


def test_the_body_cannot_be_read_after_the_application(middleware: Any):
    """A middleware that comes too late gets an error, not an endless wait."""

    async def late(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        with pytest.raises(RuntimeError, match="Stream consumed"):
            await request.body()
        return response

    assert ask(middleware(echo, dispatch=late), b"body").body == b"body"


def test_a_replaced_receive_is_used(middleware: Any):
    """Code that sets the request's `_receive`, to inject a body, still works."""

    async def inject(request: Request, call_next: CallNext) -> Any:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"injected", "more_body": False}

        request._receive = receive
        return await call_next(request)

    assert ask(middleware(echo, dispatch=inject), b"original").body == b"injected"


@pytest.mark.parametrize("read", [False, True])
def test_disconnects_are_seen(middleware: Any, read: bool):
    """Once the body was read, the application learns that the client has gone; the server is asked for that once."""
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await request.body()
        seen.append((await receive())["type"])
        seen.append((await receive())["type"])
        await hello(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        if read:
            await request.body()
        return await call_next(request)

    async def run() -> None:
        messages = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            pass

        await middleware(app, dispatch=dispatch)(http_scope(), receive, send)

    anyio.run(run)

    assert seen == ["http.disconnect"] * 2


def test_a_disconnect_while_the_body_is_read(middleware: Any):
    """A client that goes in the middle of its body is a ClientDisconnect on both sides."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except ClientDisconnect:
            seen.append("application")
        await hello(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        try:
            await request.body()
        except ClientDisconnect:
            seen.append("middleware")
        return await call_next(request)

    async def run() -> None:
        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            pass

        await middleware(app, dispatch=dispatch)(http_scope(), receive, send)

    anyio.run(run)

    assert seen == ["middleware", "application"]


def test_the_application_can_be_called_again():
    """A middleware may try once more: each call is a run of its own, with the same body where it was read before."""
    runs: list[bytes] = []
    log: list[str] = []

    async def flaky(scope: Scope, receive: Receive, send: Send) -> None:
        runs.append(await Request(scope, receive).body())
        status = 503 if len(runs) == 1 else 200
        background = BackgroundTask(log.append, f"background {status}")
        await PlainTextResponse(f"run {len(runs)}", status, background=background)(scope, receive, send)

    async def retry(request: Request, call_next: CallNext) -> Any:
        await request.body()
        response = await call_next(request)
        if response.status_code == 503:
            response = await call_next(request)
        return response

    response = ask(HTTPMiddleware(flaky, dispatch=retry), b"the body")

    assert (response.status, response.body) == (200, b"run 2")
    assert response.types == ["start", "body"]
    assert runs == [b"the body"] * 2
    assert log == ["background 503", "background 200"]


def test_the_application_can_be_called_again_after_an_error():
    """A run that has failed is over; the next one answers."""
    runs: list[int] = []

    async def flaky(scope: Scope, receive: Receive, send: Send) -> None:
        runs.append(1)
        await (fail if len(runs) == 1 else stream)(scope, receive, send)

    async def retry(request: Request, call_next: CallNext) -> Any:
        try:
            return await call_next(request)
        except AppError:
            return await call_next(request)

    assert ask(HTTPMiddleware(flaky, dispatch=retry)).body == b"onetwothree"


def test_a_body_cannot_be_conjured_up():
    """A second run gets an error if it needs a body that the first one has used up, and none if there was none."""

    async def twice(request: Request, call_next: CallNext) -> Any:
        await call_next(request)
        return await call_next(request)

    assert ask(HTTPMiddleware(echo, dispatch=twice)).body == b""
    with pytest.raises(RuntimeError, match=r"await request\.body\(\)"):
        ask(HTTPMiddleware(echo, dispatch=twice), b"body")


def test_several_streams_at_once():
    """Of two streams the returned one is sent, and the other one told that nobody listens."""
    ends: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await stream(scope, receive, send)
            ends.append("ended")
        except ClientDisconnect:
            ends.append("client gone")
            raise

    async def twice(request: Request, call_next: CallNext) -> Any:
        await call_next(request)
        return await call_next(request)

    response = ask(HTTPMiddleware(app, dispatch=twice), spec_version="2.4")

    assert response.body == b"onetwothree"
    assert ends == ["ended", "client gone"]
