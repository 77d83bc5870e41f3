"""How much a request may send: the size of its body, and the number and size of the parts of a form.

Both kinds of limit are declared on the application, a router, an inclusion and a route; the nearest one counts,
also where it is the larger one. A body limit works in two places:

- `BodyLimit` is the application's layer, outside its middleware, which may read the body too.
- `limit_body` wraps the handler of a route (or mount, or frontend) that has a limit nearer than the application's.

The outermost of them counts the bytes in an `Allowance`, left in the scope; those further in change its limit. So a
body that was read under one limit counts under the next one, across mounted applications. Starlette's own
`max_body_size` finds the same object in the scope, and ours finds Starlette's.

A body whose declared size is too large is refused in plain text, or with problem details where those are on, whatever
the application would have answered (RFC 9110, section 15.5.14). An undeclared one is counted while it is read: going past the limit raises `ContentTooLarge`,
which the exception handlers answer like any HTTP error. A body that nobody reads is not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from starlette.datastructures import Headers
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import TypedDict

from straightway.errors import ContentTooLarge, DeclarationValueError, calling_place, too_large_in
from straightway.runtime.forms import FORM_LIMITS

ALLOWANCE = "starlette._body_limit_responder"
"""Scope key: the `Allowance` of this request, where Starlette's own limits look for theirs."""

Count = Annotated[int, Field(ge=0, strict=True)]


@with_config(ConfigDict(extra="forbid"))
class FormLimits(TypedDict, total=False):
    """What a form may hold: `max_fields` and `max_files` count parts, `max_part_size` is in bytes."""

    max_fields: Count
    max_files: Count
    max_part_size: Count


def checked_max_body_size(value: object) -> int | None:
    """Return `value`; raise `ValueError` unless it is a number of bytes or None."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value
    raise DeclarationValueError(
        "max_body_size must be a non-negative integer or None",
        at=calling_place(),
        instead="max_body_size=1_000_000, a number of bytes",
    )


def checked_form_limits(value: FormLimits | None) -> FormLimits | None:
    """Return a copy of `value`; raise Pydantic's `ValidationError` for unknown keys and anything but counts."""
    return None if value is None else _form_limits().validate_python(value)


@cache
def _form_limits() -> TypeAdapter[FormLimits]:
    return TypeAdapter(FormLimits)


def merged_form_limits(outer: FormLimits | None, inner: FormLimits | None) -> FormLimits | None:
    """Return the limits of both, key by key; the inner one counts where both have one."""
    if outer is None or inner is None:
        return inner if outer is None else outer
    return {**outer, **inner}


def limit_forms(app: ASGIApp, limits: FormLimits | None) -> ASGIApp:
    """Return `app` (a mounted one) such that the forms it reads inherit `limits`, through the scope."""
    if not limits:
        return app

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        scope[FORM_LIMITS] = merged_form_limits(scope.get(FORM_LIMITS), limits)
        await app(scope, receive, send)

    return limited


def limit_body(app: ASGIApp, maximum: int | None) -> ASGIApp:
    """Return the handler such that it reads at most `maximum` bytes of the body; without a maximum, `app` itself.

    Use it inside the layer that turns exceptions into responses: `ContentTooLarge` is raised through it.
    """
    return app if maximum is None else BodyLimit(app, maximum, outermost=False)


Refusal = Callable[[Scope], Response]


def refusal_of(app: object) -> Refusal:
    """Return what answers a body that is too large for an application: problem details, or plain text."""
    if getattr(app, "problem_details", False) is not True:
        return _too_large_text
    from straightway.problem_handlers import too_large_problem  # which few applications need

    return too_large_problem


def _too_large_text(_scope: Scope) -> Response:
    return PlainTextResponse("Content Too Large", status_code=413)


def _refusal_there(scope: Scope) -> Response:
    return refusal_of(scope.get("app"))(scope)


