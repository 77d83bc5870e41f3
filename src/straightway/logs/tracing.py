"""The ids under which OpenTelemetry knows what is going on, where it records anything."""

from __future__ import annotations

from sys import modules
from typing import Any, NamedTuple

from straightway.telemetry.gate import INTERFACE

__all__ = ["Trace", "current_trace"]


class Trace(NamedTuple):
    """A span, in the form of W3C Trace Context: 32 and 16 hexadecimal digits."""

    trace_id: str
    span_id: str


def current_trace() -> Trace | None:
    """Return the span that the running code belongs to; None where nobody has imported OpenTelemetry."""
    interface: Any = modules.get(INTERFACE)
    if interface is None:
        return None
    context = interface.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return Trace(f"{context.trace_id:032x}", f"{context.span_id:016x}")
