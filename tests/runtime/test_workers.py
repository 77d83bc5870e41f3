import asyncio
import threading
import time
from contextvars import copy_context

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest
from anyio import CancelScope
from anyio._backends import _asyncio
from anyio.lowlevel import checkpoint

from straightway.runtime import workers
from straightway.runtime.internals import is_familiar
from straightway.runtime.threads import clean_up_in_thread, run_in_thread
from straightway.runtime.workers import visit


@pytest.fixture(params=["asyncio", "asyncio by AnyIO", "trio"])
def run(request, monkeypatch):
    """Return `anyio.run` for each way into a thread: ours, and AnyIO's where that one is not known, or not there."""
    monkeypatch.setattr(workers, "is_familiar", lambda: request.param == "asyncio")
    return lambda function: anyio.run(function, backend=request.param.partition(" ")[0])


def test_anyio_is_as_we_know_it():
    """The installed AnyIO is one whose threads can be visited without its detours."""
    assert is_familiar()


def test_unknown_workers_are_left_to_anyio(monkeypatch):
    """Workers that take their jobs otherwise are not handed any by us."""

    class OtherWorker:
        def run(self):
            func = context = None
            return func, context

    monkeypatch.setattr(_asyncio, "WorkerThread", OtherWorker)

    assert not is_familiar.__wrapped__()


def test_threads_are_those_of_anyio(run):
    """A visit and one of AnyIO's own, one after the other, use one thread."""

    async def both():
        ours = await run_in_thread(threading.get_ident)
        return ours, await anyio.to_thread.run_sync(threading.get_ident)

    ours, theirs = run(both)

    assert ours == theirs


def test_threads_end_with_the_loop():
    """No thread is left when the event loop has ended."""
    seen = []

    async def here():
        await run_in_thread(lambda: seen.append(threading.current_thread()))

    anyio.run(here)
    seen[0].join(5)

    assert not seen[0].is_alive()


def test_idle_threads_end():
    """A thread that had nothing to do for AnyIO's idle time ends at the next visit."""
    barrier = threading.Barrier(2)
    seen = []

    def together():
        barrier.wait(5)
        seen.append(threading.current_thread())

    async def here():
        async with anyio.create_task_group() as group:
            group.start_soon(run_in_thread, together)
            group.start_soon(run_in_thread, together)
        for thread in seen:
            thread.idle_since -= thread.MAX_IDLE_TIME
        last = await run_in_thread(threading.current_thread)
        (ended,) = set(seen) - {last}
        ended.join(5)
        return ended.is_alive(), last.is_alive()

    assert anyio.run(here) == (False, True)


def test_limiter_holds(run):
    """No more functions run at once than the default limiter has tokens, and all of them run."""
    running, most, done = set(), [], []

    def work():
        running.add(threading.get_ident())
        most.append(len(running))
        time.sleep(0.002)
        running.discard(threading.get_ident())
        done.append(None)

    async def all_of_them():
        anyio.to_thread.current_default_thread_limiter().total_tokens = 2
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(run_in_thread, work)

    run(all_of_them)

    assert (len(done), max(most)) == (10, 2)


