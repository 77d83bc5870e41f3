"""The layer that the command line puts around an application: ids, one line a request, one traceback a failure.

It stands outermost, and only where Straightway serves. Whatever it has logged is not raised to the server again, which
would log it a second time; but a response that was begun and not finished must be broken off, so that no client takes
it for a whole one, and only the server can do that: it is told by `AlreadyLogged`.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from straightway.logs.entries import log_failed
from straightway.logs.exchange import CANCELLED, LEFT, UNFINISHED, Exchange, LoggedExchange
from straightway.logs.once import AlreadyLogged
from straightway.logs.opaque import opaque_response
from straightway.logs.request_id import REQUEST_ID, current_request_id, request_id_of
from straightway.logs.websocket import FAILED, WebSocketExchange

__all__ = ["Logged"]


class Logged:
    """An application that is logged: `access` says whether each request is, or failures only."""

    def __init__(self, app: ASGIApp, *, access: bool = True) -> None:
        self.app, self._access = app, access
        self._exchange = LoggedExchange if access else Exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        request_id = scope[REQUEST_ID] = request_id_of(scope["headers"])
        current_request_id.set(request_id)
        exchange = self._exchange(scope, receive, send, request_id)
        try:
            await self.app(scope, exchange.receiver(), exchange.send)
        except Exception as error:  # noqa: BLE001  # it is logged, and answered
            await _failed(exchange, error)
        except BaseException:
            exchange.end(CANCELLED)
            raise
        if not exchange.complete:
            exchange.end(UNFINISHED)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        request_id = scope[REQUEST_ID] = request_id_of(scope["headers"])
        current_request_id.set(request_id)
        exchange = WebSocketExchange(scope, receive, send, request_id, is_logged=self._access)
        try:
            await self.app(scope, exchange.receive, exchange.send)
        except WebSocketDisconnect:
            exchange.end()  # an endpoint that reads until the client has had enough
        except Exception as error:  # noqa: BLE001  # logged here
            log_failed(exchange.subject(), exchange.scope, error)
            exchange.end(FAILED)
            raise AlreadyLogged from None
        except BaseException:
            exchange.end(CANCELLED)
            raise
        else:
            exchange.end()


async def _failed(exchange: Exchange, error: Exception) -> None:
    """Log an exception; answer where nothing has been answered, and break off what has begun."""
    if isinstance(error, ClientDisconnect):
        exchange.end(LEFT)
        return
    log_failed(exchange.subject(), exchange.scope, error)
    if exchange.status is None:
        await opaque_response(exchange.scope)(exchange.scope, exchange.receiver(), exchange.send)
    elif not exchange.complete:
        exchange.end(UNFINISHED)
        raise AlreadyLogged from None
