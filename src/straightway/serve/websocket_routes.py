"""WebSocket endpoints as routes: Starlette's shape outside, a plan and its compiled function inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from starlette.routing import Match, WebSocketRoute, get_name, websocket_session
from starlette.types import ASGIApp, Scope
from starlette.websockets import WebSocket

from straightway.analyse.bodies import should_embed_body_fields
from straightway.analyse.dependant import Dependant, body_params_of
from straightway.analyse.endpoint import plan_of
from straightway.analyse.graph import endpoint_dependant
from straightway.analyse.places import place_of
from straightway.analyse.steps import Overrides
from straightway.declare.depends import Depends
from straightway.errors import StraightwayError
from straightway.plan import Answer, Plan
from straightway.serve.agents import agents
from straightway.serve.path_regex import PathRegex, parsed_path
from straightway.serve.planned import UNWATCHED, compiled, is_analysed_later, overrides_of, watched_by
from straightway.telemetry.activity import activity


class APIWebSocketRoute(WebSocketRoute):
    """One function that talks over a WebSocket at one path."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        name: str | None = None,
        dependencies: Sequence[Depends] | None = None,
        dependency_overrides_provider: Any = None,
    ) -> None:
        self.path = path
        self.endpoint = endpoint
        self.name = get_name(endpoint) if name is None else name
        self.dependencies = list(dependencies or [])
        self.dependency_overrides_provider = dependency_overrides_provider
        self.path_format, self.param_convertors = parsed_path(path)
        if not is_analysed_later():
            self.analyse()

    path_regex: re.Pattern[str] = PathRegex()  # type: ignore[assignment]  # a descriptor, which makes it when it is needed

    def analyse(self) -> None:
        """Work everything out now, so that mistakes are reported where the route is declared."""
        try:
            _ = self.dependant
        except StraightwayError as error:
            error.located(place_of(self.endpoint, self._label))
            raise

    @property
    def _label(self) -> str:
        return f"WS {self.path_format}"

    @cached_property
    def dependant(self) -> Dependant:
        """The tree of what the endpoint needs; packages may change it until the first request."""
        return endpoint_dependant(self.path_format, self.endpoint, self.dependencies)

    @cached_property
    def _embed_body_fields(self) -> bool:
        return should_embed_body_fields(body_params_of(self.dependant))

    def plan_for(self, overrides: Overrides | None = None) -> Plan:
        """Return the plan of this endpoint, with replaced dependencies where `overrides` names them."""
        return plan_of(
            self.dependant,
            Answer("value"),
            label=self._label,
            embed=self._embed_body_fields,
            overrides=overrides,
            websocket=True,
        )

    @cached_property
    def app(self) -> ASGIApp:  # type: ignore[override]  # an attribute in Starlette, made on first use here
        """The endpoint as an ASGI application; may be replaced."""
        return websocket_session(self._run)

    async def _run(self, websocket: WebSocket) -> None:
        if agents.websocket is not None:
            await agents.websocket(self)(websocket)
            return
        watched = watched_by(websocket.scope) if activity.on else UNWATCHED
        await compiled(self, "websocket", overrides_of(self), watched)(websocket)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the route answers the connection, and what it adds to the scope."""
        match, child_scope = super().matches(scope)
        if match is not Match.NONE:
            child_scope["route"] = self
        return match, child_scope
