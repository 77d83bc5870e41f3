"""Limits of request bodies and forms, on plain ASGI applications."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from straightway.errors import ContentTooLarge, too_large_in
from straightway.serve.failures import ExceptionLayer
from straightway.serve.limits import (
    FORM_LIMITS,
    BodyLimit,
    checked_form_limits,
    checked_max_body_size,
    limit_body,
    limit_forms,
    merged_form_limits,
)
from tests.serve.asgi import Exchange, ask, http_scope

PLAIN = "text/plain; charset=utf-8"
JSON = "application/json"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body of the request."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(body)(scope, receive, send)


async def ignore(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without reading the body."""
    await PlainTextResponse("not read")(scope, receive, send)


async def echo_in_task_group(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body, which a task of a task group reads."""
    bodies: list[bytes] = []

    async def read() -> None:
        bodies.append(await Request(scope, receive).body())

    async with anyio.create_task_group() as group:
        group.start_soon(read)
    await PlainTextResponse(bodies[0])(scope, receive, send)


async def http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an HTTP error as the framework does."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, status_code=error.status_code)


def application(
    handler: ASGIApp, *, limit: int | None = None, middleware: tuple[Middleware, ...] = ()
) -> ASGIApp:
    """Stack the layers as the framework does: errors > body limit > user middleware > exceptions > handler."""
    app: ASGIApp = ExceptionMiddleware(handler, handlers={HTTPException: http_error})
    for cls, args, kwargs in reversed(middleware):
        app = cls(app, *args, **kwargs)
    if limit is not None:
        app = BodyLimit(app, limit)
    return ServerErrorMiddleware(app)


def result(exchange: Exchange) -> tuple[int, str, bytes]:
    """Return what identifies an answer."""
    return exchange.status, exchange.headers["content-type"], exchange.body


REFUSED_IN_TEXT = (413, PLAIN, b"Content Too Large")
REFUSED_IN_JSON = (413, JSON, b'{"detail":"Content Too Large"}')


@pytest.mark.parametrize("value", [None, 0, 1, 10**30])
def test_sizes_that_are_accepted(value: Any):
    """A limit is a number of bytes or None, and comes back as it is."""
    assert checked_max_body_size(value) == value


@pytest.mark.parametrize("value", [-1, True, False, 1.5, "5"])
def test_sizes_that_are_refused(value: Any):
    """Anything but a non-negative integer or None is a ValueError, booleans too."""
    with pytest.raises(ValueError, match=r"^max_body_size must be a non-negative integer or None\n"):
        checked_max_body_size(value)


def test_no_limit_adds_nothing():
    """Without a limit the handler itself is served: there is nothing to pay for."""
    assert limit_body(echo, None) is echo
    assert limit_forms(echo, None) is echo
    assert limit_forms(echo, {}) is echo


@pytest.mark.parametrize("place", ["app", "route"])
@pytest.mark.parametrize(("limit", "size", "status"), [(0, 0, 200), (0, 1, 413), (5, 5, 200), (5, 6, 413)])
def test_the_limit_is_the_largest_accepted_size(place: str, limit: int, size: int, status: int):
    """A body of exactly the limit passes, one byte more does not."""
    app = limited(echo, limit, place)

    assert ask(app, b"x" * size).status == status


def limited(handler: ASGIApp, limit: int, place: str) -> ASGIApp:
    """Return an application whose limit is its own or its route's."""
    return application(handler, limit=limit) if place == "app" else application(limit_body(handler, limit))


@pytest.mark.parametrize("place", ["app", "route"])
@pytest.mark.parametrize("declared", [None, "2", "invalid", "-1"])
def test_undeclared_sizes_are_counted(place: str, declared: str | None):
    """What is read past an undeclared or understated size ends in the handler of HTTP errors."""
    headers = [("content-length", declared)] if declared else []

    assert result(ask(limited(echo, 5, place), b"123", b"456", headers=headers)) == REFUSED_IN_JSON


@pytest.mark.parametrize("place", ["app", "route"])
@pytest.mark.parametrize("handler", [echo, ignore, echo_in_task_group])
def test_declared_sizes_are_refused_in_text(place: str, handler: ASGIApp):
    """A declared size above the limit is refused in plain text, whether the body is read or not."""
    exchange = ask(limited(handler, 5, place), b"123456", headers=[("content-length", "6")])

    assert result(exchange) == REFUSED_IN_TEXT
    assert exchange.types == ["start", "body"]
    assert exchange.chunks_read == 0


@pytest.mark.parametrize("place", ["app", "route"])
def test_unread_bodies_are_not_counted(place: str):
    """An undeclared body that nobody reads is no reason to refuse the request."""
    assert ask(limited(ignore, 5, place), b"123456").body == b"not read"


def test_reading_stops_at_the_limit():
    """What comes after the chunk that went past the limit is never received."""
    assert ask(limited(echo, 5, "app"), b"123", b"456", b"unread").chunks_read == 2


def test_reading_on_is_refused_again():
    """An application that goes on reading gets the same error, instead of a wait for bytes that do not come."""

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        errors = 0
        for _ in range(3):
            try:
                await Request(scope, receive).body()
            except ContentTooLarge:
                errors += 1
        await PlainTextResponse(f"{errors} errors")(scope, receive, send)

    assert ask(limited(stubborn, 5, "app"), b"123", b"456").body == b"3 errors"


@pytest.mark.parametrize(
    ("app_limit", "route_limit", "status"),
    [(5, None, 413), (5, 10, 200), (10, 5, 413), (None, 5, 413), (10, 0, 413), (None, 10, 200)],
)
@pytest.mark.parametrize("declared", [True, False])
def test_the_nearest_limit_counts(
    app_limit: int | None, route_limit: int | None, status: int, declared: bool
):
    """The route's limit replaces the application's, also where it is the larger one."""
    app = application(limit_body(echo, route_limit), limit=app_limit)
    headers = [("content-length", "6")] if declared else []

    exchange = ask(app, b"123", b"456", headers=headers)

    assert exchange.status == status
    if status == 413:
        assert exchange.body == (REFUSED_IN_TEXT if declared else REFUSED_IN_JSON)[2]


class ReadsBody(BaseHTTPMiddleware):
    """Middleware that reads the body before it calls the application."""

    async def dispatch(self, request: Request, call_next: Any) -> Any:
        """See the class."""
        await request.body()
        return await call_next(request)


class PassesOn(BaseHTTPMiddleware):
    """Middleware that does nothing."""

    async def dispatch(self, request: Request, call_next: Any) -> Any:
        """See the class."""
        return await call_next(request)


@pytest.mark.parametrize(
    ("app_limit", "route_limit", "status"),
    [
        (5, 10, 413),  # The middleware reads under the application's limit.
        (10, 5, 413),  # The route refuses what the middleware has read.
        (10, None, 200),
        (None, 5, 413),
    ],
)
def test_bodies_read_by_middleware_count(app_limit: int | None, route_limit: int | None, status: int):
    """What middleware reads counts under the limit it reads by, and again under the route's."""
    app = application(limit_body(echo, route_limit), limit=app_limit, middleware=(Middleware(ReadsBody),))

    exchange = ask(app, b"123", b"456")

    assert exchange.status == status
    if status == 200:
        assert exchange.body == b"123456"


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("place", ["app", "route"])
def test_starlettes_middleware_preserves_the_error(place: str, declared: bool):
    """BaseHTTPMiddleware reads in a task group, whose ExceptionGroup is still a 413."""
    middleware = (Middleware(PassesOn),)
    app = (
        application(echo, limit=5, middleware=middleware)
        if place == "app"
        else application(limit_body(echo, 5), middleware=middleware)
    )
    headers = [("content-length", "6")] if declared else []

    assert ask(app, b"123", b"456", headers=headers).status == 413
    assert ask(app, b"12345").body == b"12345"


@pytest.mark.parametrize("limits", [(5, None), (None, 5), (10, 5), (5, 5)])
def test_task_groups_preserve_the_error(limits: tuple[int | None, int | None]):
    """A task group that reads the body raises an ExceptionGroup, which is still a 413."""
    app = application(limit_body(echo_in_task_group, limits[1]), limit=limits[0])

    assert ask(app, b"123", b"456").status == 413


@pytest.mark.parametrize("limits", [(5, None), (None, 5), (10, 5)])
def test_our_exception_layer_looks_into_groups(limits: tuple[int | None, int | None]):
    """Within our layers the error in a group is answered by the handler of HTTP errors, like one outside a group."""
    app: ASGIApp = limit_body(echo_in_task_group, limits[1])
    app = ExceptionLayer(app, handlers={HTTPException: http_error})
    app = app if limits[0] is None else BodyLimit(app, limits[0])

    assert result(ask(app, b"123", b"456")) == REFUSED_IN_JSON


def test_groups_with_other_errors_are_raised_as_they_are():
    """Where something else has gone wrong too, the whole group is raised."""
    other = RuntimeError("cleanup failed")

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except ContentTooLarge as error:
            raise ExceptionGroup("read and cleanup", [error, other]) from error

    for place in ("app", "route"):
        exchange = ask(limited(both, 0, place), b"x", catch=True)

        assert isinstance(exchange.error, ExceptionGroup)
        assert exchange.error.exceptions[1] is other


@pytest.mark.parametrize(
    "error",
    [
        ExceptionGroup("other", [RuntimeError("other error")]),
        ExceptionGroup("the application's own", [HTTPException(413)]),
        ExceptionGroup("mixed", [HTTPException(413), ValueError("unrelated")]),
    ],
    ids=lambda error: error.message,
)
@pytest.mark.parametrize("limits", [(5, None), (None, 5), (10, 5)])
def test_other_groups_are_left_alone(error: Exception, limits: tuple[int | None, int | None]):
    """Only the limit's own error is taken out of its group."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    app = application(limit_body(failing, limits[1]), limit=limits[0])

    assert ask(app, catch=True).error is error


def test_the_error_in_a_group_is_found():
    """Nested groups of nothing but the limit's error stand for that error; its kind is kept."""
    error = ContentTooLarge()

    assert too_large_in(error) is error
    assert isinstance(too_large_in(ExceptionGroup("", [ExceptionGroup("", [error, error])])), ContentTooLarge)
    assert too_large_in(ExceptionGroup("", [error, ValueError()])) is None
    assert too_large_in(HTTPException(413)) is None


def test_middleware_without_a_handler_outside_is_answered():
    """Middleware is outside the exception handlers, so the limit answers its reading itself."""
    app = application(ignore, limit=5, middleware=(Middleware(ReadsBody),))

    assert result(ask(app, b"123", b"456")) == REFUSED_IN_TEXT


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("reader", ["outer", "inner"])
def test_middleware_of_mounted_applications(reader: str, declared: bool):
    """The 413 survives the error layer of a mounted application, whichever middleware reads the body."""
    middleware = (Middleware(ReadsBody),)
    headers = [("content-length", "6")] if declared else []
    if reader == "outer":
        app = application(application(ignore, limit=5), limit=10, middleware=middleware)
    else:
        app = application(application(ignore, middleware=middleware), limit=5)

    assert ask(app, b"123", b"456", headers=headers).status == 413
    assert ask(app, b"12345").body == b"not read"


@pytest.mark.parametrize(("inner", "status"), [(None, 413), (3, 413), (10, 200)])
@pytest.mark.parametrize("place", ["app", "route", "mount"])
def test_starlettes_own_limits_share_the_counter(place: str, inner: int | None, status: int):
    """Starlette's `max_body_size` inside ours inherits and overrides it, as among our own."""
    routes = [Route("/", endpoint_echo, methods=["POST"], max_body_size=inner if place == "route" else None)]
    child = Starlette(routes=routes, max_body_size=inner if place == "app" else None)
    mounted = Mount("/child", child, max_body_size=inner if place == "mount" else None)
    app = BodyLimit(Starlette(routes=[mounted]), 5)

    assert ask(app, b"123", b"456", path="/child/").status == status


async def endpoint_echo(request: Request) -> PlainTextResponse:
    """Answer with the body of the request, as an endpoint of Starlette's."""
    return PlainTextResponse(await request.body())


@pytest.mark.parametrize(("inner", "status"), [(None, 413), (3, 413), (10, 200)])
def test_our_limits_share_starlettes_counter(inner: int | None, status: int):
    """Mounted under a Starlette application with a limit, ours inherits and overrides that one."""
    child = application(limit_body(echo, inner))
    app = Starlette(routes=[Mount("/child", child)], max_body_size=5)

    assert ask(app, b"123", b"456", path="/child/").status == status


def test_the_application_is_stopped_once_it_is_refused():
    """After the 413 the replaced response cannot go on: sending raises, every time."""
    sends: list[str] = []

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        sends.append("start")

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            try:
                await endless(scope, receive, send)
            except Exception as error:  # noqa: BLE001  # careless on purpose
                sends.append(type(error).__name__)
        raise ExceptionGroup("", [ContentTooLarge()])

    exchange = ask(BodyLimit(stubborn, 5), b"123456", headers=[("content-length", "6")])

    assert result(exchange) == REFUSED_IN_TEXT
    assert sends == ["_Refused", "_Refused"]


def test_responses_that_have_started_are_not_replaced():
    """A body read during the response cannot be answered any more: the error is raised."""

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> Any:
            yield b"first"
            yield await Request(scope, receive).body()

        await StreamingResponse(parts())(scope, receive, send)

    exchange = ask(BodyLimit(late, 5), b"123", b"456", spec_version="2.4", catch=True)

    assert isinstance(exchange.error, ContentTooLarge)
    assert exchange.body == b"first"


def test_an_error_caught_by_the_application_is_its_own_affair():
    """An endpoint may catch the error and answer as it likes."""

    async def catching(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except HTTPException as error:
            await PlainTextResponse(f"caught {error.status_code}", 201)(scope, receive, send)

    assert ask(limited(catching, 5, "app"), b"123456").status == 201


def test_the_scope_is_left_as_it_was():
    """What the limit is can be read in the scope during the request; afterwards nothing of it stays there."""
    seen: list[Any] = []

    async def looking(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope[MAX_BODY_SIZE_SCOPE_KEY])
        await ignore(scope, receive, send)

    fresh = ask(limited(limit_body(looking, 4), 5, "app"))
    earlier = ask(BodyLimit(looking, 5), scope=http_scope(**{MAX_BODY_SIZE_SCOPE_KEY: 10}))

    assert seen == [4, 5]
    assert not [key for key in fresh.scope if "body" in key]
    assert earlier.scope[MAX_BODY_SIZE_SCOPE_KEY] == 10


def test_websockets_and_lifespan_are_unaffected():
    """Limits are about bodies of HTTP requests only."""
    events: list[str] = []

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await socket(WebSocket(scope, receive, send))
        elif scope["type"] == "lifespan":
            events.append((await receive())["type"])
            await send({"type": "lifespan.startup.complete"})
            events.append((await receive())["type"])
            await send({"type": "lifespan.shutdown.complete"})

    with TestClient(BodyLimit(app, 0)) as client, client.websocket_connect("/") as connection:
        connection.send_text("larger than the limit")
        assert connection.receive_text() == "larger than the limit"
    assert events == ["lifespan.startup", "lifespan.shutdown"]


@pytest.mark.parametrize(
    "limits", [{}, {"max_fields": 0}, {"max_fields": 1, "max_files": 2, "max_part_size": 3}]
)
def test_form_limits_that_are_accepted(limits: Any):
    """Form limits are counts under three known keys; what comes back is a copy."""
    checked = checked_form_limits(limits)

    assert checked == limits
    assert checked is not limits
    assert checked_form_limits(None) is None


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        ({"max_parts": 1}, "max_parts"),
        ({"max_files": -1}, "max_files"),
        ({"max_files": None}, "max_files"),
        ({"max_fields": False}, "max_fields"),
        ({"max_fields": "1"}, "max_fields"),
        ({"max_part_size": 1.5}, "max_part_size"),
        ([], "dictionary"),
    ],
)
def test_form_limits_that_are_refused(limits: Any, key: str):
    """Unknown keys and values that are no counts are a ValueError that names the key."""
    with pytest.raises(ValueError, match=key):
        checked_form_limits(limits)


def test_form_limits_merge_key_by_key():
    """The nearer limit of each key counts; the others are inherited."""
    outer: Any = {"max_fields": 1, "max_files": 2}

    assert merged_form_limits(outer, {"max_fields": 0}) == {"max_fields": 0, "max_files": 2}
    assert merged_form_limits(outer, None) is outer
    assert merged_form_limits(None, outer) is outer
    assert merged_form_limits(None, None) is None
    assert outer == {"max_fields": 1, "max_files": 2}


def test_mounted_applications_inherit_form_limits():
    """What applications further out allow reaches the mounted one through the scope, the nearer one first."""
    seen: list[Any] = []

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope[FORM_LIMITS])
        await ignore(scope, receive, send)

    ask(limit_forms(limit_forms(mounted, {"max_fields": 1}), {"max_fields": 2, "max_files": 3}))

    assert seen == [{"max_fields": 1, "max_files": 3}]
