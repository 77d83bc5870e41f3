"""WebSockets over RSGI as ASGI's (WebSocket specification 2.4)."""

from __future__ import annotations

from typing import Any

from starlette.types import Message, Receive, Scope, Send

from straightway.runtime.rsgi import Protocol, lazy_scope

_BYTES, _TEXT = 1, 2
"""Kinds of message (RSGI, WebSocket protocol); 0 is the end."""


def websocket_scope(rsgi: Any, state: dict[str, Any]) -> Scope:
    """Return the ASGI scope of a WebSocket."""
    scope = lazy_scope(rsgi, state).completed()
    del scope["method"]
    asked = rsgi.headers.get("sec-websocket-protocol") or ""
    scope.update(
        type="websocket",
        asgi={"version": "3.0", "spec_version": "2.4"},
        scheme="wss" if scope["scheme"] in {"https", "wss"} else "ws",
        subprotocols=[each.strip() for each in asked.split(",") if each.strip()],
    )
    return scope


def websocket_ends(protocol: Protocol) -> tuple[Receive, Send]:
    """Return ASGI's two ends of a WebSocket."""
    socket = _Socket(protocol)
    return socket.receive, socket.send


class _Socket:
    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._transport: Any = None
        self._asked = self._closed = self._left = False

    async def receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "websocket.connect"}
        if self._closed or self._left or self._transport is None:
            return {"type": "websocket.disconnect", "code": 1006, "reason": ""}
        try:
            message = await self._transport.receive()
        except Exception:  # noqa: BLE001  # the connection broke
            self._left = True
            return {"type": "websocket.disconnect", "code": 1006, "reason": ""}
        if message.kind == _BYTES:
            return {"type": "websocket.receive", "bytes": message.data}
        if message.kind == _TEXT:
            return {"type": "websocket.receive", "text": message.data}
        self._left = True
        return {"type": "websocket.disconnect", "code": 1005, "reason": ""}

    async def send(self, message: Message) -> None:
        match message["type"]:
            case "websocket.accept":
                self._transport = await self._accepted()
            case "websocket.close":
                self._close(message.get("code", 1000) if self._transport is not None else 403)
            case "websocket.http.response.start":
                self._close(message["status"])
            case "websocket.http.response.body":
                pass  # RSGI has no word for it
            case "websocket.send":
                await self._sent(message)
            case other:
                raise RuntimeError(f"a WebSocket has no {other!r}")

    def _close(self, status: int) -> None:
        self._closed = True
        self._protocol.close(status)

    async def _accepted(self) -> Any:
        try:
            return await self._protocol.accept()
        except Exception as error:
            self._left = True
            raise OSError("the client has gone") from error

    async def _sent(self, message: Message) -> None:
        if self._transport is None or self._closed:
            raise RuntimeError(
                "a WebSocket is accepted before anything is sent, and not used after it is closed"
            )
        if self._left:
            raise OSError("the client has gone")
        try:
            if message.get("text") is not None:
                await self._transport.send_str(message["text"])
            else:
                await self._transport.send_bytes(message["bytes"])
        except Exception as error:
            raise OSError("the client has gone") from error
