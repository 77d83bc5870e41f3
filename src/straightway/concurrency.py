"""Ways between the event loop and worker threads."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TypeVar

import anyio
from anyio.to_thread import run_sync
from starlette.concurrency import (
    iterate_in_threadpool,
    run_in_threadpool,
    run_until_first_complete,
)

__all__ = [
    "asynccontextmanager",
    "contextmanager_in_threadpool",
    "iterate_in_threadpool",
    "run_in_threadpool",
    "run_until_first_complete",
]

Value = TypeVar("Value")


@asynccontextmanager
async def contextmanager_in_threadpool(cm: AbstractContextManager[Value]) -> AsyncGenerator[Value, None]:
    """Enter and exit a synchronous context manager in worker threads.

    It is always exited, even when the surrounding scope is cancelled, and even when all threads of the
    default limiter are taken: those may be waiting for exactly what the exit releases.
    """
    value = await run_sync(cm.__enter__)
    try:
        yield value
    except BaseException as error:
        if not await _exit_in_thread(cm, error):
            raise
    else:
        await _exit_in_thread(cm, None)


async def _exit_in_thread(cm: AbstractContextManager[object], error: BaseException | None) -> bool | None:
    details = (None, None, None) if error is None else (type(error), error, error.__traceback__)
    suppressed: bool | None = None
    with anyio.CancelScope(shield=True):
        suppressed = await run_sync(cm.__exit__, *details, limiter=anyio.CapacityLimiter(1))
    return suppressed  # noqa: RET504  # to a type checker, the scope might swallow an exception
