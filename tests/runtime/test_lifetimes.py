import threading
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar

import anyio
import anyio.to_thread
import pytest
from anyio import CancelScope
from anyio.lowlevel import checkpoint

from straightway import BackgroundTasks, Depends, HTTPException, Straightway
from straightway.runtime.lifetimes import (
    StackMissingError,
    ThreadStack,
    enter,
    enter_in_thread,
    file_stack,
    stacks,
)
from straightway.runtime.threads import run_in_thread
from straightway.testclient import TestClient

variable = ContextVar("variable", default="unset")


def journalled(journal, scope="request"):
    """Return an application whose dependencies and endpoint write down when they run."""
    app = Straightway()

    def outer():
        journal.append("outer in")
        yield
        journal.append("outer out")

    async def inner(before=Depends(outer, scope="request")):
        journal.append("inner in")
        yield
        journal.append("inner out")

    @app.get("/")
    def endpoint(tasks: BackgroundTasks, inside=Depends(inner, scope=scope)):
        tasks.add_task(journal.append, "task")
        journal.append("endpoint")

    return app


def test_left_in_reverse_after_the_response():
    """Dependencies are left in reverse order, after the response and its background tasks."""
    journal = []

    TestClient(journalled(journal)).get("/")

    assert journal == ["outer in", "inner in", "endpoint", "task", "inner out", "outer out"]


def test_left_before_the_response():
    """A dependency of scope "function" is left before the response is sent."""
    journal = []

    TestClient(journalled(journal, "function")).get("/")

    assert journal == ["outer in", "inner in", "endpoint", "inner out", "task", "outer out"]


def test_exception_is_thrown_in():
    """Each dependency sees the endpoint's exception, innermost first, and may raise another in its place."""
    seen = []

    def outer():
        try:
            yield
        except HTTPException as error:
            seen.append(error.status_code)
            raise

    async def inner(before=Depends(outer)):
        try:
            yield
        except LookupError as error:
            seen.append(type(error))
            raise HTTPException(418) from error

    app = Straightway()

    @app.get("/")
    def endpoint(inside=Depends(inner)):
        raise KeyError

    assert TestClient(app).get("/").status_code == 418
    assert seen == [KeyError, 418]


