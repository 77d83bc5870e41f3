"""What is logged of a request, as data: the message of a log record, which formatters turn into words or fields."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from straightway.logs.escaping import escaped, path_shown, shown
from straightway.logs.request_id import current_request_id
from straightway.logs.tracing import Trace

__all__ = [
    "ACCESS",
    "FAILURES",
    "Ended",
    "Failed",
    "Subject",
    "id_of",
    "log_ended",
    "log_failed",
    "message_of",
    "subject_of",
]

ACCESS = logging.getLogger("straightway.access")
"""Says that a request has been answered: one record for each."""

FAILURES = logging.getLogger("straightway.failures")
"""Says what the application raised and nobody handled: one record for each, with its traceback."""

WEBSOCKET = "WS"
"""Stands where the method of a request stands."""


class Subject(NamedTuple):
    """The request, or the WebSocket, that something is said of."""

    method: str
    """As it was sent; `WEBSOCKET` for a WebSocket."""
    path: str
    request_id: str
    client: str | None
    """The address of the client, the one that a trusted proxy names."""
    route: str | None
    """The path template of the route that was reached."""
    trace: Trace | None

    def __str__(self) -> str:
        return f"{escaped(self.method)} {path_shown(self.path)}"


class Ended(NamedTuple):
    """How a request ended; or how a WebSocket began, and how it ended."""

    subject: Subject
    milliseconds: float
    status: int | None
    """What the response started with, or what refused a WebSocket."""
    close_code: int | None = None
    """What closed a WebSocket."""
    note: str = ""
    """What a status does not tell, such as `client left`."""

    def __str__(self) -> str:
        number = self.close_code if self.status is None else self.status
        told = f"{self.subject} {'' if number is None else f'{number} '}{self.milliseconds:.1f} ms"
        return f"{told} ({self.note})" if self.note else told


class Failed(NamedTuple):
    """What failed, and where. The exception itself is that of the record."""

    subject: Subject
    endpoint: str | None
    """Module and name of the endpoint that was reached."""

    def __str__(self) -> str:
        return f"{self.subject} failed{'' if self.endpoint is None else f' in {self.endpoint}'}"


def subject_of(scope: Any, request_id: str, trace: Trace | None) -> Subject:
    """Return what there is to say of the connection itself."""
    get = scope.get
    client, route = get("client"), get("route")
    return Subject(
        scope["method"] if scope["type"] == "http" else WEBSOCKET,
        scope["path"],
        request_id,
        client[0] if client else None,
        None if route is None else getattr(route, "path", None),
        trace,
    )


def log_ended(ended: Ended) -> None:
    """Hand on how a request ended to whoever listens.

    PERF: a record made here takes 2 microseconds less than `ACCESS.info`, which looks for its caller on the stack,
    3.11, benchmarks/logs.py.
    """
    if ACCESS.isEnabledFor(logging.INFO):
        ACCESS.handle(logging.LogRecord(ACCESS.name, logging.INFO, "", 0, ended, None, None))


def log_failed(subject: Subject, scope: Any, error: BaseException) -> None:
    """Hand on an exception that nobody has handled to whoever listens."""
    FAILURES.error(Failed(subject, _endpoint_of(scope)), exc_info=(type(error), error, error.__traceback__))


def _endpoint_of(scope: Any) -> str | None:
    endpoint = scope.get("endpoint")
    name = getattr(endpoint, "__qualname__", None)
    return f"{getattr(endpoint, '__module__', '?')}.{name}" if isinstance(name, str) else None


def id_of(record: logging.LogRecord) -> str | None:
    """Return the id of the request that a record was written of, or during; None outside of one."""
    message: object = record.msg
    if isinstance(message, Ended | Failed):
        return message.subject.request_id
    return current_request_id.get()


def message_of(record: logging.LogRecord) -> str:
    """Return the message of a record, also where its arguments do not fit it."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # of the application
        return f"{shown(record.msg)} (with arguments that do not fit: {shown(record.args)})"
