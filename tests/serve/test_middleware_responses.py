"""Responses, where our middleware does more than Starlette's."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.serve.middleware import HTTPMiddleware
from tests.serve.applications import (
    AppError,
    CallNext,
    add_header,
    as_iterator,
    background_in_middleware,
    hello,
    pass_through,
    stream,
)
from tests.serve.asgi import ask, http_scope


@pytest.mark.parametrize("app", [hello, stream])
def test_messages_are_those_of_the_application(app: ASGIApp):
    """A response that nobody reads is not taken apart: the same messages come out."""
    direct = ask(app, spec_version="2.4")
    wrapped = ask(HTTPMiddleware(app, dispatch=pass_through), spec_version="2.4")

    assert wrapped.sent == direct.sent


def test_headers_go_out_before_the_first_part():
    """A stream whose first part is long in coming has its headers sent at once: browsers wait for them."""

    async def run() -> None:
        first_part = anyio.Event()
        started = anyio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def parts() -> AsyncIterator[str]:
                await first_part.wait()
                yield "part"

            await StreamingResponse(parts())(scope, receive, send)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.set()

        async def receive() -> Message:
            await anyio.sleep_forever()
            raise AssertionError

        for spec_version in ("2.3", "2.4"):
            first_part, started = anyio.Event(), anyio.Event()
            async with anyio.create_task_group() as group:
                served = HTTPMiddleware(app, dispatch=add_header)
                group.start_soon(served, http_scope(spec_version=spec_version), receive, send)
                with anyio.fail_after(5):
                    await started.wait()
                first_part.set()

    anyio.run(run)


def test_an_error_before_the_first_part_can_still_be_answered():
    """A stream that fails before it has sent anything raises out of call_next, with nothing on the wire."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[str]:
            raise AppError("before the first part")
            yield ""

        await StreamingResponse(parts())(scope, receive, send)

    response = ask(HTTPMiddleware(broken, dispatch=pass_through), spec_version="2.4", catch=True)

    assert isinstance(response.error, AppError)
    assert response.sent == []


