"""Synchronous code off the event loop, with the context variables it sets brought back."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from importlib.util import find_spec
from typing import Any, TypeVar

from straightway.runtime.workers import visit, visit_unlimited

T = TypeVar("T")
_UNSET: Any = object()


def _name_of_library() -> ContextVar[str | None] | None:
    """Return the variable that says whose event loop runs; AnyIO does without since 4.12 where sniffio is missing."""
    if find_spec("sniffio") is None:
        return None
    from sniffio import current_async_library_cvar

    return current_async_library_cvar


_library = _name_of_library()


async def run_in_thread(function: Callable[[], T]) -> T:
    """Run `function` in a worker thread of the default limiter.

    What it sets in context variables is set here afterwards, so a dependency may set one for the endpoint.
    """
    context = _context_for_thread()
    try:
        return await visit(context, function)
    finally:
        adopt(context)


async def clean_up_in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Run a clean-up in a worker thread beside the default limiter; cancellation waits for it.

    Clean-up that waited for the default pool could wait for itself: others there may need what it releases.
    """
    context = _context_for_thread()
    try:
        value: T = await visit_unlimited(context, function, *arguments)
    finally:
        adopt(context)
    return value


def _context_for_thread() -> Context:
    context = copy_context()
    if _library is not None and _library.get() is not None:
        context.run(_library.set, None)  # so that the function may run an event loop of its own
    return context


def adopt(context: Context) -> None:
    """Set the context variables here to what they are in `context`."""
    for variable, value in context.items():
        if variable.get(_UNSET) is not value and variable is not _library:
            variable.set(value)
