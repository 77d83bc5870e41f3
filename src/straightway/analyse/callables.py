"""What kind of callable a dependency or an endpoint is, seen through partials, wrappers and `__call__`."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from straightway.plan import CallKind

if sys.version_info >= (3, 13):
    from inspect import iscoroutinefunction
else:
    from asyncio import (
        iscoroutinefunction,  # also knows callables that asyncio has marked as coroutine functions
    )


def kind_of(call: Callable[..., Any]) -> CallKind:
    """Tell where and how `call` runs: on the loop, in a thread, or around the request."""
    layers = list(_layers(call))
    if any(map(inspect.isasyncgenfunction, layers)):
        return "async generator"
    if any(map(inspect.isgeneratorfunction, layers)):
        return "generator"
    if any(map(iscoroutinefunction, layers)):
        return "loop"
    return "thread"


def is_generator(kind: CallKind) -> bool:
    """Tell whether what is called yields, and so runs around the request."""
    return kind in {"generator", "async generator"}


def unwrapped(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function under partials and `functools.wraps` wrappers."""
    while True:
        inner = call.func if isinstance(call, partial) else getattr(call, "__wrapped__", None)
        if inner is None or inspect.isclass(call):
            return call
        call = inner


def is_made_context_manager(call: object) -> bool:
    """Tell whether the function was made by `contextlib.contextmanager` or `asynccontextmanager`."""
    code = getattr(call, "__code__", None)
    return code is not None and code.co_filename == contextlib.__file__ and hasattr(call, "__wrapped__")


def _layers(call: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Yield the callable without its partials, what it wraps, and the `__call__` of instances."""
    outer = call
    while isinstance(outer, partial):
        outer = outer.func
    for layer in (outer, unwrapped(outer)):
        yield layer
        if not inspect.isclass(layer) and not inspect.isroutine(layer):
            dunder = getattr(layer, "__call__", None)  # noqa: B004  # the method itself is wanted
            if dunder is not None:
                yield dunder
                yield unwrapped(dunder)
