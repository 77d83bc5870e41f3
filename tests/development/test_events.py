"""Open pages are told that there is something new, and let go of when the server stops."""

from collections import deque

import anyio
import pytest

from straightway.development.events import Announcements

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    """Run on both."""
    return request.param


class Page:
    """A browser with a page open: what it is sent, and the end of it."""

    def __init__(self):
        self.messages = deque()
        self.sent = anyio.Event()
        self.gone = anyio.Event()

    async def receive(self):
        """Return once the browser has gone."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        """Get a message."""
        self.messages.append(message)
        self.sent.set()

    async def next(self):
        """Return the next message."""
        with anyio.fail_after(10):
            while not self.messages:
                self.sent = anyio.Event()
                await self.sent.wait()
        return self.messages.popleft()


async def opened(group, announcements):
    """Open a page and return it once it has been told the first time."""
    page = Page()
    group.start_soon(announcements.stream, page.receive, page.send)
    assert (await page.next())["status"] == 200
    assert (await page.next())["body"].startswith(b"retry: 1000\ndata: ")
    return page


async def test_news_are_told():
    """Each change, or several at once, is one event."""
    announcements = Announcements()
    async with anyio.create_task_group() as group:
        page = await opened(group, announcements)

        announcements.notify()
        announcements.notify()

        assert (await page.next())["body"].endswith(b"data: 2\n\n")
        announcements.close()


async def test_closing_ends_all_streams():
    """The server does not wait for pages that are open; later ones are told not to ask again."""
    announcements = Announcements()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            pages = [await opened(group, announcements) for _ in range(3)]
            announcements.close()
            for page in pages:
                messages = [await page.next()]
                while messages[-1].get("more_body"):
                    messages.append(await page.next())

    late = Page()
    await announcements.stream(late.receive, late.send)
    assert (await late.next())["status"] == 204


async def test_a_page_that_is_closed_ends_its_stream():
    """The task is over when the browser has gone."""
    announcements = Announcements()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            page = await opened(group, announcements)
            page.gone.set()

    assert not announcements._listening


async def test_there_are_only_so_many_streams():
    """More than anybody looks at are turned away."""
    announcements = Announcements()
    async with anyio.create_task_group() as group:
        for _ in range(16):
            await opened(group, announcements)
        late = Page()

        await announcements.stream(late.receive, late.send)

        assert (await late.next())["status"] == 204
        announcements.close()
