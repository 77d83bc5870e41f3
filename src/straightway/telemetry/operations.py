"""The parts of a request as spans of their own, and what extensions see of it: called by compiled endpoints.

One after the other, dependencies, endpoint and serialization are the current span. They begin and end where the work is
done, in a worker thread too, so that each call says only what begins now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from opentelemetry.context import Context, attach, get_current
from opentelemetry.trace import Span, Status, StatusCode, Tracer, set_span_in_context
from pydantic_core import PydanticUndefined
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException, WebSocketException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from starlette.websockets import WebSocket

from straightway.errors import RequestValidationError, WebSocketRequestValidationError
from straightway.telemetry.activity import TELEMETRY
from straightway.telemetry.connection import Connection, is_normal_end
from straightway.telemetry.data import TelemetryData, hook_in

_ANSWERED = (
    HTTPException,
    WebSocketException,
    RequestValidationError,
    WebSocketRequestValidationError,
)
"""Exceptions that are a way to answer the client, and no failure of the operation."""


def function_name(function: Callable[..., Any]) -> str:
    """Return the qualified name of what is called: of the function in a partial, of the class of a callable object."""
    while isinstance(function, partial):
        function = function.func
    named: Any = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"


class Operations:
    """The operations of one request, begun with its dependencies."""

    __slots__ = ("_attributes", "_before", "_connection", "_data", "_solving", "_span", "_tracer")

    def __init__(self, connection: Connection, function: str) -> None:
        self._connection = connection
        # Where the request has been let go of, what still runs of it is not recorded.
        self._data: TelemetryData = connection.hook.data or TelemetryData()
        recorder = connection.recorder
        self._tracer: Tracer | None = recorder.tracer if recorder.operations else None
        self._attributes = {"code.function.name": function}
        self._span: Span | None = None
        self._before: Context | None = None
        self._solving = True
        self._start("fastapi.dependencies")

    def body(self, body: Any) -> None:
        """Note the parsed body."""
        self._data.body = None if body is PydanticUndefined else body

    def endpoint(self, values: dict[str, Any]) -> None:
        """Begin the endpoint, whose arguments are all there."""
        self.solved(values)
        self._start("fastapi.endpoint")

    def solved(self, values: dict[str, Any]) -> None:
        """End the dependencies; the call of a generator function, which does nothing yet, is no operation."""
        self.end()
        self._solving = False
        self._data.values, self._data.errors = values, []

    def answered(self, result: Any) -> None:
        """End the endpoint, and begin the serialization of what it has returned unless that is a response."""
        self.end()
        if not isinstance(result, Response):
            self._start("fastapi.serialization")

    def end(self) -> None:
        """End the current operation; none follows."""
        if self._span is not None:
            self._span.end()
            self._leave()

    def failed(self, error: BaseException) -> None:
        """End the current operation with the exception that has ended it."""
        span = self._span
        if span is not None:
            if not isinstance(error, _ANSWERED) and not is_normal_end(error):
                _mark(span, self._connection.type_of(error))
            self.end()
        if self._solving and isinstance(error, RequestValidationError | WebSocketRequestValidationError):
            self._invalid(error)

    def _invalid(self, error: RequestValidationError | WebSocketRequestValidationError) -> None:
        self._data.errors = error.errors()
        if isinstance(error, RequestValidationError):
            self._data.body = error.body
        self._connection.log_validation(len(self._data.errors))

    def _start(self, name: str) -> None:
        if self._tracer is None:
            return
        self._before = get_current()
        self._span = self._tracer.start_span(name, self._before, attributes=self._attributes)
        attach(set_span_in_context(self._span, self._before))

    def _leave(self) -> None:
        self._span = None
        if self._before is not None:
            # Not by a token: an operation may end in another thread than it began in, with a context of its own.
            attach(self._before)


def request_operations(scope: Scope, request: Request, function: str) -> Operations:
    """Begin the operations of an HTTP request."""
    operations = _begun(scope, function)
    operations._data.request = request  # noqa: SLF001  # made here
    return operations


def websocket_operations(scope: Scope, websocket: WebSocket, function: str) -> Operations:
    """Begin the operations of a WebSocket connection."""
    operations = _begun(scope, function)
    operations._data.websocket = websocket  # noqa: SLF001  # made here
    return operations


def _begun(scope: Mapping[str, Any], function: str) -> Operations:
    return Operations(scope[TELEMETRY], function)


async def run_task(task: BackgroundTask) -> None:
    """Run a background task, as an operation where the request that it belongs to is recorded."""
    hook = hook_in()
    connection = None if hook is None else hook.connection
    if connection is None or connection.recorder.tracer is None or not connection.recorder.operations:
        await task()
        return
    before = get_current()
    span = connection.recorder.tracer.start_span(
        "fastapi.background_task", before, attributes={"code.function.name": function_name(task.func)}
    )
    attach(set_span_in_context(span, before))
    try:
        await task()
    except BaseException as error:
        _mark(span, connection.type_of(error))
        raise
    finally:
        span.end()
        attach(before)


def _mark(span: Span, error_type: str) -> None:
    span.set_status(Status(StatusCode.ERROR))
    span.set_attribute("error.type", error_type)
