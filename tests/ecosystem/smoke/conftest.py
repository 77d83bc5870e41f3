"""What several of the packages are driven with."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
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


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark of what FastAPI cannot do with a package that reads its list of routes."""
    config.addinivalue_line(
        "markers", "flat_routes: fails on FastAPI, whose routes of included routers are hidden"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect such tests to fail on FastAPI itself, and to pass here."""
    if version("fastapi").endswith("+straightway"):
        return
    for item in items:
        if mark := item.get_closest_marker("flat_routes"):
            item.add_marker(pytest.mark.xfail(strict=True, reason=mark.name))
