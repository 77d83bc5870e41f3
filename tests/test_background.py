import threading

import pytest
from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from straightway.background import BackgroundTasks

pytestmark = pytest.mark.anyio


async def test_tasks_run_in_the_order_they_were_added():
    """Coroutine functions run on the event loop, others in a worker thread, one after the other."""
    done = []

    def in_thread(name, *, mark):
        done.append((name, mark, threading.current_thread() is threading.main_thread()))

    async def on_loop(name):
        done.append((name, threading.current_thread() is threading.main_thread()))

    tasks = BackgroundTasks()
    tasks.add_task(in_thread, "first", mark=1)
    tasks.add_task(on_loop, "second")
    await tasks()

    assert done == [("first", 1, False), ("second", True)]
    assert isinstance(tasks, StarletteBackgroundTasks)


async def test_failing_task_ends_the_series():
    """Later tasks may rely on earlier ones."""
    done = []

    def fail():
        raise ValueError("x")

    tasks = BackgroundTasks()
    tasks.add_task(fail)
    tasks.add_task(done.append, 1)

    with pytest.raises(ValueError, match="x"):
        await tasks()
    assert done == []
