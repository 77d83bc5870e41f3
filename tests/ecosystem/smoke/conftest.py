"""What several of the packages are driven with."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from time import sleep
from typing import Any

import pytest

Serve = Callable[[Any], str]


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an application on a free port for as long as the context is open, and give its address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=3))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve applications until the end of a test."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(served(app))
