"""What stands around the routes of an application: middleware in order, and which exceptions end in which answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException, WebSocketException
from starlette.middleware.base import BaseHTTPMiddleware

from straightway.describe.explanation import Account, Catch, Layer, Origin, Reply
from straightway.describe.origins import OWN_PACKAGES, origin_of, short
from straightway.describe.secrets import MASK, is_secret, masked
from straightway.errors import (
    RequestValidationError,
    ResponseValidationError,
    WebSocketRequestValidationError,
)


def layers_of(app: Any, kind: str) -> tuple[Layer, ...]:
    """Return what a connection of that kind passes before the routes, outermost first."""
    return tuple(_layers(app, kind))


def _layers(app: Any, kind: str) -> Iterator[Layer]:
    unanswered = "answers with 500 what nothing further in has answered"
    yield Layer("errors", unanswered if kind == "http" else "hands WebSockets on untouched")
    if getattr(app, "max_body_size", None) is not None and kind == "http":
        yield Layer("body limit", f"lets {app.max_body_size} bytes of a body in, and answers 413 beyond")
    for cls, arguments, options in app.user_middleware:
        yield _layer(cls, arguments, dict(options), kind)
    yield Layer("exceptions", "answers exceptions that have a handler")


def _layer(cls: Any, arguments: Any, options: dict[str, Any], kind: str) -> Layer:
    dispatch = options.pop("dispatch", None)
    is_http_only = isinstance(cls, type) and issubclass(cls, BaseHTTPMiddleware)
    name = getattr(cls, "__name__", type(cls).__name__)
    what = "hands WebSockets on untouched" if is_http_only and kind == "websocket" else ""
    return Layer(
        name if dispatch is None else origin_of(dispatch).name,
        what or ("a function around the request" if dispatch is not None else "middleware"),
        origin_of(cls if dispatch is None else dispatch),
        (
            *(short(repr(masked("", each))) for each in arguments),
            *(_option(*each) for each in options.items()),
        ),
    )


def _option(name: str, value: Any) -> str:
    """Write an option; what may be secret, and what is no plain value, is left out."""
    if is_secret(name, sent=True):
        return f"{name}={MASK}"
    if isinstance(value, str | int | float | bool | None | list | tuple | set | frozenset):
        return f"{name}={short(repr(masked(name, value)))}"
    return f"{name}=..."


def catches_of(app: Any, account: Account, kind: str) -> tuple[Catch, ...]:
    """Return how a request can fail, and what answers then."""
    return tuple(_catches(app, account, kind))


def _catches(app: Any, account: Account, kind: str) -> Iterator[Catch]:
    if account.outcome == "redirect":
        return
    handlers: dict[Any, Any] = dict(app.exception_handlers)
    last = next((each for key, each in handlers.items() if key in (500, Exception)), None)
    endpoint = account.endpoint
    if endpoint is not None and endpoint.validated:
        steps = _listed(endpoint.validated)
        wanted = RequestValidationError if kind == "http" else WebSocketRequestValidationError
        ends = "422" if kind == "http" else "the handshake is refused"
        yield _caught(
            wanted, f"{steps} not valid, before the endpoint is called ({ends})", handlers, last, app
        )
    yield _caught(HTTPException, _http_when(account), handlers, last, app)
    if endpoint is not None and endpoint.reply.model is not None:
        yield _invalid_reply(endpoint.reply, handlers, last, app)
    for key, handler in handlers.items():
        if isinstance(key, int) and key != 500:
            yield Catch(
                f"HTTPException({key})", "instead of the handler above", origin_of(handler), is_own=True
            )
        elif isinstance(key, type) and key not in _TOLD and key is not Exception:
            yield Catch(
                key.__name__, "it, or what derives from it, is raised", origin_of(handler), is_own=True
            )
    if kind == "websocket":
        yield from _websocket_catches(handlers)
        return
    yield _caught(Exception, "anything else is raised; the server logs it", {}, last, app)


def _websocket_catches(handlers: dict[Any, Any]) -> Iterator[Catch]:
    if WebSocketException not in handlers:
        closed = Origin("the WebSocket is closed with its code")
        yield Catch("WebSocketException", "a dependency or the endpoint raises it", closed, is_own=False)
    server = Origin("the server closes the WebSocket")
    yield Catch("Exception", "anything else is raised; the server logs it", server, is_own=False)


def _invalid_reply(reply: Reply, handlers: dict[Any, Any], last: Any, app: Any) -> Catch:
    if reply.is_stream:
        broken = Origin("the stream breaks off, as it has begun")
        when = f"an item that the endpoint yields is no {reply.model}"
        return Catch(ResponseValidationError.__name__, when, broken, is_own=False)
    return _caught(ResponseValidationError, f"the endpoint returns no {reply.model}", handlers, last, app)


_TOLD = frozenset(
    {HTTPException, RequestValidationError, ResponseValidationError, WebSocketRequestValidationError}
)


def _http_when(account: Account) -> str:
    if account.outcome == "method not allowed":
        return "here: the router refuses the method with 405"
    if account.outcome == "not found":
        return "here: the router finds no route, 404"
    if account.outcome == "mount":
        return "what is mounted there raises it and does not answer it"
    return "a dependency or the endpoint raises it"


def _caught(wanted: type[Exception], when: str, handlers: dict[Any, Any], last: Any, app: Any) -> Catch:
    for kind in wanted.__mro__:
        if kind in handlers and kind is not Exception:
            return Catch(wanted.__name__, when, origin_of(handlers[kind]), is_own=_is_own(handlers[kind]))
    return Catch(wanted.__name__, when, _last_resort(app, last), is_own=_is_own(last))


def _is_own(handler: Any) -> bool:
    """Tell whether a handler is the application's, not the framework's."""
    return handler is not None and getattr(handler, "__module__", "").partition(".")[0] not in OWN_PACKAGES


def _last_resort(app: Any, last: Any) -> Origin:
    if app.debug:
        return Origin("a page, JSON or text that shows it, as debug is on")
    return Origin("500 Internal Server Error in plain text") if last is None else origin_of(last)


def _listed(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"step {numbers[0]} is"
    return f"steps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} are"
