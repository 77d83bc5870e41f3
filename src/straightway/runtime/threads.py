"""Synchronous code off the event loop, with the context variables it sets brought back."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any, TypeVar

import anyio.to_thread

T = TypeVar("T")
_UNSET: Any = object()


async def run_in_thread(function: Callable[[], T]) -> T:
    """Run `function` in a worker thread of the default limiter.

    What it sets in context variables is set here afterwards, so a dependency may set one for the endpoint.
    """
    context = copy_context()
    try:
        return await anyio.to_thread.run_sync(context.run, function)
    finally:
        adopt(context)


def adopt(context: Context) -> None:
    """Set the context variables here to what they are in `context`."""
    for variable, value in context.items():
        if variable.get(_UNSET) is not value:
            variable.set(value)
