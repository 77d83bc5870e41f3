"""The watchdog on event loops of its own; tests/cli has it on a server."""

import asyncio
import logging
import sys
import threading
import time

import pytest

from straightway.development.watchdog import Blocked, Watchdog

FILE = "tests/development/test_watchdog.py"


class Watched:
    """What a watchdog has found while some coroutines ran."""

    def __init__(self):
        self.found: list[Blocked] = []
        self.new = threading.Event()

    def hear(self, blocked):
        """Keep a block."""
        self.found.append(blocked)
        self.new.set()

    def run(self, *coroutines, wanted=True):
        """Run coroutines one after the other on a new loop; wait for the last to be told, if that is wanted."""

        async def main():
            watchdog = Watchdog(self.hear)
            watchdog.start()
            await asyncio.sleep(0.1)
            for coroutine in coroutines:
                await coroutine
                await asyncio.sleep(0.1)
            if wanted:
                await asyncio.to_thread(self.new.wait, 20)
            watchdog.stop()

        asyncio.run(main())
        return self.found


@pytest.fixture
def watched():
    """A loop with a watchdog."""
    return Watched()


async def sleeping():
    """Sleep on the loop."""
    time.sleep(0.4)


async def computing():
    """Compute on the loop."""
    total = 0
    until = time.thread_time() + 0.4
    while time.thread_time() < until:
        total += 1


async def hogging():
    """Run C code that lets nobody else run."""
    return sum(range(40_000_000))


def helper():
    """Sleep, for whoever calls."""
    time.sleep(0.3)


async def helped():
    """Sleep in a function of its own."""
    helper()


async def in_thread():
    """Sleep where it does no harm."""
    await asyncio.to_thread(time.sleep, 0.4)


async def many_short_ones():
    """Keep the loop busy, and let it come round."""
    for _ in range(60):
        time.sleep(0.01)
        await asyncio.sleep(0)


def test_a_call_that_sleeps_is_named(watched):
    """Function, file, line, source, duration, and the line to write instead."""
    (blocked,) = watched.run(sleeping())

    line = sleeping.__code__.co_firstlineno + 2
    assert blocked.place == f"sleeping() in {FILE}:{line}"
    assert blocked.line == "time.sleep(0.4)"
    assert blocked.milliseconds >= 300
    assert blocked.remedy == "Instead: `await asyncio.sleep(0.4)`"
    assert blocked.endpoint == ""


def test_a_computation_is_named(watched):
    """Some line of its loop, and the advice to move it to a thread."""
    blocked = watched.run(computing())[0]

    assert blocked.place.startswith(f"computing() in {FILE}:")
    assert "run_in_threadpool" in blocked.remedy


def test_code_that_keeps_the_interpreters_lock_is_named(watched):
    """Then the watchdog itself cannot run meanwhile, and looks as soon as it can."""
    blocked = watched.run(hogging())[0]

    assert blocked.place == f"hogging() in {FILE}:{hogging.__code__.co_firstlineno + 2}"
    assert blocked.line == "sum(range(40_000_000))"


def test_the_innermost_line_of_the_user_is_named(watched):
    """What is called from an `async def` is as much on the loop as that itself."""
    (blocked,) = watched.run(helped())

    assert blocked.place == f"helper() in {FILE}:{helper.__code__.co_firstlineno + 2}"


def test_what_does_not_block_is_not_named(watched):
    """Threads may sleep, and the loop may be busy as long as it comes round."""
    assert watched.run(in_thread(), many_short_ones(), asyncio.sleep(0.4), wanted=False) == []


def test_a_place_is_told_once_and_counted(watched, caplog):
    """Ten blocks at the same line make two lines in the log, and ten entries for who shows them."""

    async def briefly():
        time.sleep(0.2)

    with caplog.at_level(logging.WARNING, logger="straightway.development"):
        found = watched.run(*(briefly() for _ in range(10)))

    lines = [record.getMessage() for record in caplog.records]
    assert len(found) == 10
    assert len(lines) == 2
    assert "blocked the event loop for" in lines[0]
    assert "has blocked the event loop 10 times" in lines[1]


def test_a_long_block_is_told_while_it_lasts(watched, caplog):
    """It may never end. When it does, that is not told again."""

    async def forever():
        time.sleep(2.6)

    with caplog.at_level(logging.WARNING, logger="straightway.development"):
        (blocked,) = watched.run(forever())

    (line,) = [record.getMessage() for record in caplog.records]
    assert "and still does" in line
    assert blocked.milliseconds > 2000


def test_a_debugger_is_no_block(watched):
    """Whoever stands at a prompt knows that everything waits."""
    namespace = {"__name__": "pdb", "sleep": time.sleep}
    exec("def interaction(): sleep(0.4)", namespace)  # noqa: S102  # stands for the debugger's own function

    async def debugged():
        namespace["interaction"]()

    assert watched.run(debugged(), wanted=False) == []


def test_an_import_is_no_block(watched, tmp_path, monkeypatch):
    """A module is imported once, for the first request that wants it."""
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(0.4)\n")
    monkeypatch.syspath_prepend(tmp_path)

    async def importing():
        import slow_to_import  # type: ignore[import-not-found]  # noqa: F401

    assert watched.run(importing(), wanted=False) == []
    del sys.modules["slow_to_import"]


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not for Windows")
def test_uvloop_is_watched_too():
    """The loop that uvicorn takes where it is installed."""
    import uvloop

    watched = Watched()

    async def main():
        watchdog = Watchdog(watched.hear)
        watchdog.start()
        await asyncio.sleep(0.1)
        time.sleep(0.3)
        await asyncio.to_thread(watched.new.wait, 20)
        watchdog.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())

    assert watched.found[0].line == "time.sleep(0.3)"


def test_it_ends_with_its_loop(watched):
    """A loop that is closed without a word takes its watchdog along."""

    async def main():
        Watchdog().start()

    asyncio.run(main())

    thread = next((each for each in threading.enumerate() if each.name == "straightway-watchdog"), None)
    if thread is not None:
        thread.join(20)
        assert not thread.is_alive()


def test_it_costs_next_to_nothing():
    """Beside an idle loop it takes less than five percent of a processor, about one when nothing else runs."""

    async def main():
        watchdog = Watchdog()
        watchdog.start()
        began = time.process_time()
        await asyncio.sleep(2)
        watchdog.stop()
        return time.process_time() - began

    assert asyncio.run(main()) < 0.1
