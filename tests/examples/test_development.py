"""The application on the page about development, and that the page shows what it really does."""

import asyncio
import logging
import re
from pathlib import Path
from threading import Event

import httpx2
import pytest
from docs.examples.development import app

from straightway.development.watchdog import Watchdog

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "development.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    """Names of files are shown from the current folder; and the application is in debug mode, as under `dev`."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(app, "debug", True)
    monkeypatch.setattr(app, "middleware_stack", None)


def client(**options):
    """Return a client that calls the application on the running loop."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000", **options)


def test_the_failure_is_shown_as_on_the_page():
    """The text that the page has is the one that is answered."""

    async def main():
        async with client(headers={"accept": "text/plain"}) as each:
            return await each.get("/cakes/flour-salt")

    answer = asyncio.run(main())

    assert answer.status_code == 500
    assert answer.text.strip() in PAGE


def test_the_blocking_line_is_named_as_on_the_page(caplog):
    """But for how long it took, which is never twice the same."""

    async def main():
        heard = Event()
        watchdog = Watchdog(lambda _: heard.set())
        watchdog.start()
        await asyncio.sleep(0.1)
        async with client() as each:
            assert (await each.get("/report")).json() == "done"
        await asyncio.to_thread(heard.wait, 20)
        watchdog.stop()

    with caplog.at_level(logging.WARNING, logger="straightway.development"):
        asyncio.run(main())

    line = re.sub(r"\d+ ms", "350 ms", caplog.messages[0])
    assert line in " ".join(PAGE.split())
