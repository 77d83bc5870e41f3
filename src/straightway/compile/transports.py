"""The interfaces of servers that a plan is compiled for: what the generated code calls to read and to answer.

What an endpoint does is the same under all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from straightway.compile.source import Code, Name
from straightway.runtime import answering, reading, rsgi


@dataclass(frozen=True, slots=True)
class Transport:
    """How bytes come in and go out."""

    ends: Code
    """What a connection has beside its scope, as it stands among arguments."""
    source: Name
    """That of the ends which the body is read from."""
    read_body: Any
    is_json: Any
    header_values: Any
    send_reply: Any
    remembered: Any
    answers_in_one_call: bool = False


ASGI = Transport(
    ends=Code("receive, send"),
    source=Name("receive"),
    read_body=reading.read_body,
    is_json=reading.is_json,
    header_values=reading.header_values,
    send_reply=answering.send_reply,
    remembered=reading.remembered,
)
"""ASGI 3.0."""

RSGI = Transport(
    ends=Code("protocol"),
    source=Name("protocol"),
    read_body=rsgi.read_body,
    is_json=rsgi.is_json,
    header_values=rsgi.header_values,
    send_reply=rsgi.send_reply,
    remembered=rsgi.remembered,
    answers_in_one_call=True,
)
"""RSGI, which granian serves."""
