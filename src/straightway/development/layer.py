"""What `straightway dev` puts around an application: it serves `/__dev`, and records what else is answered.

The page stands before the layer that logs requests, the recording behind it: what the page asks for is no request of the
application's, and what is recorded has its id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.development.events import Announcements
from straightway.development.guard import Guard
from straightway.development.inspection import BASE, Inspection
from straightway.development.log_lines import RequestLog
from straightway.development.recorder import Recorder, current_recording
from straightway.development.site import Site
from straightway.development.watchdog import Blocked
from straightway.runtime.timings import TIMINGS
from straightway.serve.table import route_path
from straightway.telemetry.activity import activity


class DevelopmentLayer:
    """An ASGI application around another one. From its first request on, those of this process may be asked for steps."""

    def __init__(self, application: ASGIApp, inspection: Inspection, guard: Guard) -> None:
        self._application = application
        self._announcements = Announcements()
        self.recorder = Recorder(self._announcements.notify)
        self._site = Site(self.recorder, inspection, self._announcements, guard)
        self._log = RequestLog()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one connection of the application, and record it."""
        if scope["type"] not in {"http", "websocket"}:
            return self._application(scope, receive, send)
        return self._recorded(scope, receive, send)

    def before(self, application: ASGIApp) -> ASGIApp:
        """Return an application that serves the page, and hands on all else."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            is_page = scope["type"] == "http" and is_ours(scope)
            await (self._site if is_page else application)(scope, receive, send)

        return serve

    def note_block(self, blocked: Blocked) -> None:
        """Keep what the watchdog has found, from its thread, and tell open pages."""
        self.recorder.note_block(blocked)
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._announcements.notify)

    def close(self) -> None:
        """Let go of open pages, as the server stops, and of the loggers."""
        self._announcements.close()
        self._log.detach()

    async def _recorded(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._loop = self._loop or asyncio.get_running_loop()
        activity.on = True
        self._log.attach()
        recording = self.recorder.begin(scope)

        async def receiving() -> Message:
            message = await receive()
            recording.note_received(message)
            return message

        async def sending(message: Message) -> None:
            recording.note_sending(message)
            await send(message)
            recording.note_sent(message)

        scope[TIMINGS] = recording.timings
        token = current_recording.set(recording)
        error: BaseException | None = None
        try:
            await self._application(scope, receiving, sending)
        except BaseException as raised:
            error = raised
            raise
        finally:
            current_recording.reset(token)
            self.recorder.end(recording, error)
            error = None  # an exception that its own frame refers to would keep all its frames


def is_ours(scope: Scope) -> bool:
    """Tell whether a request is for the development page."""
    path = route_path(scope)
    return path == BASE or path.startswith(f"{BASE}/")
