"""Requests of a server that speaks RSGI (granian): straight to the compiled endpoint where it can be, else as ASGI.

Straight are endpoints without middleware around them that ask for nothing that only ASGI has. All others, mounts,
middleware, forms, WebSockets, and what telemetry may record, are answered by the ASGI application over the same connection.
"""

from __future__ import annotations

from sys import modules
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Scope
from starlette.websockets import WebSocketDisconnect

from straightway.logs.once import AlreadyLogged
from straightway.runtime.lifetimes import HANDLERS
from straightway.runtime.rsgi import LazyScope, Protocol, ends, lazy_scope
from straightway.serve.failures import FailureLayer
from straightway.serve.rsgi_websocket import websocket_ends, websocket_scope
from straightway.serve.startup import Lifespan
from straightway.telemetry.gate import INTERFACE, has_global_provider

__all__ = ["RSGIServer"]


class RSGIServer:
    """What an application has for a server that speaks RSGI: its lifespan, and how requests are answered.

    `root_path` is a prefix that a proxy in front removes; `layered` is the application with what a server puts around
    it, for all that is not answered straight; `proxied` is that one too, where it believes what a proxy says of the
    client (X-Forwarded-For, X-Forwarded-Proto), for requests that say so.
    """

    def __init__(
        self, app: Any, *, root_path: str = "", layered: ASGIApp | None = None, proxied: ASGIApp | None = None
    ) -> None:
        self.app, self._layered = app, layered or app
        self._has_provider: bool = app._telemetry.provides  # noqa: SLF001  # its application
        self.state: dict[str, Any] = {}
        """What the lifespan leaves for requests."""
        self._root_path, self._proxied = root_path.rstrip("/"), proxied
        self._lifespan = Lifespan(app, self.state)

    async def start(self) -> None:
        """Run the start of the application's lifespan; raise what it raises."""
        await self._lifespan.start()

    async def stop(self) -> None:
        """Run the end of the application's lifespan; raise what it raises."""
        await self._lifespan.stop()

    async def __rsgi__(self, rsgi: Any, protocol: Protocol) -> None:
        """Answer one connection."""
        try:
            await self._answer(rsgi, protocol)
        except (ClientDisconnect, WebSocketDisconnect, AlreadyLogged):
            return  # granian would log it as a failure of the application, and does nothing else about it

    async def _answer(self, rsgi: Any, protocol: Protocol) -> None:
        proxied = self._proxied if self._proxied is not None and _is_forwarded(rsgi.headers) else None
        app = proxied or self._layered
        if rsgi.proto != "http":
            scope = self._rooted(websocket_scope(rsgi, self.state))
            await app(scope, *websocket_ends(protocol))
            return
        stack = self.app.serving_stack()
        if (
            proxied is None
            and isinstance(stack, FailureLayer)
            and stack.app is stack.exceptions
            and not (INTERFACE in modules and (has_global_provider() or self._has_provider))
        ):
            found = stack.router.tables["http"].opening.first(rsgi.path, rsgi.method)
            if found is not None and not self._root_path and (native := found[0].native_handler()):
                await self.straight(native, self._scope_of(found, rsgi, stack), protocol, stack)
                return
        scope = self._rooted(lazy_scope(rsgi, self.state).completed())
        receive, send = ends(scope, protocol)
        try:
            await app(scope, receive, send)
        finally:
            send.end()

    def _rooted(self, scope: Scope) -> Scope:
        if self._root_path:
            scope["root_path"] = self._root_path
            scope["path"] = self._root_path + scope["path"]
        return scope

    def _scope_of(self, found: tuple[Any, dict[str, Any]], rsgi: Any, stack: FailureLayer) -> LazyScope:
        target, parameters = found
        scope = lazy_scope(rsgi, self.state)
        scope["app"] = self.app
        scope["router"] = stack.router
        scope[HANDLERS] = stack.handlers
        scope["route"], scope["endpoint"] = target.route, target.endpoint
        scope["path_params"] = parameters
        if target.inclusion is not None:
            scope["fastapi"] = target.inclusion
        return scope

    async def straight(self, native: Any, scope: LazyScope, protocol: Protocol, stack: FailureLayer) -> None:
        """Answer a request by the compiled function of its endpoint."""
        try:
            await native(scope, protocol)
            return
        except Exception as error:
            receive, send = ends(scope.completed(), protocol)
            try:
                unanswered = await stack.failed(error, scope, receive, send)
            finally:
                send.end()
            if unanswered is error:
                raise
        if unanswered is not None:
            raise unanswered  # a handler's, which knows what it was to handle


def _is_forwarded(headers: Any) -> bool:
    return "x-forwarded-for" in headers or "x-forwarded-proto" in headers
