"""Requests of a server that speaks RSGI (granian): straight to the compiled endpoint where it can be, else as ASGI.

Straight are endpoints without middleware around them that ask for nothing that only ASGI has. All others, mounts,
middleware, forms, WebSockets, are answered by the ASGI application over the same connection.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp

from straightway.runtime.lifetimes import HANDLERS
from straightway.runtime.rsgi import Protocol, ends, lazy_scope
from straightway.serve.failures import FailureLayer
from straightway.serve.rsgi_websocket import websocket_ends, websocket_scope
from straightway.serve.startup import Lifespan

__all__ = ["RSGIServer"]


class RSGIServer:
    """What an application has for a server that speaks RSGI: its lifespan, and how requests are answered."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        self._lifespan: Lifespan | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run the start of the application's lifespan on the server's loop, which does not run yet."""
        self._lifespan = Lifespan(self.app, self.state)
        loop.run_until_complete(self._lifespan.start())

    def stop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run the end of the application's lifespan."""
        if self._lifespan is not None:
            loop.run_until_complete(self._lifespan.stop())

    async def answer(self, rsgi: Any, protocol: Protocol, stack: ASGIApp) -> None:
        """Answer one connection; `stack` is the application with what wraps it."""
        if rsgi.proto != "http":
            await self.app(websocket_scope(rsgi, self.state), *websocket_ends(protocol))
            return
        if isinstance(stack, FailureLayer) and stack.app is stack.exceptions and not self.app.root_path:
            found = stack.router.first_answer(rsgi.path, rsgi.method)
            if found is not None and (native := found[0].native_handler()):
                await self._straight(native, found, rsgi, protocol, stack)
                return
        scope = lazy_scope(rsgi, self.state).completed()
        await self.app(scope, *ends(scope, protocol))

    async def _straight(
        self,
        native: Any,
        found: tuple[Any, dict[str, Any]],
        rsgi: Any,
        protocol: Protocol,
        stack: FailureLayer,
    ) -> None:
        target, parameters = found
        scope = lazy_scope(rsgi, self.state)
        scope["app"] = self.app
        scope["router"] = stack.router
        scope[HANDLERS] = stack.handlers
        scope["route"], scope["endpoint"] = target.route, target.endpoint
        scope["path_params"] = parameters
        try:
            await native(scope, protocol)
        except Exception as error:
            unanswered = await stack.failed(error, scope.completed(), *ends(scope, protocol))
            if unanswered is error:
                raise
            if unanswered is not None:
                raise unanswered from unanswered.__cause__
