"""What extensions of OpenTelemetry see of the request that is being answered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.websockets import WebSocket

if TYPE_CHECKING:
    from opentelemetry.context import Context

    from straightway.telemetry.connection import Connection

HOOK = "straightway-telemetry"
"""Key in OpenTelemetry's context: the `Hook` of the connection."""


@dataclass(kw_only=True)
class TelemetryData:
    """Objects of one request, as far as it has come. They are not exported; a processor may pick what it needs."""

    request: Request | None = None
    websocket: WebSocket | None = None
    body: Any = None
    """The parsed body, once it has been read."""
    values: dict[str, Any] | None = None
    """The endpoint's arguments, once all of them are there."""
    errors: Sequence[Any] | None = None
    """What did not validate; empty once everything has."""


class Hook:
    """What OpenTelemetry's context holds of a connection: emptied after it, for contexts may be kept."""

    __slots__ = ("connection", "data")

    def __init__(self, connection: Connection) -> None:
        self.connection: Connection | None = connection
        self.data: TelemetryData | None = TelemetryData()

    def empty(self) -> None:
        """Let go of everything."""
        self.connection = self.data = None


def hook_in(context: Context | None = None) -> Hook | None:
    """Return the hook in a context, the current one by default; None outside a recorded connection."""
    if "opentelemetry.context" not in sys.modules:
        return None
    from opentelemetry.context import get_value

    value = get_value(HOOK, context)
    return value if isinstance(value, Hook) else None


def get_telemetry_data(context: Context | None = None) -> TelemetryData | None:
    """Return what is known of the request in a context, the current one by default.

    None outside a request, after it, and where nothing is recorded of it.
    """
    hook = hook_in(context)
    return None if hook is None else hook.data