def test_token_comes_back_after_a_failure(run):
    """A function that fails leaves the limiter as it was."""

    async def failing():
        limiter = anyio.to_thread.current_default_thread_limiter()
        with pytest.raises(ZeroDivisionError):
            await run_in_thread(lambda: 1 // 0)
        return limiter.borrowed_tokens

    assert run(failing) == 0


def test_function_may_call_the_loop(run):
    """`anyio.from_thread` works in the thread."""

    async def on_loop():
        return threading.get_ident()

    async def here():
        return await run_in_thread(lambda: anyio.from_thread.run(on_loop)), threading.get_ident()

    called, loop = run(here)

    assert called == loop


def test_function_may_run_a_loop_of_its_own(run):
    """A synchronous function may run another event loop, and the one outside is known afterwards."""

    async def inner():
        return "inner"

    async def here():
        value = await run_in_thread(lambda: anyio.run(inner))
        await checkpoint()
        return value

    assert run(here) == "inner"


def test_cancelled_before_is_not_called(run):
    """In a scope that is cancelled already the function is not called."""
    called = []

    async def here():
        with CancelScope() as scope:
            scope.cancel()
            await run_in_thread(lambda: called.append(None))

    run(here)

    assert called == []


def test_cancellation_waits_for_the_function(run):
    """A scope that is cancelled meanwhile is left when the function has ended, which may ask for it."""
    journal, outer = [], []

    def until_cancelled():
        anyio.from_thread.run_sync(outer[0].cancel)
        with pytest.raises(BaseException, match=r"(?i)cancel") as caught:
            ask_for_ever()
        journal.append(caught.typename)

    def ask_for_ever():
        while True:
            anyio.from_thread.check_cancelled()
            time.sleep(0.001)

    async def here():
        with CancelScope() as scope:
            outer.append(scope)
            await run_in_thread(until_cancelled)
            await checkpoint()
            journal.append("went on")

    run(here)

    assert len(journal) == 1


def test_clean_up_is_called_though_cancelled(run):
    """A clean-up runs in a scope that is cancelled, and its value comes back."""
    journal = []

    async def here():
        with CancelScope() as scope:
            scope.cancel()
            journal.append(await clean_up_in_thread(str.upper, "cleaned"))

    run(here)

    assert journal == ["CLEANED"]


def test_visit_takes_arguments(run):
    """The function is called with the arguments, in the context that was given."""

    async def here():
        return await visit(copy_context(), "{}-{}".format, 1, 2)

    assert run(here) == "1-2"


def waiting_for(future):
    """Return a coroutine that waits for a future, as `visit()` does."""

    async def wait():
        return await future

    return wait()


def test_the_waiting_task_goes_on_at_once():
    """A task runs before what the loop was asked to do after the report, and others are told in the loop's next turn."""
    order = []

    async def main():
        loop = asyncio.get_running_loop()
        done = workers._Done(loop=loop)
        task = asyncio.create_task(waiting_for(done))
        task.add_done_callback(lambda _: order.append("callback of the task"))
        await checkpoint()
        done.add_done_callback(lambda _: order.append("another callback"))
        loop.call_soon(done.set_result, "result")
        loop.call_soon(lambda: order.append(f"task has ended: {task.done()}"))
        assert await task == "result"

    asyncio.run(main())

    assert order == ["task has ended: True", "another callback", "callback of the task"]


def test_the_waiting_task_gets_the_exception():
    """What the function raised is raised where it is waited for."""

    async def main():
        done = workers._Done(loop=asyncio.get_running_loop())
        asyncio.get_running_loop().call_soon(done.set_exception, KeyError("key"))
        with pytest.raises(KeyError, match="key"):
            await waiting_for(done)

    asyncio.run(main())


def test_the_waiting_task_is_cancelled_in_its_turn():
    """Cancelling a task that waits cancels what it waits for, and it goes on after the one that has cancelled it."""

    async def main():
        done = workers._Done(loop=asyncio.get_running_loop())
        task = asyncio.create_task(waiting_for(done))
        await checkpoint()
        task.cancel("enough")
        assert not task.done()
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await task
        assert done.cancelled()

    asyncio.run(main())


def test_a_callback_that_was_taken_back_is_not_called():
    """Whoever no longer wants to know is not told, the first one included."""

    async def main():
        called = []
        done = workers._Done(loop=asyncio.get_running_loop())
        done.add_done_callback(called.append, context=copy_context())
        done.add_done_callback(called.append, context=copy_context())

        assert done.remove_done_callback(called.append) == 2
        done.set_result(None)
        await checkpoint()
        assert called == []

    asyncio.run(main())
