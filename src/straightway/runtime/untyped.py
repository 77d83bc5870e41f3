"""JSON of values that no model describes, as `jsonable_encoder` sees them: compact, in UTF-8.

NaN and infinities become null (RFC 8259 has no word for them), lone surrogates are escaped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from straightway.encoders import ENCODERS_BY_TYPE, jsonable_encoder, repeatable_data


def untyped_writer() -> Callable[[Any], bytes]:
    """Return the function that writes values as JSON: with orjson where it is installed, the same value without it.

    It is asked for when an endpoint is compiled: orjson writes UUIDs by itself, which will not do where somebody has
    replaced their encoder.
    """
    return fastest_writer() if ENCODERS_BY_TYPE.get(UUID) is str else json_by_standard_library


@cache
def fastest_writer() -> Callable[[Any], bytes]:
    """Return the function that writes values as JSON with the encoders that are there at first.

    PERF: orjson takes 0.1 instead of 0.4 microseconds for a small object and 90 instead of 980 for a thousand of them,
    on 3.11, benchmarks (hello, dicts-1000).
    """
    try:
        import orjson
    except ImportError:
        return json_by_standard_library
    # Subclasses, too: what is in an OrderedDict, and in which order, only its own methods know.
    options = (
        orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
    )
    return _by_orjson(orjson.dumps, options)


def _by_orjson(dumps: Callable[..., bytes], options: int) -> Callable[[Any], bytes]:
    def json_by_orjson(value: Any) -> bytes:
        try:
            content = dumps(value, _encode_for_orjson, options)
        # Keys that are no text, integers of more than 64 bits, lone surrogates, deep nesting, generators.
        except TypeError:
            return json_by_standard_library(value)
        # PERF: 0.13 microseconds; `in` takes 0.3 for bytes on 3.11, benchmarks (hello).
        return content if content.find(_SQLALCHEMY) < 0 else _written_slowly(value)

    return json_by_orjson


def _encode_for_orjson(value: Any) -> Any:
    data = repeatable_data(value)
    match data:
        case str() if type(data) is not str:
            return str.__str__(data)
        case int() if not isinstance(data, bool):
            return int.__index__(data)
        case float():
            return float.__float__(data)
        case _:
            return data


def json_by_standard_library(value: Any) -> bytes:
    """Return `value` as JSON."""
    try:
        text = _encode(value)
    # Odd keys, NaN, generators, and what jsonable_encoder refuses.
    except (TypeError, ValueError):
        return _written_slowly(value)
    content = utf_8(text)
    return content if content.find(_SQLALCHEMY) < 0 else _written_slowly(value)


def strict_json(value: Any) -> bytes:
    """Return `value` as JSON; raise ValueError or TypeError where the C encoder alone cannot write it."""
    content = _encode(value).encode("utf-8")
    if content.find(_SQLALCHEMY) >= 0:
        raise ValueError("may have SQLAlchemy's own attributes")
    return content


_SQLALCHEMY = b'"_sa'
"""How a key of SQLAlchemy's own attributes begins, which are left out."""


def _encoder() -> Callable[[Any], str]:
    """Return the function that writes JSON as `json.dumps` would, without making an encoder for every value.

    PERF: 0.4 instead of 1.4 microseconds for a small object on 3.11, benchmarks (hello).
    """
    make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # CPython's; None elsewhere
    if make is None:
        options = {
            "ensure_ascii": False,
            "allow_nan": False,
            "separators": (",", ":"),
            "default": repeatable_data,
        }
        return json.JSONEncoder(**options).encode  # type: ignore[arg-type]  # as declared there
    # No circular check: a circle ends in a RecursionError instead of a ValueError.
    write = make(None, repeatable_data, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    return lambda value: "".join(write(value, 0))


_encode = _encoder()


def _written_slowly(value: Any) -> bytes:
    return as_json(jsonable_encoder(value))


def as_json(data: Any) -> bytes:
    """Return JSON-able data as JSON."""
    return utf_8(json.dumps(without_nan(data), ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def utf_8(text: str) -> bytes:
    """Encode JSON text; what UTF-8 cannot hold is written as an escape."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(json.loads(text), separators=(",", ":")).encode("ascii")


def without_nan(data: Any) -> Any:
    """Return JSON-able data with null for every number that JSON cannot write."""
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if isinstance(data, dict):
        return {key: without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [without_nan(value) for value in data]
    return data