def test_trailers_are_passed_on():
    """A response with trailers keeps them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        await send({"type": "http.response.body", "body": b"body"})
        await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]})

    for dispatch in (pass_through, background_in_middleware):
        response = ask(HTTPMiddleware(app, dispatch=dispatch))

        assert response.types == ["start", "body", "trailers"]
        assert response.sent[0]["trailers"] is True


def test_trailers_are_dropped_with_the_body():
    """A response whose body is replaced announces no trailers."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        await send({"type": "http.response.body", "body": b"body"})
        await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]})

    async def replace(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        response.body_iterator = as_iterator([chunk async for chunk in response.body_iterator])
        return response

    response = ask(HTTPMiddleware(app, dispatch=replace))

    assert response.body == b"body"
    assert response.types == ["start", "body", "body"]
    assert "trailers" not in response.sent[0]


def test_files_that_the_server_would_send_can_be_read(tmp_path: Path):
    """A middleware that wants the body of a file gets its bytes, not the server's message."""
    content = bytes(range(256)) * 1000
    (tmp_path / "file.bin").write_bytes(content)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await FileResponse(tmp_path / "file.bin")(scope, receive, send)

    async def read(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        body = b"".join([chunk async for chunk in response.body_iterator])
        assert [chunk async for chunk in response.body_iterator] == []
        return Response(body[::-1])

    response = ask(HTTPMiddleware(app, dispatch=read), extensions={"http.response.pathsend": {}})

    assert response.body == content[::-1]


def test_iterating_may_stop(tmp_path: Path):
    """An iterator can be closed before its end, a file with it."""
    (tmp_path / "file.bin").write_bytes(b"x" * 200_000)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await FileResponse(tmp_path / "file.bin")(scope, receive, send)

    async def peek(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        chunk = await anext(response.body_iterator)
        await response.body_iterator.aclose()
        assert [chunk async for chunk in response.body_iterator] == []
        return Response(chunk[:1])

    response = ask(HTTPMiddleware(app, dispatch=peek), extensions={"http.response.pathsend": {}})

    assert response.body == b"x"


def test_unreadable_extensions_say_so():
    """What is sent by other means than messages cannot be iterated, but passed on."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.zerocopysend", "file": 3, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def read(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        return Response(b"".join([chunk async for chunk in response.body_iterator]))

    assert ask(HTTPMiddleware(app, dispatch=pass_through)).types == ["start", "zerocopysend", "body"]
    with pytest.raises(RuntimeError, match="zerocopysend cannot be read"):
        ask(HTTPMiddleware(app, dispatch=read))


def test_a_body_that_was_only_looked_at_is_sent():
    """Reading a body that is known as a whole does not use it up."""

    async def look(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        assert [chunk async for chunk in response.body_iterator] == [b"hello"]
        return response

    assert ask(HTTPMiddleware(hello, dispatch=look)).body == b"hello"


def test_text_is_encoded():
    """Parts that a middleware puts in may be text."""

    async def replace(request: Request, call_next: CallNext) -> Any:
        async def parts() -> AsyncIterator[str]:
            yield "ü"

        response = await call_next(request)
        del response.headers["content-length"]
        response.body_iterator = parts()
        return response

    assert ask(HTTPMiddleware(hello, dispatch=replace)).body == "ü".encode()


def test_a_forgotten_return():
    """A middleware that returns nothing gets an error that names it."""

    async def forgetful(request: Request, call_next: CallNext) -> None:
        await call_next(request)

    with pytest.raises(
        TypeError, match=r"forgetful\(request, call_next\) returned None, not a response\n.*test_middleware"
    ):
        ask(HTTPMiddleware(hello, dispatch=forgetful))


def test_an_application_that_ends_early():
    """A response without a body, or without an end, is completed as far as it is known."""

    async def bodiless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204})

    response = ask(HTTPMiddleware(bodiless, dispatch=add_header))

    assert (response.status, response.body, response.headers) == (204, b"", {"x-seen": "1"})
    assert response.types == ["start", "body"]


@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
def test_endless_streams_end(spec_version: str):
    """An endless stream whose response is replaced is stopped as if its client had gone: its clean-up runs."""
    log: list[str] = []

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"part"
                    await anyio.lowlevel.checkpoint()
            finally:
                log.append("stream ended")

        async with contextlib.aclosing(parts()) as iterator:
            await StreamingResponse(iterator)(scope, receive, send)

    async def replace(request: Request, call_next: CallNext) -> Any:
        await call_next(request)
        return PlainTextResponse("instead")

    response = ask(HTTPMiddleware(endless, dispatch=replace), spec_version=spec_version)

    assert response.body == b"instead"
    assert log == ["stream ended"]


@pytest.mark.parametrize("app_error", [False, True])
def test_errors_after_a_replaced_response(app_error: bool):
    """Only the error that says the client has gone is ours to catch."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await stream(scope, receive, send)
        except ClientDisconnect as error:
            if app_error:
                raise AppError("clean-up") from None
            raise ExceptionGroup("wrapped", [error]) from None

    async def replace(request: Request, call_next: CallNext) -> Any:
        await call_next(request)
        return PlainTextResponse("instead")

    response = ask(HTTPMiddleware(app, dispatch=replace), spec_version="2.4", catch=True)

    assert response.body == b"instead"
    assert (response.error is not None) is app_error


def test_servers_before_asgi_2_4_drop_what_nobody_wants():
    """Where sending to a client that has gone is no error, a finite response just ends, and its background task runs."""
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        log.append((await receive())["type"])

    async def replace(request: Request, call_next: CallNext) -> Any:
        await call_next(request)
        return PlainTextResponse("instead")

    assert ask(HTTPMiddleware(app, dispatch=replace), spec_version="2.3").body == b"instead"
    assert log == ["http.disconnect"]