class BodyLimit:
    """The application's layer: let what is inside read at most `max_body_size` bytes, and answer 413 beyond.

    With `outermost=False` there is something outside that answers exceptions. `refusal` makes the answer; without it
    the application that the request has reached decides.
    """

    def __init__(
        self, app: ASGIApp, max_body_size: int, *, outermost: bool = True, refusal: Refusal | None = None
    ) -> None:
        self.app = app
        self.max_body_size = max_body_size
        self.outermost = outermost
        self.refusal: Refusal = refusal or _refusal_there

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within the limit; other connections are handed on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif ALLOWANCE in scope:
            await self._change(scope, receive, send)
        else:
            await self._count(scope, receive, send)

    async def _change(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The limit stays changed after the handler: the error response that is made of its exception belongs to it.
        allowance: Any = scope[ALLOWANCE]
        scope[MAX_BODY_SIZE_SCOPE_KEY] = allowance.max_body_size = self.max_body_size
        if isinstance(allowance, Allowance):  # and not Starlette's
            allowance.refusal = self.refusal
        if allowance.total_size > self.max_body_size:
            raise ContentTooLarge
        try:
            await self.app(scope, receive, send)
        except ExceptionGroup as group:
            if (error := too_large_in(group)) is not None:
                raise error from group
            raise

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowance = Allowance(self.max_body_size, scope, receive, send, self.refusal)
        before = scope.get(MAX_BODY_SIZE_SCOPE_KEY)
        scope[ALLOWANCE], scope[MAX_BODY_SIZE_SCOPE_KEY] = allowance, self.max_body_size
        try:
            await self.app(scope, allowance.receive, allowance.send)
        except Exception as error:
            if not await self._answers(allowance, error):
                raise
        finally:
            scope.pop(ALLOWANCE, None)
            scope[MAX_BODY_SIZE_SCOPE_KEY] = before
            if before is None:
                del scope[MAX_BODY_SIZE_SCOPE_KEY]

    async def _answers(self, allowance: Allowance, error: Exception) -> bool:
        """Answer the error if it is about the limit and nobody else will, and return whether that is so."""
        if allowance.refused and _is_only(error, _Refused, ContentTooLarge):
            return True
        found = too_large_in(error)
        if found is None or allowance.started:
            return False
        if self.outermost or allowance.is_declared_too_large:
            await allowance.refuse()
            return True
        if found is not error:
            raise found from error
        return False


class Allowance:
    """How much of one request's body has been read, and how much may be: shared by all limits it passes."""

    __slots__ = (
        "_receive",
        "_scope",
        "_send",
        "declared",
        "max_body_size",
        "refusal",
        "refused",
        "started",
        "total_size",
    )

    def __init__(
        self, max_body_size: int, scope: Scope, receive: Receive, send: Send, refusal: Refusal
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self.max_body_size = max_body_size
        self.refusal = refusal
        self.declared = _declared_size(scope)
        self.total_size = 0
        self.started = False
        self.refused = False

    @property
    def is_declared_too_large(self) -> bool:
        """Whether the request itself says that it is larger than the limit that counts now."""
        return self.declared > self.max_body_size

    @property
    def is_exceeded(self) -> bool:
        """Whether more has been read than the limit that counts now."""
        return self.total_size > self.max_body_size

    async def receive(self) -> Message:
        """Receive for the application, raising `ContentTooLarge` where it may not read on."""
        if self.is_declared_too_large or self.is_exceeded:
            raise ContentTooLarge
        message = await self._receive()
        if message["type"] == "http.request":
            self.total_size += len(message.get("body", b""))
            if self.is_exceeded:
                raise ContentTooLarge
        return message

    async def send(self, message: Message) -> None:
        """Send for the application, unless the request is refused: then stop it by an exception."""
        if self.refused:
            raise _Refused
        if message["type"] == "http.response.start":
            # A 500 is what another application's error layer made of our exception (a mounted one whose
            # middleware read the body): the client should hear what the matter was.
            if self.is_declared_too_large or (self.is_exceeded and message["status"] == 500):
                await self.refuse()
                raise _Refused
            self.started = True
        await self._send(message)

    async def refuse(self) -> None:
        """Answer 413 in the application's place."""
        self.refused = True
        response = self.refusal(self._scope)
        await response(self._scope, self._receive, self._send)


class _Refused(Exception):  # noqa: N818  # no error: it ends an application whose request has been answered
    """Stop the application: its response was replaced."""


def _declared_size(scope: Scope) -> int:
    try:
        return int(Headers(scope=scope).get("content-length", "-1"))
    except ValueError:
        return -1


def _is_only(error: BaseException, *kinds: type[Exception]) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return error.split(kinds)[1] is None
    return isinstance(error, kinds)
