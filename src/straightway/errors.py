"""Every exception and warning of the framework, and how a mistake in a declaration is worded.

What is raised where::

    Exception
    ├── starlette.exceptions.HTTPException
    │   ├── HTTPException                       raise it to answer with an error status
    │   │   └── problems.Problem                ... and problem details (RFC 9457)
    │   └── ContentTooLarge                     the body is larger than `max_body_size` (answered with 413)
    ├── starlette.exceptions.WebSocketException
    │   └── WebSocketException                  raise it to close a WebSocket
    ├── ValueError
    │   └── UnwritableError                     a value that an endpoint returned cannot be written as JSON
    ├── ValidationException                     data that does not fit its declaration
    │   ├── RequestValidationError              ... of a request (answered with 422)
    │   ├── WebSocketRequestValidationError     ... of a WebSocket handshake (closed with 1008)
    │   └── ResponseValidationError             ... of what an endpoint returned (answered with 500)
    └── RuntimeError
        └── StraightwayError                    the application is wrong, not the request
            ├── DeclarationError                (also an AssertionError) a declaration makes no sense
            │   ├── DeclarationTypeError        (also a TypeError) ... something of another type was expected
            │   └── DeclarationValueError       (also a ValueError) ... the type is right, the value is not
            ├── DependencyScopeError            a dependency outlives something it depends on
            ├── PydanticV1NotSupportedError     a model is written for Pydantic 1
            └── MissingDependencyError          (also an ImportError) an optional package is not installed
    Warning
    └── UserWarning
        └── StraightwayDeprecationWarning       something that works today and will not for ever
"""

import inspect
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any, TypedDict

from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.exceptions import WebSocketException as StarletteWebSocketException

__all__ = [
    "ContentTooLarge",
    "DeclarationError",
    "DeclarationTypeError",
    "DeclarationValueError",
    "DependencyScopeError",
    "EndpointContext",
    "HTTPException",
    "MissingDependencyError",
    "Place",
    "PydanticV1NotSupportedError",
    "RequestValidationError",
    "ResponseValidationError",
    "StraightwayDeprecationWarning",
    "StraightwayError",
    "UnwritableError",
    "ValidationException",
    "WebSocketException",
    "WebSocketRequestValidationError",
    "calling_place",
    "too_large_in",
    "warn_deprecated",
    "worded",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was declared: `path` is method and route, such as `GET /items/{item_id}`."""

    function: str | None = None
    file: str | None = None
    line: int | None = None
    path: str | None = None
    parameter: str | None = None
    """The parameter of `function` that is meant; `line` is then the line it stands on."""


class StraightwayError(RuntimeError):
    """Say that the application is wrong, as opposed to a request it received.

    `args[0]` is the bare message; `str()` adds where it was written, and what to write instead, on lines of their own.
    """

    def __init__(self, *args: object, at: Place | None = None, instead: str | None = None) -> None:
        super().__init__(*args)
        self.message = str(args[0]) if args else ""
        self.at = at
        self.instead = instead

    def located(self, place: Place) -> None:
        """Add where the mistake was written, as far as that is not known more precisely."""
        if self.at is None:
            self.at = place
        elif self.at.path is None:
            self.at = replace(self.at, path=place.path)

    def __str__(self) -> str:
        lines = [self.message]
        if self.at is not None:
            lines.append(f"  declared {worded(self.at)}")
        if self.instead is not None:
            lines.append(f"  instead: {self.instead}")
        return "\n".join(lines)


def worded(place: Place, *, file: str | None = None) -> str:
    """Write a place as `at app.py:12 in read(item_id) for GET /items/{item_id}`; `file` writes its file another way."""
    file = file or place.file
    words = [
        f"at {file if place.line is None else f'{file}:{place.line}'}" if file else "",
        f"in {place.function}({place.parameter or ''})" if place.function else "",
        f"for {place.path}" if place.path else "",
    ]
    return " ".join(word for word in words if word) or "at an unknown place"


class DeclarationError(StraightwayError, AssertionError):
    """Say what is wrong with a declaration, where it was written, and what to write instead.

    It is an `AssertionError` too, because code written for FastAPI expects one.
    """


class DeclarationTypeError(DeclarationError, TypeError):
    """Say so where Python, and code written for FastAPI, expect a `TypeError`: for an unknown option, for example."""


class DeclarationValueError(DeclarationError, ValueError):
    """Say so where code written for FastAPI expects a `ValueError`."""


class DependencyScopeError(StraightwayError):
    """Say that a dependency depends on another one that ends before it."""


class PydanticV1NotSupportedError(StraightwayError):
    """Say that a model derives from `pydantic.v1.BaseModel`, which only Pydantic 1 understands."""


class MissingDependencyError(StraightwayError, ImportError):
    """Say what an optional package is needed for, and how to install it."""

    def __init__(self, problem: str, *, install: str = "straightway[standard]") -> None:
        super().__init__(problem)
        self.install = install

    def __str__(self) -> str:
        return f'{super().__str__()}\nInstall it with: pip install "{self.install}"'


class StraightwayDeprecationWarning(UserWarning):
    """Warn of an option that still works and should be replaced.

    Not a `DeprecationWarning`, because Python hides those from the people who could act on them.
    """


_OWN_PACKAGES = frozenset({"straightway", "fastapi"})  # the second is the distribution of FastAPI's names
_BETWEEN = _OWN_PACKAGES | {"contextlib", "functools", "starlette", "typing_extensions"}
"""What may stand between a line of the user's and the function of ours that it calls."""


def calling_place(*, function: str | None = None, path: str | None = None) -> Place:
    """Return the line of the user's code that led here, however many frames of the framework lie between."""
    frame = inspect.currentframe()
    while frame is not None and _package_of(frame) in _BETWEEN:
        frame = frame.f_back
    if frame is None:
        return Place(function=function, path=path)
    return Place(function=function, file=frame.f_code.co_filename, line=frame.f_lineno, path=path)


def warn_deprecated(message: str, *, category: type[Warning] = StraightwayDeprecationWarning) -> None:
    """Warn at the line of the user's code that led here, however many of our own frames lie between."""
    level = 1
    frame = inspect.currentframe()
    while frame is not None and _package_of(frame) in _OWN_PACKAGES:
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)


