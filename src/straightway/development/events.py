"""Tells open pages that something is new, as server-sent events; and ends at once when the server stops."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from anyio import Event, create_task_group, move_on_after
from starlette.types import Receive, Send

_MOST = 16
"""Streams at a time: more pages than anybody looks at."""
_REST = 0.2
"""Seconds between two events at least, so that a load test does not keep a browser busy."""
_PULSE = 15
"""Seconds after which something is sent in any case: so a page that is gone is noticed."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Announcements:
    """Streams of events that say "there is something new", and nothing else: pages then ask for what they show."""

    def __init__(self) -> None:
        self._changes = 0
        self._listening: set[Event] = set()
        self._is_closed = False

    def notify(self) -> None:
        """Tell all streams. Call it on the event loop."""
        self._changes += 1
        for event in self._listening:
            event.set()

    def close(self) -> None:
        """End all streams, for good."""
        self._is_closed = True
        self.notify()

    async def stream(self, receive: Receive, send: Send) -> None:
        """Answer one request with events, until it is closed from either side."""
        if self._is_closed or len(self._listening) >= _MOST:
            # No content: to a browser that means not to ask again (HTML, section 9.2.3).
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        async with create_task_group() as group:

            async def until_gone() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(until_gone)
            await self._tell(send)
            group.cancel_scope.cancel()

    async def _tell(self, send: Send) -> None:
        told = -1
        while not self._is_closed:
            with self._changed() as changed:
                is_new, told = told != self._changes, self._changes
                text = b"retry: 1000\ndata: %d\n\n" % told if is_new else b": still here\n\n"
                await send({"type": "http.response.body", "body": text, "more_body": True})
                with move_on_after(_PULSE):
                    await changed.wait()
            await self._rest()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _rest(self) -> None:
        with move_on_after(_REST):
            while not self._is_closed:
                with self._changed() as changed:
                    await changed.wait()

    @contextmanager
    def _changed(self) -> Generator[Event]:
        event = Event()
        self._listening.add(event)
        try:
            yield event
        finally:
            self._listening.discard(event)
