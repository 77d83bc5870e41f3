"""What middleware functions can rely on: these tests pass with Starlette's class as well as with ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from straightway.serve.middleware import HTTPMiddleware
from tests.serve.applications import (
    AppError,
    CallNext,
    add_header,
    as_iterator,
    fail,
    hello,
    pass_through,
    stream,
)
from tests.serve.asgi import ask


@pytest.mark.parametrize("spec_version", ["2.0", "2.3", "2.4"])
@pytest.mark.parametrize(("app", "body"), [(hello, b"hello"), (stream, b"onetwothree")])
def test_responses_pass_through(middleware: Any, app: ASGIApp, body: bytes, spec_version: str):
    """Status, headers and body of the application are those of the answer, with what the middleware added."""
    direct = ask(app, spec_version=spec_version)
    wrapped = ask(middleware(app, dispatch=add_header), spec_version=spec_version)

    assert (wrapped.status, wrapped.body) == (200, body)
    assert wrapped.headers == {**direct.headers, "x-seen": "1"}


def test_it_is_declared_as_starlettes():
    """`Middleware(...)` takes the dispatch function; the class is one of Starlette's, and may be subclassed."""

    class Subclass(HTTPMiddleware):
        async def dispatch(self, request: Request, call_next: CallNext) -> Any:
            return await add_header(request, call_next)

    app = Starlette(
        routes=[Mount("/", hello)],
        middleware=[Middleware(HTTPMiddleware, dispatch=add_header), Middleware(Subclass)],
    )
    response = TestClient(app).get("/")

    assert response.headers.get_list("x-seen") == ["1"]
    assert isinstance(HTTPMiddleware(hello, dispatch=add_header), BaseHTTPMiddleware)
    assert "HTTPMiddleware" in repr(app.user_middleware[0])


def test_other_connections_are_handed_on(middleware: Any):
    """WebSockets and lifespan do not concern middleware functions."""

    async def never(request: Request, call_next: CallNext) -> Any:
        pytest.fail("called for something else than a request")

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    app = Starlette(routes=[WebSocketRoute("/", socket)], middleware=[Middleware(middleware, dispatch=never)])

    with TestClient(app) as client, client.websocket_connect("/") as session:
        assert session.receive_text() == "hello"


def test_a_response_of_the_middleware_itself(middleware: Any):
    """A middleware that does not call the application answers in its place."""

    async def refuse(request: Request, call_next: CallNext) -> Response:
        return PlainTextResponse("refused", 403)

    response = ask(middleware(fail, dispatch=refuse))

    assert (response.status, response.body) == (403, b"refused")


@pytest.mark.parametrize("app", [hello, stream])
def test_another_response_instead(middleware: Any, app: ASGIApp):
    """A middleware may answer something else than the application did."""

    async def replace(request: Request, call_next: CallNext) -> Response:
        response = await call_next(request)
        return PlainTextResponse(f"was {response.status_code}", 418)

    response = ask(middleware(app, dispatch=replace))

    assert (response.status, response.body) == (418, b"was 200")


