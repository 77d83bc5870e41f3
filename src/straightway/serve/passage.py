"""The way to a route through included routers whose classes decide for themselves what reaches their routes."""

from __future__ import annotations

from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

PASSAGE = "straightway.passage"
"""Scope key: the rest of the way, for the router that is asked."""


class Passage(BaseRoute):
    """A route behind routers that have a `matches` or `handle` of their own, asked in turn, outermost first."""

    def __init__(self, route: BaseRoute, routers: tuple[Any, ...]) -> None:
        self.route, self.routers = route, routers

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether all routers let the connection pass, and the route answers it."""
        if not self.routers:
            match, child_scope = self.route.matches(scope)
        else:
            match, child_scope = self.routers[0].matches({**scope, PASSAGE: self._rest()})
        return match, child_scope if match is Match.NONE else {"route": self.route, **child_scope}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the `handle` of each router, in the scope itself: layers outside read what is noted there."""
        if self.routers:
            scope[PASSAGE] = self._rest()
            await self.routers[0].handle(scope, receive, send)
            return
        scope.pop(PASSAGE, None)
        await self.route.handle(scope, receive, send)

    def _rest(self) -> Passage:
        return Passage(self.route, self.routers[1:])
