"""Talk ASGI to an application in this process: start and stop it, send it a request. Only the standard library is used."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from straightway.cli.compat.wire import Answer, Sent

__all__ = ["LARGEST", "Lifespan", "exchange", "worded"]

Message = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]

LARGEST = 1_000_000
"""Bytes of a body that are kept; a larger one is as incomplete as one that does not end."""

GRACE = 2.0
"""Seconds that a request has after it was told that its client has left."""


class Lifespan:
    """The time between start-up and shutdown. `state` is what requests get a copy of."""

    def __init__(self, application: Application) -> None:
        self.state: dict[str, Any] = {}
        self._application = application
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application up; raise what it raised.

        As for servers, an exception without a word before it means that the application has no lifespan.
        """
        self._task = asyncio.ensure_future(self._run())
        if await self._ask("lifespan.startup") == "lifespan.startup.failed":
            await self._task
            raise RuntimeError("the application said that its start-up failed, and raised nothing")

    async def stop(self) -> None:
        """Shut the application down; raise what it raised."""
        if self._task is None or self._task.done():
            return
        if await self._ask("lifespan.shutdown") == "lifespan.shutdown.failed":
            await self._task

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        await self._application(scope, self._inbox.get, self._hear)

    async def _hear(self, message: Message) -> None:
        self._outbox.put_nowait(message["type"])

    async def _ask(self, message_type: str) -> str:
        task = self._task
        if task is None:
            raise RuntimeError("the lifespan has not begun")
        self._inbox.put_nowait({"type": message_type})
        answer = asyncio.ensure_future(self._outbox.get())
        await asyncio.wait({answer, task}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        # The application may have answered in the same breath in which it ended.
        if not self._outbox.empty():
            return self._outbox.get_nowait()
        with suppress(Exception):
            # What it raised is taken for having no lifespan; asyncio is to take note that somebody looked.
            await task
        return "nothing"


class _Connection:
    """The server's end of one request."""

    def __init__(self, body: bytes) -> None:
        self.status: int | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        self.body = bytearray()
        self.complete = False
        self.over = asyncio.Event()
        self._to_read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive(self) -> Message:
        """Hand over the body, and then nothing before the response is over."""
        if self._to_read:
            return self._to_read.pop()
        await self.over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Note a part of the response; raise OSError, as ASGI 2.4 wants it, where the client has left."""
        if self.over.is_set() and not self.complete:
            raise OSError("the client has left")
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.get("headers", ())
            self.headers = tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers
            )
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.complete = not message.get("more_body", False)
            if self.complete or len(self.body) > LARGEST:
                self.over.set()


async def exchange(application: Application, sent: Sent, *, state: dict[str, Any], seconds: float) -> Answer:
    """Send a request and return the answer, or what there is of it when its time is up."""
    connection = _Connection(sent.body)
    task = asyncio.ensure_future(_call(application, scope_of(sent, state), connection))
    large = asyncio.ensure_future(_large(connection))
    await asyncio.wait({task, large}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    large.cancel()
    too_large = connection.over.is_set() and not connection.complete
    in_time = task.done() and not too_large
    if not in_time:
        await _hang_up(connection, task)
    raised = task.exception() if task.done() and not task.cancelled() else None
    return Answer(
        status=connection.status,
        headers=connection.headers,
        body=bytes(connection.body),
        complete=in_time and (connection.complete or raised is not None),
        raised=worded(raised) if raised is not None and in_time else None,
    )


async def _call(application: Application, scope: Message, connection: _Connection) -> None:
    await application(scope, connection.receive, connection.send)


async def _large(connection: _Connection) -> None:
    """Return once more has been sent than is kept."""
    await connection.over.wait()
    if connection.complete:
        # A background task may go on for as long as its request may.
        await asyncio.Event().wait()


async def _hang_up(connection: _Connection, task: "asyncio.Task[None]") -> None:
    """Leave, as a client would, and end what goes on all the same."""
    connection.over.set()
    await asyncio.wait({task}, timeout=GRACE / 4)
    if not task.done():
        task.cancel()
        with suppress(Exception):
            await asyncio.wait({task}, timeout=GRACE)


def scope_of(sent: Sent, state: dict[str, Any]) -> Message:
    """Return the scope that a server would make of a request."""
    raw_path, _, query = sent.target.partition("?")
    headers = [("host", "testserver"), *sent.headers]
    if sent.body or sent.method in {"POST", "PUT", "PATCH"}:
        headers.append(("content-length", str(len(sent.body))))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path.encode("latin-1", "replace"),
        "query_string": query.encode("latin-1", "replace"),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers
        ],
        "client": ("testclient", 50000),
        "server": ("testserver", 80),
        "state": dict(state),
    }


def worded(error: BaseException) -> str:
    """Word an exception as `Type: message`."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
