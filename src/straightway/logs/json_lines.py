"""Log records for programs: one JSON object a line, in UTF-8 (https://jsonlines.org).

Names are those of OpenTelemetry's semantic conventions where these have one. A query string is never part of it: it may
hold what is secret, and no rule tells for every application what does.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from straightway.logs.entries import WEBSOCKET, Ended, Failed, Subject, id_of, message_of
from straightway.logs.escaping import sendable, shown
from straightway.logs.tracebacks import whole
from straightway.logs.tracing import Trace, current_trace

__all__ = ["JSONFormatter"]

Fields = dict[str, Any]

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""What JSON allows in a string, but some readers take for the end of a line, or for a command (C1, direction)."""

_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {
    "asctime",
    "message",
    "taskName",
    "color_message",
}
"""Attributes of every record, and the colours of uvicorn. All others come from `extra=`."""


class JSONFormatter(logging.Formatter):
    """Formats records of every kind as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, without a line feed at its end."""
        fields = _fields(record)
        try:
            line = _written(fields)
        except Exception:  # noqa: BLE001  # values of the application, which may be anything
            line = _written(_plain(fields))
        return line if line.isascii() and "\x7f" not in line else _UNSAFE.sub(_escape, line)


def _written(fields: Fields) -> str:
    return to_json(fields, inf_nan_mode="strings", bytes_mode="base64", fallback=shown).decode()


def _fields(record: logging.LogRecord) -> Fields:
    message: object = record.msg
    fields: Fields = {
        "timestamp": f"{_second(int(record.created))}.{int(record.msecs):03}Z",
        "level": record.levelname,
        "logger": record.name,
        "message": message_of(record),
    }
    if isinstance(message, Ended):
        # PERF: one of these is written for each request, and has nothing of what follows, benchmarks/logs.py.
        return _ending(message, _subject(message.subject, fields))
    if isinstance(message, Failed):
        _subject(message.subject, fields)
        _add(fields, "code.function.name", message.endpoint)
    else:
        _surroundings(id_of(record), current_trace(), fields)
    if record.exc_info and (error := record.exc_info[1]) is not None:
        fields["exception"] = _exception(error)
    _add(fields, "code.stacktrace", record.stack_info)
    for name, value in vars(record).items():
        if name not in _STANDARD and name not in fields:
            fields[name] = value
    return fields


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    """Write a time as RFC 3339 does, in UTC, but for its fraction and the Z."""
    return datetime.fromtimestamp(second, UTC).isoformat().removesuffix("+00:00")


def _subject(subject: Subject, fields: Fields) -> Fields:
    if subject.method == WEBSOCKET:
        fields["network.protocol.name"] = "websocket"
    else:
        fields["http.request.method"] = subject.method
    fields["url.path"] = subject.path
    _add(fields, "http.route", subject.route)
    _add(fields, "client.address", subject.client)
    return _surroundings(subject.request_id, subject.trace, fields)


def _ending(ended: Ended, fields: Fields) -> Fields:
    _add(fields, "http.response.status_code", ended.status)
    _add(fields, "websocket.close_code", ended.close_code)
    fields["duration_ms"] = round(ended.milliseconds, 3)
    _add(fields, "outcome", ended.note or None)
    return fields


def _surroundings(request_id: str | None, trace: Trace | None, fields: Fields) -> Fields:
    _add(fields, "request_id", request_id)
    if trace is not None:
        fields["trace_id"], fields["span_id"] = trace
    return fields


def _add(fields: Fields, name: str, value: object) -> None:
    if value is not None:
        fields[name] = value


def _exception(error: BaseException) -> Fields:
    name, module = type(error).__qualname__, type(error).__module__
    return {
        "type": name if module == "builtins" else f"{module}.{name}",
        "message": shown(error),
        "stacktrace": whole(error),
    }


def _plain(fields: Fields, depth: int = 2) -> Fields:
    """Return what can be written for certain: anything but small numbers as text, and text as UTF-8 has it."""
    return {sendable(name): _plain_value(value, depth) for name, value in fields.items()}


def _plain_value(value: Any, depth: int) -> Any:
    match value:
        case None | bool() | float():
            return value
        case int() if value.bit_length() < 64:
            return value
        case dict() if depth and all(isinstance(key, str) for key in value):
            return _plain(value, depth - 1)
        case _:
            return sendable(shown(value))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
