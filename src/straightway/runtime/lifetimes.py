"""Dependencies with `yield`: entered in order, left in reverse, their clean-up never cut short.

Left before the response is sent (scope "function") or after it (scope "request"), as `contextlib` stacks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, ExitStack
from functools import partial
from types import TracebackType
from typing import Any, Self

from anyio import CancelScope
from starlette.types import Scope

from straightway.errors import StraightwayError
from straightway.runtime.threads import clean_up_in_thread

HANDLERS = "starlette.exception_handlers"
"""Scope key: what Starlette and the failure layers leave for those who answer exceptions."""

NOT_AWAITED = (
    "Response not awaited. There's a high chance that the application code is raising an exception and a "
    "dependency with yield has a block with a bare except, or a block with except Exception, and is not raising "
    "the exception again. End such a block with `raise`."
)


def not_awaited() -> StraightwayError:
    """Return the error for a dependency that swallowed the endpoint's exception, so that no answer exists."""
    return StraightwayError(NOT_AWAITED)


def stacks(scope: Scope) -> tuple[AsyncExitStack, AsyncExitStack]:
    """Return the stacks that `request_response` opened: closed after the response, closed before it.

    The keys are FastAPI's: packages that drive its machinery by hand set them.
    """
    request_stack, function_stack = scope.get("fastapi_inner_astack"), scope.get("fastapi_function_astack")
    if not isinstance(request_stack, AsyncExitStack):
        raise StackMissingError("fastapi_inner_astack not found in request scope")
    if not isinstance(function_stack, AsyncExitStack):
        raise StackMissingError("fastapi_function_astack not found in request scope")
    return request_stack, function_stack


OPEN_FILES = "straightway.open_files"
"""Scope key: what closes uploaded files that an exception has left open for its handler."""


class Files:
    """Closes uploaded files after the response, that of an exception handler too, which may want to read them.

    PERF: 3 microseconds less for a form than with an `AsyncExitStack` on 3.11, benchmarks (form, upload).
    """

    __slots__ = ("_close", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._close: Callable[[], Awaitable[None]] | None = None

    def push_async_callback(self, close: Callable[[], Awaitable[None]], /) -> None:
        """Have the files of the request's form closed by `close()`."""
        self._close = close

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._close is None:
            return
        if isinstance(error, Exception) and HANDLERS in self._scope:
            self._scope[OPEN_FILES] = self._close
        else:
            await self._close()


def file_stack(scope: Scope) -> AsyncExitStack:
    """Return the stack that closes uploaded files, after everything else."""
    stack = scope.get("fastapi_middleware_astack")
    if not isinstance(stack, AsyncExitStack):
        raise StackMissingError("fastapi_middleware_astack not found in request scope")
    return stack


class StackMissingError(StraightwayError, AssertionError):
    """Say that a handler was called outside `request_response` (FastAPI asserts this)."""


async def enter(stack: AsyncExitStack, shield: CancelScope, manager: AbstractAsyncContextManager[Any]) -> Any:
    """Start an async generator dependency and return what it yields; `stack` runs the rest.

    `shield` is the scope around the whole request: it is shielded while the clean-up runs, so that cancellation
    waits for it. A scope opened at exit would not do, for the generator may hold cancel scopes of its own.
    """
    value = await manager.__aenter__()

    async def leave(
        kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        outer, shield.shield = shield.shield, True
        try:
            return await manager.__aexit__(kind, error, traceback)
        finally:
            shield.shield = outer

    stack.push_async_exit(leave)
    return value


def enter_in_thread(stack: AsyncExitStack, manager: AbstractContextManager[Any]) -> Any:
    """Start a generator dependency in the current worker thread and return what it yields; `stack` runs the rest."""
    value = manager.__enter__()
    stack.push_async_exit(partial(clean_up_in_thread, manager.__exit__))
    return value


class ThreadStack:
    """The stack of a lifetime that has only synchronous generators: all are left in one visit to a worker thread.

    PERF: 10 microseconds less for one generator, together with `emit_sending_inside()`, and a visit less for each further
    one, than with an `AsyncExitStack` on 3.11, benchmarks (sync-yield).
    """

    __slots__ = ("_entered",)

    def __init__(self) -> None:
        self._entered: list[AbstractContextManager[Any]] = []

    def enter(self, manager: AbstractContextManager[Any]) -> Any:
        """Start a generator dependency in the current worker thread and return what it yields."""
        value = manager.__enter__()
        self._entered.append(manager)
        return value

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        match self._entered:
            case []:
                return None
            case [manager]:
                leave = manager.__exit__
            case managers:
                leave = _stack_of(managers).__exit__
        return await clean_up_in_thread(leave, kind, error, traceback)


def _stack_of(managers: list[AbstractContextManager[Any]]) -> ExitStack:
    stack = ExitStack()
    for manager in managers:
        stack.push(manager)
    return stack