@pytest.mark.parametrize("app", [hello, stream])
@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
@pytest.mark.parametrize("way", ["buffered", "wrapped", "set", "set list"])
def test_bodies_may_be_changed(middleware: Any, app: ASGIApp, way: str, spec_version: str):
    """The body can be read as a whole, wrapped in another response, or its iterator replaced."""

    async def upper(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            yield chunk.upper()

    async def change(request: Request, call_next: CallNext) -> Response:
        response = await call_next(request)
        del response.headers["content-length"]
        match way:
            case "buffered":
                body = b"".join([chunk async for chunk in response.body_iterator])
                return Response(body.upper(), response.status_code, dict(response.headers))
            case "wrapped":
                return StreamingResponse(upper(response.body_iterator), headers=dict(response.headers))
            case "set":
                response.body_iterator = upper(response.body_iterator)
            case _:
                chunks = [chunk async for chunk in response.body_iterator]
                response.body_iterator = upper(as_iterator(chunks))
        return response

    response = ask(middleware(with_length(app), dispatch=change), spec_version=spec_version)

    assert response.body == ask(app).body.upper()
    assert response.headers["content-type" if app is hello else "x-length"]


def with_length(app: ASGIApp) -> ASGIApp:
    """Give every response a header that middleware can delete, and one that it keeps."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *(header for header in message["headers"] if header[0] != b"content-length"),
                    (b"content-length", b"0"),
                    (b"x-length", b"1"),
                ]
            await send(message)

        await app(scope, receive, sending)

    return wrapped


def test_exceptions_pass_as_exceptions(middleware: Any):
    """What the application raises is raised by call_next, and by the middleware if it does not catch it."""
    caught: list[Exception] = []

    async def note(request: Request, call_next: CallNext) -> Any:
        try:
            return await call_next(request)
        except AppError as error:
            caught.append(error)
            raise

    with pytest.raises(AppError) as raised:
        ask(middleware(fail, dispatch=note))

    assert caught == [raised.value]
    assert raised.value.__cause__ is None
    if middleware is HTTPMiddleware:
        assert raised.value.__context__ is None


def test_exceptions_may_be_answered(middleware: Any):
    """A middleware may catch what the application raises."""

    async def catch(request: Request, call_next: CallNext) -> Any:
        try:
            return await call_next(request)
        except AppError as error:
            return PlainTextResponse(str(error), 500)

    assert ask(middleware(fail, dispatch=catch)).body == b"no answer"


@pytest.mark.parametrize("app", [hello, stream])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_exceptions_of_the_middleware(middleware: Any, app: ASGIApp, moment: str):
    """What the middleware raises is raised out of it; an application that has begun to answer is cancelled."""
    ended: list[str] = []

    async def broken(request: Request, call_next: CallNext) -> Any:
        if moment == "after":
            await call_next(request)
        raise AppError(moment)

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except BaseException as error:
            ended.append(type(error).__name__)
            raise

    with pytest.raises(AppError, match=moment):
        ask(middleware(noted, dispatch=broken))

    assert ended == ["CancelledError"] * (moment == "after")


def test_an_error_in_the_middle_of_a_stream(middleware: Any):
    """An error after the response has begun is raised, and the answer is left incomplete."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[str]:
            await anyio.lowlevel.checkpoint()
            yield "first"
            await anyio.lowlevel.checkpoint()
            raise AppError("second")

        await StreamingResponse(parts())(scope, receive, send)

    response = ask(middleware(broken, dispatch=add_header), spec_version="2.4", catch=True)

    assert isinstance(response.error, AppError)
    assert (response.status, response.body) == (200, b"first")


def test_an_error_after_the_response(middleware: Any):
    """What a background task raises is raised, after the response was sent."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("sent", background=BackgroundTask(broken))(scope, receive, send)

    async def broken() -> None:
        raise AppError("background")

    response = ask(middleware(app, dispatch=add_header), catch=True)

    assert response.body == b"sent"
    assert isinstance(response.error, AppError)


def test_no_response_at_all(middleware: Any):
    """An application that ends without an answer is an error of call_next."""

    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        pass

    with pytest.raises(RuntimeError, match="No response returned"):
        ask(middleware(silent, dispatch=pass_through))


@pytest.mark.parametrize("place", ["application", "middleware"])
@pytest.mark.parametrize("streams", [False, True])
def test_background_tasks_run_after_the_response(middleware: Any, place: str, streams: bool):
    """Background tasks of the application, and of the middleware's response, run once everything was sent."""
    log: list[str] = []

    def task() -> BackgroundTask:
        return BackgroundTask(log.append, "background")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        background = task() if place == "application" else None
        response = StreamingResponse(as_iterator([b"a", b"b"])) if streams else PlainTextResponse("ab")
        response.background = background
        await response(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        log.append("dispatch")
        if place == "middleware":
            response.background = task()
        return response

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                log.append("sent")
            await send(message)

        await middleware(app, dispatch=dispatch)(scope, receive, sending)

    assert ask(logged).body == b"ab"
    assert log == ["dispatch", "sent", "background"]


def test_what_comes_after_the_response_waits_for_it(middleware: Any):
    """The last `send()` of the application returns when the middleware has sent the response, not before."""
    log: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        log.append("application ends")

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        log.append("dispatch ends")
        return response

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            log.append(message["type"])
            await send(message)

        await middleware(app, dispatch=dispatch)(scope, receive, sending)

    ask(logged)

    assert log[0] == "dispatch ends"
    assert log[-1] == "application ends"


def test_debug_information_is_sent_first(middleware: Any):
    """The debug message of a response goes with it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.debug", "info": {"template": "x"}})
        await hello(scope, receive, send)

    response = ask(middleware(app, dispatch=add_header))

    assert response.sent[0] == {"type": "http.response.debug", "info": {"template": "x"}}


def test_early_hints_go_out_at_once(middleware: Any):
    """What is sent before the response is not held back for it."""
    order: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.early_hint", "links": []})
        order.append("hinted")
        await hello(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        order.append("answered")
        return response

    response = ask(middleware(app, dispatch=dispatch))

    assert response.types[0] == "early_hint"
    assert order == ["hinted", "answered"]


def test_files_are_left_to_the_server(middleware: Any, tmp_path: Path):
    """A server that sends files itself gets the path."""
    (tmp_path / "file.txt").write_text("content")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await FileResponse(tmp_path / "file.txt")(scope, receive, send)

    response = ask(middleware(app, dispatch=add_header), extensions={"http.response.pathsend": {}})

    assert response.types == ["start", "pathsend"]
    assert response.sent[1]["path"] == str(tmp_path / "file.txt")
    assert response.headers["x-seen"] == "1"
