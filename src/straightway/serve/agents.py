"""Where agents that trace requests take over: handlers made by their functions instead of compiled ones.

Nothing is here until an agent replaces one of FastAPI's functions (`interop.replaced`), and nothing is asked for each
request: what was made before is forgotten when that happens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakSet

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket


class Forgetting(Protocol):
    """What keeps handlers that were made."""

    def forget(self) -> None:
        """Forget them."""
        ...


@dataclass
class Agents:
    """What makes the handlers of routes; None for what is compiled."""

    handler: Callable[[Any], Callable[[Request], Awaitable[Response]]] | None = None
    """From an HTTP route to its handler."""
    websocket: Callable[[Any], Callable[[WebSocket], Awaitable[None]]] | None = None
    """From a WebSocket route to its handler."""
    version: int = 0
    """Grows with each change: a handler made under another version is to be made anew."""


agents = Agents()
_keeping: WeakSet[Forgetting] = WeakSet()


def keeps_handler(target: Forgetting) -> None:
    """Have `target.forget()` called when agents take over or let go."""
    _keeping.add(target)


def take_over(
    handler: Callable[[Any], Callable[[Request], Awaitable[Response]]] | None,
    websocket: Callable[[Any], Callable[[WebSocket], Awaitable[None]]] | None,
) -> None:
    """Have handlers made by these functions from now on, those of routes that have answered already too."""
    agents.handler, agents.websocket = handler, websocket
    agents.version += 1
    for target in list(_keeping):
        target.forget()


STARLETTE_CALL = Starlette.__call__
"""The method as it is here: agents replace it on the class, to stand where connections enter applications."""
