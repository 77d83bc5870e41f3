"""Log records for programs: one JSON object a line, in UTF-8 (https://jsonlines.org).

Names are those of OpenTelemetry's semantic conventions where these have one. A query string is never part of it: it may
hold what is secret, and no rule tells for every application what does.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
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
        "timestamp": _timestamp(record.created),
        "level": record.levelname,
        "logger": record.name,
        "message": message_of(record),
    }
    if isinstance(message, Ended):
        fields |= {**_subject(message.subject), **_ending(message)}
    elif isinstance(message, Failed):
        fields |= _subject(message.subject)
        if message.endpoint is not None:
            fields["code.function.name"] = message.endpoint
    else:
        fields |= _surroundings(id_of(record), current_trace())
    if record.exc_info and (error := record.exc_info[1]) is not None:
        fields["exception"] = _exception(error)
    if record.stack_info:
        fields["code.stacktrace"] = record.stack_info
    for name, value in vars(record).items():
        if name not in _STANDARD and name not in fields:
            fields[name] = value
    return fields


def _timestamp(seconds: float) -> str:
    """Write a time as RFC 3339 does, in UTC, with milliseconds."""
    return (
        f"{datetime.fromtimestamp(seconds, UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
    )


def _subject(subject: Subject) -> Fields:
    is_websocket = subject.method == WEBSOCKET
    first = (
        {"network.protocol.name": "websocket"} if is_websocket else {"http.request.method": subject.method}
    )
    rest = {"http.route": subject.route, "client.address": subject.client}
    return {
        **first,
        "url.path": subject.path,
        **_known(rest),
        **_surroundings(subject.request_id, subject.trace),
    }


def _ending(ended: Ended) -> Fields:
    numbers = {"http.response.status_code": ended.status, "websocket.close_code": ended.close_code}
    return {
        **_known(numbers),
        "duration_ms": round(ended.milliseconds, 3),
        **_known({"outcome": ended.note or None}),
    }


def _surroundings(request_id: str | None, trace: Trace | None) -> Fields:
    ids = {"request_id": request_id}
    return _known(ids if trace is None else {**ids, **trace._asdict()})


def _known(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


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
