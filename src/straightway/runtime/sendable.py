"""A likeness of any value that JSON can express: an answer about a mistake must not fail for what the mistake holds."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from straightway.encoders import jsonable_encoder


def sendable(value: Any) -> Any:
    """Return a likeness of `value` that JSON can express."""
    match value:
        case None | bool():
            return value
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case float():
            return value if isfinite(value) else None
        case int():
            return _sendable_integer(value)
        case Mapping():
            return {sendable(str(key)): sendable(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [sendable(item) for item in value]
        case _:
            return _sendable_object(value)


def _sendable_integer(value: int) -> int | str:
    try:
        str(value)
    except ValueError:
        # Python refuses to write out more than sys.get_int_max_str_digits() digits.
        return f"an integer of {value.bit_length()} bits"
    return value


def _sendable_object(value: Any) -> Any:
    try:
        return sendable(jsonable_encoder(value))
    except (ValueError, TypeError):
        return f"an object of {type(value).__name__}"
