"""The id of a request: where it comes from, and where to find it while the request is answered."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextvars import ContextVar
from random import Random

from starlette.types import Message

__all__ = [
    "HEADER",
    "REQUEST_ID",
    "current_request_id",
    "get_request_id",
    "request_id_from",
    "request_id_of",
    "with_request_id",
]

REQUEST_ID = "straightway.request_id"
"""Scope key: the id of the request, a str. It is there under `straightway dev` and `straightway run`."""

HEADER = b"x-request-id"
"""The header that carries the id, in requests and in responses."""

_LENGTH = len(HEADER)

current_request_id: ContextVar[str | None] = ContextVar("straightway_request_id", default=None)
"""The id of the request that the running code belongs to, in worker threads too."""

# Whoever sends an id chooses a label in our logs and nothing else, so that it need not be trusted; but it must not
# look like anything but a label in a log line, a header, a URL, JSON or HTML.
_sane = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}").fullmatch

_random = Random()  # noqa: S311  # an id is a label: it must be unique, and may be guessed
_bits = _random.getrandbits
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)


def get_request_id() -> str | None:
    """Return the id of the request that the calling code belongs to; None outside of one, and under other servers."""
    return current_request_id.get()


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id that the first X-Request-ID brings, if it is sane, else a new one."""
    for name, value in headers:
        if name == HEADER:
            return request_id_from(value.decode("latin-1"))
    return new_request_id()


def request_id_from(value: str | None) -> str:
    """Return the value of a header, if it is there and sane, else a new id."""
    return value if value is not None and _sane(value) else new_request_id()


def new_request_id() -> str:
    """Return 16 hexadecimal digits that no other request has.

    PERF: 180 ns on 3.11 with a generator of our own; os.urandom(8).hex() takes 600, benchmarks/logs.py.
    """
    return f"{_bits(64):016x}"


def with_request_id(message: Message, request_id: str) -> Message:
    """Return the start of a response with X-Request-ID, unless it has one. What was given stays as it is.

    Applications may send the same message, or headers, again and again.
    """
    headers = [*message.get("headers", ())]
    for name, _ in headers:
        if len(name) == _LENGTH and bytes(name).lower() == HEADER:
            break
    else:
        headers.append((HEADER, request_id.encode()))
    return {**message, "headers": headers}
