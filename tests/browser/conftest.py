import os
import shutil
import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visits import HOST

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def required() -> bool:
    """Say whether a missing browser is a failure: then nothing of these tests may be skipped."""
    return os.environ.get("STRAIGHTWAY_REQUIRE_BROWSER") == "1"


@pytest.fixture(scope="module")
def served() -> Iterator[Callable[[Any], int]]:
    """Return a function that serves an application until the tests of the module are over, and says on which port."""
    running = []

    def serve(application: Any) -> int:
        # Listening before the server runs: whoever connects early waits, and nobody has to look whether it is up.
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning", ws="none"))
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        running.append((server, thread, listener))
        return int(listener.getsockname()[1])

    yield serve
    for server, thread, listener in running:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def browser(required: bool) -> Iterator[Browser]:
    """Run the Chromium of this machine. Skip where there is none, unless STRAIGHTWAY_REQUIRE_BROWSER is 1."""
    if CHROMIUM is None and not required:
        pytest.skip("no Chromium is installed")
    assert CHROMIUM, "STRAIGHTWAY_REQUIRE_BROWSER is set and no Chromium is installed"
    # Every other name is unknown, so that nothing is fetched from elsewhere even if a page asks for it.
    names = f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP * ~NOTFOUND"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*OPTIONS, names])
        yield running
        running.close()
