"""Pages opened in a browser, with an ear on whom they ask for anything and what they complain about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

# A name that means this machine to the browser and nothing to anyone else. Not "localhost", for which scripts make
# exceptions: Swagger UI, for one, shows the badge of an online validator only on other hosts.
HOST = "docs.test"


@dataclass
class Visit:
    """A page in the browser, whom it has asked for anything, and what it has complained about."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def visiting(browser: Browser, port: int, path: str) -> Iterator[Visit]:
    """Open a page in a fresh profile of the browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, base_url=f"http://{HOST}:{port}")
    visit = Visit(context.new_page())
    listen(context, visit)
    visit.page.goto(path)
    yield visit
    context.close()


def listen(context: BrowserContext, visit: Visit) -> None:
    """Note requests and complaints of the page and of every window it opens."""
    context.on("request", lambda request: visit.hosts.add(host_of(request.url)))
    context.on("requestfailed", lambda request: visit.complaints.append(f"failed: {request.url}"))
    context.on("weberror", lambda error: visit.complaints.append(f"uncaught: {error.error}"))
    context.on(
        "console",
        lambda message: (
            visit.complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )


def host_of(url: str) -> str:
    """Return the host of an address; what a page made itself belongs to the page's, data in an address to nobody."""
    if url.startswith("data:"):
        return HOST
    return urlsplit(url.removeprefix("blob:")).hostname or url
