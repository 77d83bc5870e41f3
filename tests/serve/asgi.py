"""One request to an ASGI application, message by message: what a test client would hide can be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.types import ASGIApp, Message, Scope


@dataclass
class Exchange:
    """What was sent to the application and what it answered."""

    scope: Scope
    sent: list[Message] = field(default_factory=list)
    chunks_read: int = 0
    error: BaseException | None = None

    @property
    def status(self) -> int:
        """Return the status of the response."""
        return next(message["status"] for message in self.sent if message["type"] == "http.response.start")

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of the response; of repeated ones the last."""
        start = next(message for message in self.sent if message["type"] == "http.response.start")
        return {name.decode(): value.decode() for name, value in start.get("headers", [])}

    @property
    def body(self) -> bytes:
        """Return the whole body of the response."""
        return b"".join(
            message.get("body", b"") for message in self.sent if message["type"] == "http.response.body"
        )

    @property
    def types(self) -> list[str]:
        """Return the kinds of messages that were sent, without their common prefix."""
        return [message["type"].removeprefix("http.response.") for message in self.sent]


def http_scope(
    path: str = "/",
    *,
    method: str = "POST",
    headers: Iterable[tuple[str, str]] = (),
    spec_version: str = "2.3",
    **more: Any,
) -> Scope:
    """Return the scope of a request as uvicorn makes it."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": spec_version},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"testserver")]
        + [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": {},
        **more,
    }


async def exchange(
    app: ASGIApp, *chunks: bytes, scope: Scope | None = None, catch: bool = False, **options: Any
) -> Exchange:
    """Send a request whose body comes in `chunks`, and return all that happened.

    After the body, `receive()` waits until the response is complete and then says that the client has gone, as
    uvicorn's does. With `catch` an exception of the application is recorded, otherwise raised.
    """
    result = Exchange(scope or http_scope(**options))
    rest = list(chunks) or [b""]
    complete = anyio.Event()

    async def receive() -> Message:
        if not rest:
            await complete.wait()
            return {"type": "http.disconnect"}
        result.chunks_read += 1
        return {"type": "http.request", "body": rest.pop(0), "more_body": bool(rest)}

    async def send(message: Message) -> None:
        result.sent.append(message)
        body_ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        if body_ends or message["type"] == "http.response.pathsend":
            complete.set()

    with anyio.fail_after(5):
        try:
            await app(result.scope, receive, send)
        except Exception as error:
            if not catch:
                raise
            result.error = error
    return result


def ask(app: ASGIApp, *chunks: bytes, **options: Any) -> Exchange:
    """Do the same from a synchronous test, in an event loop of its own."""

    async def run() -> Exchange:
        return await exchange(app, *chunks, **options)

    return anyio.run(run)
