"""Whether anything is recorded in this process, and where a connection says that it is recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

if TYPE_CHECKING:
    from straightway.telemetry.connection import Connection

TELEMETRY = "fastapi.telemetry"
"""Scope key: the `Connection`, while it is recorded."""

EXCLUDED = "straightway.telemetry_excluded"
"""Scope key: the application further out has said that this connection is not to be recorded."""


class Activity:
    """What other parts of the framework ask before they look for a recorded connection.

    PERF: they ask with every request, in a process that records nothing too: one attribute, not a look into the
    scope, benchmarks/telemetry.py.
    """

    __slots__ = ("on", "run_task")

    def __init__(self) -> None:
        self.on = False
        """Some application of this process has begun to record."""
        self.run_task: Callable[[Any], Awaitable[None]] | None = None
        """Runs one background task as an operation."""


activity = Activity()


def connection_of(scope: Scope) -> Connection | None:
    """Return what is recorded of this connection; None where nothing is."""
    return scope.get(TELEMETRY) if activity.on else None


def note_failure(scope: Scope, error: Exception) -> None:
    """Record an exception that nobody has handled."""
    connection = connection_of(scope)
    if connection is not None:
        connection.failed(error)
