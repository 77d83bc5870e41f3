"""What runs around the life of an application: lifespans, their merging, and the older start and stop events."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.concurrency import iterate_in_threadpool

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


class DefaultLifespan:
    """Runs a router's `on_startup` and `on_shutdown` functions, in order."""

    def __init__(self, router: Any) -> None:
        self.router = router

    def __call__(self, app: object) -> DefaultLifespan:  # noqa: ARG002  # every lifespan is given its application
        """Return the context around the application's life."""
        return self

    async def __aenter__(self) -> None:
        await _run(self.router.on_startup)

    async def __aexit__(self, *error: object) -> None:
        await _run(self.router.on_shutdown)


async def _run(functions: list[Callable[[], Any]]) -> None:
    for function in functions:
        result = function()
        if inspect.isawaitable(result):
            await result


def lifespan_context(lifespan: Any) -> Lifespan:
    """Return a lifespan as a function to an async context manager; generator functions are wrapped."""
    if inspect.isasyncgenfunction(lifespan):
        return asynccontextmanager(lifespan)
    if inspect.isgeneratorfunction(lifespan):

        @asynccontextmanager
        async def from_generator(app: Any) -> AsyncGenerator[Any]:
            async for state in iterate_in_threadpool(lifespan(app)):
                yield state

        return from_generator
    context: Lifespan = lifespan
    return context


def merge_lifespan_context(original: Lifespan, nested: Lifespan) -> Lifespan:
    """Return a lifespan that enters `original` first and leaves it last; its state wins over the nested one's."""

    @asynccontextmanager
    async def merged(app: Any) -> AsyncGenerator[Any]:
        async with original(app) as outer, nested(app) as inner:
            if outer is None and inner is None:
                yield None
            else:
                yield {**(inner or {}), **(outer or {})}

    return merged
