from contextlib import contextmanager
from threading import Event, get_ident

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest

from straightway.concurrency import contextmanager_in_threadpool

pytestmark = pytest.mark.anyio


class Recorder:
    """A context manager that remembers where and with what it was entered and left."""

    def __init__(self, *, suppress=False, failure=None):
        self.suppress = suppress
        self.failure = failure
        self.entered_in = []
        self.left_in = []
        self.error = None

    def __enter__(self):
        self.entered_in.append(get_ident())
        return "value"

    def __exit__(self, class_, error, traceback):
        self.left_in.append(get_ident())
        self.error = error
        if self.failure is not None:
            raise self.failure
        return self.suppress


async def test_enters_and_leaves_in_worker_threads():
    """The event loop's thread runs neither end, and the value comes through."""
    recorder = Recorder()

    async with contextmanager_in_threadpool(recorder) as value:
        assert value == "value"

    assert get_ident() not in recorder.entered_in + recorder.left_in
    assert len(recorder.left_in) == 1
    assert recorder.error is None


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()], ids=["exception", "base exception"])
async def test_error_of_the_body_reaches_the_exit_and_goes_on(error):
    """The context manager sees what went wrong and does not hide it."""
    recorder = Recorder()

    with pytest.raises(type(error)) as caught:
        async with contextmanager_in_threadpool(recorder):
            raise error

    assert caught.value is error
    assert recorder.error is error


async def test_error_is_suppressed_on_request():
    """An exit that returns something true ends the matter."""
    recorder = Recorder(suppress=True)

    async with contextmanager_in_threadpool(recorder):
        raise ValueError("x")

    assert isinstance(recorder.error, ValueError)


async def test_error_of_the_exit_replaces_the_body_s():
    """What went wrong first is kept as the context."""
    recorder = Recorder(failure=KeyError("exit"))

    with pytest.raises(KeyError) as caught:
        async with contextmanager_in_threadpool(recorder):
            raise ValueError("body")

    assert isinstance(caught.value.__context__, ValueError)


async def test_generator_sees_the_error_at_its_yield():
    """Functions with `yield` are context managers like any other."""
    seen = []

    @contextmanager
    def generator():
        try:
            yield
        except ValueError as error:
            seen.append(error)
            raise

    with pytest.raises(ValueError, match="x"):
        async with contextmanager_in_threadpool(generator()):
            raise ValueError("x")

    assert len(seen) == 1


async def test_cancelled_body_is_left_properly():
    """The exit runs to its end although the scope is cancelled, and the cancellation goes on."""
    recorder = Recorder()

    with anyio.CancelScope() as scope:
        async with contextmanager_in_threadpool(recorder):
            scope.cancel()
            await anyio.sleep_forever()

    assert scope.cancelled_caught
    assert isinstance(recorder.error, anyio.get_cancelled_exc_class())


async def test_exit_needs_no_thread_of_the_default_limiter():
    """Workers that wait for what the exit releases do not keep it from running."""
    released = Event()
    limiter = anyio.to_thread.current_default_thread_limiter()
    tokens, limiter.total_tokens = limiter.total_tokens, 1
    waiting = anyio.Event()

    @contextmanager
    def resource():
        yield
        released.set()

    def wait_for_release():
        anyio.from_thread.run_sync(waiting.set)
        return released.wait(5)

    try:
        async with anyio.create_task_group() as group, contextmanager_in_threadpool(resource()):
            group.start_soon(anyio.to_thread.run_sync, wait_for_release)
            await waiting.wait()
    finally:
        limiter.total_tokens = tokens

    assert released.is_set()


async def test_cancelled_while_waiting_for_a_thread():
    """A context manager that was not entered is not left either."""
    recorder = Recorder()
    limiter = anyio.to_thread.current_default_thread_limiter()
    tokens, limiter.total_tokens = limiter.total_tokens, 1

    async def enter():
        async with contextmanager_in_threadpool(recorder):
            pytest.fail("there was no thread to enter it in")

    try:
        async with limiter, anyio.create_task_group() as group:
            group.start_soon(enter)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
    finally:
        limiter.total_tokens = tokens

    assert recorder.entered_in == recorder.left_in == []
