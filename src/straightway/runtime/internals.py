"""What is internal to AnyIO on asyncio and needed here, imported when it is first asked for.

PERF: AnyIO's own module for asyncio takes a tenth of the time in which Straightway is imported, benchmarks (import).
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any


@cache
def internals() -> Any:
    """Return AnyIO's module for asyncio."""
    from anyio._backends import _asyncio

    return _asyncio


@cache
def _task_states() -> Any:
    return getattr(internals(), "_task_states", None)


def scope_of(task: asyncio.Task[Any] | None) -> Any:
    """Return AnyIO's innermost cancel scope of a task, None outside of any; a new object where AnyIO does not tell."""
    states = _task_states()
    if states is None:
        return object()
    state = None if task is None else states.get(task)
    return None if state is None else state.cancel_scope


@cache
def is_familiar() -> bool:
    """Tell whether what is internal to AnyIO is there, and its workers take their jobs in the order known here."""
    names = (
        "_task_states",
        "_threadpool_idle_workers",
        "_threadpool_workers",
        "find_root_task",
        "WorkerThread",
    )
    if not all(hasattr(internals(), name) for name in names):
        return False
    variables = internals().WorkerThread.run.__code__.co_varnames
    return " context func args future cancel_scope " in f" {' '.join(variables)} "
