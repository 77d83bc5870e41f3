"""`straightway dev` names what blocks its event loop."""

import signal
import time

import pytest

APPLICATION = """
    import hashlib, sqlite3, time
    from contextlib import asynccontextmanager
    from straightway import Depends, Straightway

    @asynccontextmanager
    async def lifespan(app):
        time.sleep(0.4)
        yield
        time.sleep(0.4)

    app = Straightway(lifespan=lifespan)

    @app.get("/slow/{n}")
    async def read_slow(n: int):
        time.sleep(0.35)
        return n

    @app.get("/thread")
    def in_thread():
        time.sleep(0.35)

    @app.get("/compute")
    async def compute():
        until = time.thread_time() + 0.3
        while time.thread_time() < until:
            pass

    def wait():
        time.sleep(0.3)

    async def dependency():
        wait()

    @app.get("/dependent", dependencies=[Depends(dependency)])
    async def dependent():
        pass

    @app.get("/fine")
    async def fine():
        return 1
"""

MIDDLEWARE = """
    @app.middleware("http")
    async def middle(request, call_next):
        time.sleep(0.3)
        return await call_next(request)
"""


@pytest.fixture
def serve(project, launch):
    """A function that starts `straightway dev` with an application, and returns it with its address."""

    def start(source=APPLICATION, *arguments):
        project.write("main.py", source)
        running = launch("dev", "--no-reload", "--port", "0", *arguments)
        return running, running.url()

    return start


def lines_of(running, word="blocked"):
    """End the server, and return the lines about blocks."""
    running.signal(signal.SIGINT)
    running.finish()
    return [line for line in running.output if word in line]


def test_the_blocking_line_is_named(serve, get):
    """With the route, the function, file and line, its source, how long it took and what to write instead."""
    running, url = serve()

    get(f"{url}/slow/1")

    line = running.until("blocked the event loop")
    assert "GET /slow/{n}: read_slow() in main.py:15 blocked the event loop for " in line
    assert line.endswith(
        "ms: `time.sleep(0.35)`. Instead: `await asyncio.sleep(0.35)`, or write `def` instead of `async def` so that "
        "it runs in a thread"
    )


def test_with_reload_too(project, launch, get):
    """The server is a child process then."""
    project.write("main.py", APPLICATION)
    running = launch("dev", "--port", "0")

    get(f"{running.url()}/slow/1")

    assert "read_slow() in main.py:15" in running.until("blocked the event loop")


def test_a_computation_and_a_dependency_are_named(serve, get):
    """The route is named for what runs below it, too."""
    running, url = serve()

    get(f"{url}/compute")
    get(f"{url}/dependent")

    first, second = running.until("blocked the event loop"), running.until("blocked the event loop")
    assert "GET /compute: compute() in main.py:" in first
    assert "run_in_threadpool" in first
    assert "GET /dependent: wait() in main.py:29 blocked" in second


def test_middleware_is_named(serve, get):
    """It belongs to no route."""
    running, url = serve(APPLICATION + MIDDLEWARE)

    get(f"{url}/fine")

    line = running.until("blocked the event loop")
    assert "middle() in main.py:" in line
    assert "GET" not in line


def test_what_does_not_block_is_not_named(serve, get):
    """Neither a `def` that sleeps in its thread, nor what the lifespan does before and after all requests."""
    running, url = serve()

    get(f"{url}/thread")
    get(f"{url}/fine")

    assert lines_of(running) == []


def test_a_stopped_process_is_not_blocked(serve, get):
    """As when a laptop sleeps: everything stood still, and no line is to blame."""
    running, url = serve()
    get(f"{url}/fine")

    running.signal(signal.SIGSTOP)
    time.sleep(1.5)
    running.signal(signal.SIGCONT)
    get(f"{url}/fine")

    assert lines_of(running) == []


def test_production_is_not_watched(project, launch, get):
    """`straightway run` has no watchdog."""
    project.write("main.py", APPLICATION)
    running = launch("run", "--host", "127.0.0.1", "--port", "0")

    get(f"{running.url()}/slow/1")

    assert lines_of(running) == []