@pytest.mark.parametrize("is_async", [False, True])
def test_swallowed_exception_is_an_error(is_async):
    """A dependency that keeps the exception to itself leaves no answer, and that is said."""

    def swallowing():
        with suppress(LookupError):
            yield

    async def swallowing_async():
        with suppress(LookupError):
            yield

    app = Straightway()

    @app.get("/")
    def endpoint(inside=Depends(swallowing_async if is_async else swallowing)):
        raise KeyError

    with pytest.raises(RuntimeError, match="Response not awaited"):
        TestClient(app).get("/")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cleanup_is_not_cut_short(backend):
    """A request that is cancelled still waits for the clean-up of its dependencies."""
    journal = []

    async def dependency():
        try:
            yield
        finally:
            await checkpoint()
            journal.append("cleaned")

    async def run():
        with CancelScope() as outside:
            async with AsyncExitStack() as stack:
                shield = stack.enter_context(CancelScope())
                await enter(stack, shield, asynccontextmanager(dependency)())
                outside.cancel()
            await checkpoint()
            journal.append("went on")

    anyio.run(run, backend=backend)

    assert journal == ["cleaned"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cleanup_in_a_thread_is_not_cut_short(backend):
    """The same holds for a synchronous dependency."""
    journal = []

    def dependency():
        try:
            yield "value"
        finally:
            journal.append("cleaned")

    async def run():
        with CancelScope() as outside:
            async with AsyncExitStack() as stack:
                journal.append(
                    await run_in_thread(lambda: enter_in_thread(stack, contextmanager(dependency)()))
                )
                outside.cancel()

    anyio.run(run, backend=backend)

    assert journal == ["value", "cleaned"]


def test_dependency_may_hold_a_cancel_scope():
    """Scopes of the dependency's own stay nested as they were entered."""
    journal = []

    async def dependency():
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            yield
            group.cancel_scope.cancel()
        journal.append("left")

    app = Straightway()
    app.get("/", dependencies=[Depends(dependency)])(lambda: None)

    assert TestClient(app).get("/").status_code == 200
    assert journal == ["left"]


def test_exit_does_not_wait_for_the_default_pool():
    """With every token of the pool taken a synchronous dependency is still left: others may wait for what it holds."""
    journal = []

    def dependency():
        yield
        journal.append("left")

    async def run():
        limiter = anyio.to_thread.current_default_thread_limiter()
        with anyio.fail_after(5):
            async with AsyncExitStack() as stack:
                await run_in_thread(lambda: enter_in_thread(stack, contextmanager(dependency)()))
                for _ in range(int(limiter.available_tokens)):
                    limiter.acquire_on_behalf_of_nowait(object())

    anyio.run(run)

    assert journal == ["left"]


def test_exit_has_the_context_of_the_request():
    """The code after `yield` runs off the loop, sees the request's context variables, and may set some."""
    seen = []

    def dependency():
        variable.set("entered")
        yield
        seen.extend([variable.get(), threading.get_ident()])
        variable.set("left")

    async def run():
        async with AsyncExitStack() as stack:
            await run_in_thread(lambda: enter_in_thread(stack, contextmanager(dependency)()))
            variable.set("changed")
        return variable.get()

    assert anyio.run(run) == "left"
    assert seen[0] == "changed"
    assert seen[1] != threading.get_ident()


def test_generators_of_one_lifetime_are_left_together():
    """Synchronous generators alone are left in reverse in one visit to a thread, each with what the last one raised."""
    journal = []

    def outer():
        try:
            yield
        except KeyError as error:
            journal.append(("outer", type(error), threading.get_ident()))
            raise HTTPException(418) from error

    def inner(before=Depends(outer)):
        try:
            yield
        except LookupError as error:
            journal.append(("inner", type(error), threading.get_ident()))
            raise KeyError from error

    app = Straightway()

    @app.get("/")
    def endpoint(inside=Depends(inner)):
        raise IndexError

    assert TestClient(app).get("/").status_code == 418
    (first, raised, thread), second = journal
    assert (first, raised) == ("inner", IndexError)
    assert second == ("outer", KeyError, thread)


def test_stack_for_threads_that_holds_nothing():
    """A request that fails before a generator was entered visits no thread to leave it."""
    seen = []

    async def run():
        before = threading.active_count()
        with suppress(LookupError):
            async with ThreadStack() as stack:
                raise LookupError(stack)
        seen.append(threading.active_count() - before)

    anyio.run(run)

    assert seen == [0]


def test_failure_on_the_way_out_comes_after_the_response():
    """A clean-up that fails once the response was sent is for the server: no second response is sent."""

    async def failing():
        yield
        raise HTTPException(418)

    app = Straightway()
    app.get("/", dependencies=[Depends(failing)])(lambda: {"sent": True})

    with pytest.raises(RuntimeError, match="response already started"):
        TestClient(app).get("/")


def test_arguments_may_be_called_anything():
    """A dependency's parameters may have the names of ours."""

    async def dependency(stack: int = 1, shield: int = 2, manager: int = 3):
        yield (stack, shield, manager)

    def in_thread(stack: int = 1, manager: int = 2, self: int = 3):
        yield (stack, manager, self)

    app = Straightway()

    @app.get("/")
    def endpoint(one=Depends(dependency), two=Depends(in_thread)):
        return [*one, *two]

    assert TestClient(app).get("/").json() == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    ("find", "scope", "missing"),
    [
        (stacks, {}, "fastapi_inner_astack"),
        (stacks, {"fastapi_inner_astack": AsyncExitStack()}, "fastapi_function_astack"),
        (file_stack, {}, "fastapi_middleware_astack"),
    ],
)
def test_handler_without_stacks_says_so(find, scope, missing):
    """A handler that is called outside `request_response` names what is missing."""
    with pytest.raises(StackMissingError, match=missing):
        find(scope)
