"""One WebSocket on its way through the application: a line when it opens, a line when it closes."""

from __future__ import annotations

from time import perf_counter

from starlette.types import Message, Receive, Scope, Send

from straightway.logs.entries import Ended, Subject, log_ended, subject_of
from straightway.logs.request_id import with_request_id
from straightway.logs.tracing import Trace, current_trace

__all__ = ["CLOSED", "FAILED", "OPENED", "REFUSED", "WebSocketExchange"]

OPENED = "opened"
CLOSED = "closed"
REFUSED = "refused"
FAILED = "failed"


class WebSocketExchange:
    """A WebSocket whose handshake is answered with the id, and of which lines are written where `is_logged`."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, *, is_logged: bool
    ) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self._request_id, self._is_logged = request_id, is_logged
        self._began = perf_counter()
        self._is_open = False
        self._status: int | None = None
        self._code: int | None = None
        """What closed it, whichever side came first."""
        self._trace: Trace | None = None

    async def receive(self) -> Message:
        """Receive a message, and remember with which code the client closes."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect" and self._code is None:
            self._code = message.get("code", 1005)
        return message

    async def send(self, message: Message) -> None:
        """Send a message: the answer to the handshake with the id, the end with its code remembered."""
        kind = message["type"]
        self._trace = self._trace or current_trace()
        if kind == "websocket.accept":
            await self._send(with_request_id(message, self._request_id))
            self._is_open = True
            self._log(OPENED)
            return
        if kind == "websocket.http.response.start":
            self._status = message["status"]
            message = with_request_id(message, self._request_id)
        elif kind == "websocket.close" and self._is_open and self._code is None:
            self._code = message.get("code", 1000)
        elif kind == "websocket.close" and not self._is_open:
            self._status = 403  # what servers answer then (ASGI, WebSocket specification 2.4)
        await self._send(message)

    def subject(self) -> Subject:
        """Return what there is to say of the WebSocket itself."""
        return subject_of(self.scope, self._request_id, self._trace)

    def end(self, note: str = "") -> None:
        """Log the end; the note says why it is not one that either side wanted."""
        self._log(note or (CLOSED if self._is_open else REFUSED))

    def _log(self, note: str) -> None:
        if not self._is_logged:
            return
        milliseconds = (perf_counter() - self._began) * 1000
        code = self._code if self._is_open else None
        log_ended(Ended(self.subject(), milliseconds, self._status, code, note))