def _package_of(frame: FrameType) -> str:
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0]


class HTTPException(StarletteHTTPException):
    """Answer the request with an error: `{"detail": detail}` as JSON and the given headers.

    `detail` may be anything that `json.dumps` accepts; without it the standard phrase of the status is sent.
    """

    def __init__(
        self, status_code: int, detail: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status_code=status_code, detail=detail, headers=headers)


class ContentTooLarge(StarletteHTTPException):
    """Say that more of the request body was read than `max_body_size` allows."""

    def __init__(self) -> None:
        super().__init__(status_code=413, detail="Content Too Large")


class UnwritableError(ValueError):
    """Say that JSON cannot express `value`, which is neither iterable nor has attributes; `args` are FastAPI's."""

    def __init__(self, value: object, reasons: Sequence[Exception]) -> None:
        super().__init__(reasons)
        self.value = value


def too_large_in(error: BaseException) -> ContentTooLarge | None:
    """Return the error itself, or the one in a group that has nothing else in it: a task group read the body."""
    if isinstance(error, ContentTooLarge):
        return error
    if isinstance(error, BaseExceptionGroup):
        only_these, others = error.split(ContentTooLarge)
        return ContentTooLarge() if only_these is not None and others is None else None
    return None


class WebSocketException(StarletteWebSocketException):
    """Close the WebSocket with a code of RFC 6455, section 7.4.1, and a reason of at most 123 bytes."""

    def __init__(self, code: int, reason: str | None = None) -> None:
        super().__init__(code=code, reason=reason)


class EndpointContext(TypedDict, total=False):
    """Which endpoint a validation error belongs to; `path` is method and path, such as `POST /items`."""

    function: str
    path: str
    file: str
    line: int


class ValidationException(Exception):  # noqa: N818  # the name is FastAPI's
    """Carry the list of errors, in Pydantic's form, that some data has produced."""

    def __init__(self, errors: Sequence[Any], *, endpoint_ctx: EndpointContext | None = None) -> None:
        super().__init__(errors)
        self._errors = errors
        self.endpoint_ctx = endpoint_ctx
        context = endpoint_ctx or EndpointContext()
        self.endpoint_function = context.get("function")
        self.endpoint_path = context.get("path")
        self.endpoint_file = context.get("file")
        self.endpoint_line = context.get("line")

    def errors(self) -> Sequence[Any]:
        """Return the errors, each a mapping with `type`, `loc`, `msg`, `input` and sometimes `ctx`."""
        return self._errors

    def __str__(self) -> str:
        count = len(self._errors)
        lines = [f"{count} validation error{'' if count == 1 else 's'}:"]
        lines += [f"  {error}" for error in self._errors]
        return "\n".join(lines + self._endpoint_lines()).rstrip()

    def _endpoint_lines(self) -> list[str]:
        path = self.endpoint_path
        if self.endpoint_function and self.endpoint_file and self.endpoint_line:
            place = f'  File "{self.endpoint_file}", line {self.endpoint_line}, in {self.endpoint_function}'
            lines = ["", place]
            return [*lines, f"    {path}"] if path else lines
        return ["", f"  Endpoint: {path}"] if path else []


class RequestValidationError(ValidationException):
    """Say that a request does not fit the endpoint's parameters; `body` is what had been read of it."""

    def __init__(
        self, errors: Sequence[Any], *, body: Any = None, endpoint_ctx: EndpointContext | None = None
    ) -> None:
        super().__init__(errors, endpoint_ctx=endpoint_ctx)
        self.body = body


class WebSocketRequestValidationError(ValidationException):
    """Say that the handshake of a WebSocket does not fit the endpoint's parameters."""


class ResponseValidationError(ValidationException):
    """Say that an endpoint returned something else than it declares; `body` is what it returned."""

    def __init__(
        self, errors: Sequence[Any], *, body: Any = None, endpoint_ctx: EndpointContext | None = None
    ) -> None:
        super().__init__(errors, endpoint_ctx=endpoint_ctx)
        self.body = body
