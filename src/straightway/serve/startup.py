"""The lifespan protocol (ASGI, lifespan specification 2.0) for a server that has none of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message


class LifespanFailedError(RuntimeError):
    """Say that an application could not start, or stop, with what it said."""


class Lifespan:
    """Runs an application's lifespan in a task between `start` and `stop`."""

    def __init__(self, app: ASGIApp, state: dict[str, Any]) -> None:
        self._app, self._state = app, state
        self._orders: asyncio.Queue[Message] = asyncio.Queue()
        self._reports: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application; raise what its startup raised."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        self._task = asyncio.ensure_future(self._app(scope, self._orders.get, self._reports.put))
        await self._done("startup", self._task)

    async def stop(self) -> None:
        """Stop the application; raise what its shutdown raised."""
        if self._task is not None and not self._task.done():
            await self._done("shutdown", self._task)

    async def _done(self, phase: str, task: asyncio.Task[None]) -> None:
        await self._orders.put({"type": f"lifespan.{phase}"})
        report = asyncio.ensure_future(self._reports.get())
        await asyncio.wait({report, task}, return_when=asyncio.FIRST_COMPLETED)
        if not report.done():
            report.cancel()
            await task  # raises what the application raised
            return
        message = report.result()
        if message["type"] == f"lifespan.{phase}.failed":
            await asyncio.gather(task, return_exceptions=True)
            if (error := task.exception()) is not None:
                raise error
            raise LifespanFailedError(message.get("message", "") or f"the {phase} of the application failed")
