"""Middleware and application share task and context, and other middleware stands beside them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.serve.middleware import HTTPMiddleware
from tests.serve.applications import (
    CallNext,
    Dispatch,
    add_header,
    changed,
    echo,
    empty,
    extended,
    hello,
    ignored,
    pass_through,
    stream,
    variable,
)
from tests.serve.asgi import ask, exchange, http_scope


@pytest.mark.parametrize("app", [hello, stream])
@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
def test_context_variables_are_seen_on_both_sides(app: ASGIApp, spec_version: str):
    """The middleware's variables are the application's, and the other way round; so through several layers."""
    seen: dict[str, tuple[str, ...]] = {}

    def layer(name: str) -> Dispatch:
        async def dispatch(request: Request, call_next: CallNext) -> Any:
            extended(f"{name} before")
            response = await call_next(request)
            seen[name] = variable.get()
            extended(f"{name} after")
            return response

        return dispatch

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        extended("endpoint")
        await app(scope, receive, send)
        seen["endpoint"] = variable.get()

    async def run() -> None:
        wrapped = HTTPMiddleware(HTTPMiddleware(endpoint, dispatch=layer("inner")), dispatch=layer("outer"))
        await exchange(wrapped, spec_version=spec_version)
        seen["caller"] = variable.get()

    anyio.run(run)

    before = ("outer before", "inner before", "endpoint")
    assert seen["inner"] == before
    assert seen["outer"] == (*before, "inner after")
    assert seen["endpoint"] == seen["caller"] == (*before, "inner after", "outer after")


@pytest.mark.parametrize("app", [hello, stream])
@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
@pytest.mark.parametrize("way", ["unseen", "buffered", "wrapped", "set"])
def test_tokens_can_be_reset(app: ASGIApp, spec_version: str, way: str):
    """A variable that was set before call_next can be reset after it, and after the response: it is one context."""

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        token = variable.set(("dispatch",))
        try:
            return await changed(way, await call_next(request))
        finally:
            variable.reset(token)

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        token = variable.set(("around",))
        try:
            await app(scope, receive, send)
        finally:
            variable.reset(token)

    wrapped = HTTPMiddleware(around, dispatch=dispatch)
    wrapped = HTTPMiddleware(wrapped, dispatch=dispatch)

    assert ask(wrapped, spec_version=spec_version).body == ask(app).body


@pytest.mark.parametrize("app", [hello, stream])
def test_it_is_the_same_task(app: ASGIApp):
    """Middleware and application run in one task: nothing is started for a request."""
    tasks: list[Any] = []

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        tasks.append(asyncio.current_task())
        await app(scope, receive, send)
        tasks.append(asyncio.current_task())

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        tasks.append(asyncio.current_task())
        response = await call_next(request)
        tasks.append(asyncio.current_task())
        return response

    ask(HTTPMiddleware(endpoint, dispatch=dispatch), spec_version="2.4")

    assert len(tasks) == 4
    assert len(set(tasks)) == 1


def test_no_task_is_created(monkeypatch: pytest.MonkeyPatch):
    """An ordinary response needs neither a task nor a second turn of the event loop."""

    async def run() -> None:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            pytest.fail("nobody asked for the body")

        served = HTTPMiddleware(hello, dispatch=add_header)(http_scope(), receive, send)
        with monkeypatch.context() as patched:
            patched.setattr(asyncio.get_running_loop(), "create_task", None)
            with pytest.raises(StopIteration):
                served.send(None)
        assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]

    asyncio.run(run())


def test_nothing_is_left_for_the_garbage_collector():
    """Requests leave no cycles behind."""
    app = HTTPMiddleware(HTTPMiddleware(stream, dispatch=add_header), dispatch=add_header)

    async def run() -> int:
        await exchange(app, spec_version="2.4")
        gc.collect()
        gc.disable()
        try:
            for _ in range(10):
                await app(http_scope(spec_version="2.4"), empty, ignored)
            return gc.collect()
        finally:
            gc.enable()

    assert anyio.run(run) == 0


@pytest.mark.parametrize("inner", [HTTPMiddleware, BaseHTTPMiddleware])
@pytest.mark.parametrize("outer", [HTTPMiddleware, BaseHTTPMiddleware])
@pytest.mark.parametrize("app", [hello, stream, echo])
@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
def test_layers_of_both_kinds(outer: Any, inner: Any, app: ASGIApp, spec_version: str):
    """Ours and Starlette's middleware wrap each other, and GZip between them."""
    between = GZipMiddleware(inner(app, dispatch=add_header), minimum_size=1)
    wrapped = outer(between, dispatch=pass_through)

    response = ask(wrapped, b"one", b"two", spec_version=spec_version)

    assert response.body == ask(app, b"one", b"two").body
    assert response.headers["x-seen"] == "1"


