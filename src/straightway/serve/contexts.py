"""A route together with what including it has made of it, for code that asks about included routes."""

# ruff: noqa: D102  # the attributes are those of routes

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute


@dataclass(frozen=True)
class RouteContext:
    """A route and what including it has made of it; attributes that are not listed are those of the latter.

    `route` is the route as it was declared, whose path has no prefix of an including router. `path`, `dependencies`,
    `tags` and so on are those that are served and documented.
    """

    route: BaseRoute
    _route_context: BaseRoute | None = None

    @property
    def original_route(self) -> BaseRoute:
        return self.route

    @property
    def path(self) -> str | None:
        return getattr(self._effective, "path", None)

    @property
    def path_format(self) -> str | None:
        return getattr(self._effective, "path_format", None)

    @property
    def name(self) -> str | None:
        return getattr(self._effective, "name", None)

    @property
    def methods(self) -> set[str] | None:
        return getattr(self._effective, "methods", None)

    @property
    def endpoint(self) -> Callable[..., Any] | None:
        return getattr(self._effective, "endpoint", None)

    @property
    def _effective(self) -> BaseRoute:
        return self.route if self._route_context is None else self._route_context

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by copy and pickle before there is a route to ask
            raise AttributeError(name)
        return getattr(self._effective, name)
