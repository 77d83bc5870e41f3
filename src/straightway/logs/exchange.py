"""One request on its way through the application: what has been sent, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Awaitable
from time import perf_counter

from starlette.types import Message, Receive, Scope, Send

from straightway.logs.entries import Ended, Subject, log_ended, subject_of
from straightway.logs.request_id import with_request_id
from straightway.logs.tracing import Trace, current_trace

__all__ = ["CANCELLED", "LEFT", "UNFINISHED", "Exchange", "LoggedExchange"]

LEFT = "client left"
UNFINISHED = "unfinished"
CANCELLED = "cancelled"


class Exchange:
    """A request whose response gets the id, and of which no line is written.

    PERF: `send` is no coroutine function, so that a message costs one call and no further frame, benchmarks/logs.py.
    """

    __slots__ = ("_receive", "_send", "_trace", "complete", "request_id", "scope", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self.request_id = request_id
        self.status: int | None = None
        """What the response has started with."""
        self.complete = False
        """The last message of the response has been sent, or is being sent."""
        self._trace: Trace | None = None

    def receiver(self) -> Receive:
        """Return what the application receives messages by."""
        return self._receive

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message, the first one with the id."""
        kind = message["type"]
        if kind == "http.response.start":
            message = self.start(message)
        elif kind == "http.response.body" and not message.get("more_body"):
            self.complete = True
        return self._send(message)

    def start(self, message: Message) -> Message:
        """Note how the response starts; return the message that says so, with the id."""
        self.status = message["status"]
        # Asked now: when the application has returned, its span is not the current one any more.
        self._trace = current_trace()
        return with_request_id(message, self.request_id)

    def subject(self) -> Subject:
        """Return what there is to say of the request itself."""
        return subject_of(self.scope, self.request_id, self._trace)

    def end(self, note: str) -> None:
        """Hear that the response has ended otherwise than it should: the note says how."""


class LoggedExchange(Exchange):
    """A request of which a line is written when its response ends."""

    __slots__ = ("_began", "_is_logged", "_left")

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self._began = perf_counter()
        super().__init__(scope, receive, send, request_id)
        self._is_logged = self._left = False

    def receiver(self) -> Receive:
        """Return what the application receives messages by."""
        return self._receiving

    def send(self, message: Message) -> Awaitable[None]:
        """Send a message, the first one with the id; log the request after the last one."""
        kind = message["type"]
        if kind == "http.response.start":
            message = self.start(message)
        elif kind == "http.response.body" and not message.get("more_body"):
            return self._send_last(message)
        return self._send(message)

    async def _send_last(self, message: Message) -> None:
        await self._send(message)
        self.complete = True
        self._log("")

    async def _receiving(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self.complete:
            self._left = True
        return message

    def end(self, note: str) -> None:
        """Log the request, if that has not been done; the note says why its response has not ended as it should."""
        self._log(note)

    def _log(self, note: str) -> None:
        if self._is_logged:
            return
        self._is_logged = True
        milliseconds = (perf_counter() - self._began) * 1000
        log_ended(Ended(self.subject(), milliseconds, self.status, note=LEFT if self._has_left() else note))

    def _has_left(self) -> bool:
        # uvicorn drops without a word what is sent to a client that has left; the owner of its `receive` knows.
        return self._left or getattr(getattr(self._receive, "__self__", None), "disconnected", False)