def test_compressed_responses():
    """A compressing middleware inside ours streams its parts through it."""
    app = Starlette(
        routes=[Mount("/", stream)],
        middleware=[
            Middleware(HTTPMiddleware, dispatch=add_header),
            Middleware(GZipMiddleware, minimum_size=1),
        ],
    )

    response = TestClient(app).get("/")

    assert (response.text, response.headers["content-encoding"]) == ("onetwothree", "gzip")


def test_exception_handlers_answer_inside():
    """Errors that the application answers itself are responses for the middleware."""
    statuses: list[int] = []

    async def endpoint(request: Request) -> Response:
        raise HTTPException(409)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        statuses.append(response.status_code)
        return response

    app = Starlette(routes=[Route("/", endpoint)], middleware=[Middleware(HTTPMiddleware, dispatch=dispatch)])

    assert TestClient(app).get("/").status_code == 409
    assert TestClient(app).get("/missing").status_code == 404
    assert statuses == [409, 404]


def test_the_scope_is_shared():
    """What the application writes into the scope, such as its route, the middleware can read afterwards."""

    async def endpoint(request: Request) -> Response:
        request.state.user = "someone"
        return JSONResponse(request.state.token)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        request.state.token = "token"
        response = await call_next(request)
        response.headers["x-user"] = request.state.user
        response.headers["x-route"] = request.scope["path_params"]["id"]
        return response

    app = Starlette(
        routes=[Route("/{id}", endpoint)], middleware=[Middleware(HTTPMiddleware, dispatch=dispatch)]
    )
    response = TestClient(app).get("/7")

    assert (response.json(), response.headers["x-user"], response.headers["x-route"]) == (
        "token",
        "someone",
        "7",
    )


def test_templates_tell_the_test_client():
    """Debug information reaches Starlette's test client through a middleware."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.debug", "info": {"template": "page", "context": {"a": 1}}})
        await hello(scope, receive, send)

    response: Any = TestClient(HTTPMiddleware(app, dispatch=add_header)).get("/")

    assert (response.template, response.context) == ("page", {"a": 1})


def test_bodies_of_generators_and_many_requests():
    """Concurrent requests do not mix: each has its own run, context and body."""

    def numbered() -> Iterator[str]:
        yield from "0123456789"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        extended(scope["path"])
        body = await Request(scope, receive).body()
        response = StreamingResponse(numbered()) if body == b"stream" else PlainTextResponse(scope["path"])
        await response(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        assert variable.get()[-1] == request.url.path
        return response

    results: dict[int, bytes] = {}

    async def one(number: int) -> None:
        body = b"stream" if number % 2 else b"plain"
        wrapped = HTTPMiddleware(HTTPMiddleware(app, dispatch=dispatch), dispatch=dispatch)
        results[number] = (await exchange(wrapped, body, path=f"/{number}")).body

    async def run() -> None:
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(one, number)

    anyio.run(run)

    assert results == {n: b"0123456789" if n % 2 else f"/{n}".encode() for n in range(50)}
