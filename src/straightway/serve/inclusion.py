"""One router in another: real routes with full paths, kept up to date when the included router changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from inspect import getattr_static
from typing import Any, TypeVar

from starlette.routing import BaseRoute, Host, Mount, Route, Router, WebSocketRoute

from straightway.declare.options import LAYERED, combine
from straightway.errors import DeclarationError, calling_place
from straightway.serve.limits import limit_body, limit_forms
from straightway.serve.planned import lazily
from straightway.serve.routes import APIRoute
from straightway.serve.websocket_routes import APIWebSocketRoute

_ORIGINAL = "_straightway_original"
_ROUTERS = "_straightway_routers"
_Planned = TypeVar("_Planned", APIRoute, APIWebSocketRoute)


def original_of(route: BaseRoute) -> BaseRoute:
    """Return the route as it was declared, which an included one was made from; a direct route itself."""
    original: BaseRoute = route.__dict__.get(_ORIGINAL, route)
    return original


def routers_of(route: BaseRoute) -> tuple[Any, ...]:
    """Return the routers through which a route was included, outermost first; none for a direct route."""
    routers: tuple[Any, ...] = route.__dict__.get(_ROUTERS, ())
    return routers


class RouteList(list[BaseRoute]):
    """A router's routes: an ordinary list that tells its router when it changes."""

    def __init__(self, routes: Iterable[BaseRoute], changed: Callable[[], None]) -> None:
        super().__init__(routes)
        self.changed = changed

    def __reduce__(self) -> Any:
        return (list, (list(self),))


def _telling(name: str) -> Any:
    original = getattr(list, name)

    def method(self: RouteList, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        self.changed()
        return result

    method.__name__ = name
    return method


for _name in (
    "append",
    "extend",
    "insert",
    "remove",
    "pop",
    "clear",
    "sort",
    "reverse",
    "__setitem__",
    "__delitem__",
    "__iadd__",
    "__imul__",
):
    setattr(RouteList, _name, _telling(_name))


class Inclusion:
    """What `include_router` was told, and the routes it has made so far."""

    def __init__(
        self,
        parent: Any,
        child: Any,
        outer: Mapping[str, Any],
        prefix: str,
        after: BaseRoute | Inclusion | None,
    ) -> None:
        self.parent, self.child = parent, child
        self.outer = outer
        """Options of the including router with those of the inclusion laid over them, as they were then."""
        self.prefix = prefix
        self.after = after
        self.made: dict[int, tuple[BaseRoute, BaseRoute]] = {}
        """Original and made route, by the id of the original."""

    def routes(self) -> Iterator[BaseRoute]:
        """Yield the made routes in the order of their originals; new ones are made, those of removed ones forgotten."""
        known, self.made = self.made, {}
        for original in self.child.routes:
            pair = known.get(id(original))
            made = pair[1] if pair is not None else self._made(original)
            if made is not None:
                made.__dict__[_ORIGINAL] = original_of(original)
                made.__dict__[_ROUTERS] = (self.child, *routers_of(original))
                self.made[id(original)] = (original, made)
                yield made

    def _made(self, route: BaseRoute) -> BaseRoute | None:
        with lazily():
            match route:
                case APIRoute():
                    return self._api_route(route)
                case APIWebSocketRoute():
                    return self._websocket_route(route)
                case Route():
                    return Route(
                        self.prefix + route.path,
                        route.endpoint,
                        methods=list(route.methods or []),
                        include_in_schema=route.include_in_schema,
                        name=route.name,
                    )
                case WebSocketRoute():
                    return WebSocketRoute(self.prefix + route.path, route.endpoint, name=route.name)
                case Mount():
                    return Mount(self.prefix + route.path, app=self._limited(route.app), name=route.name)
                case Host():
                    app = Mount(self.prefix, app=route.app) if self.prefix else route.app
                    return Host(route.host, app=_as_app(app), name=route.name)
                case _:
                    return None

    def _api_route(self, route: APIRoute) -> APIRoute:
        own = {name: getattr(route, name) for name in LAYERED}
        inner = combine(self.child.late_options(), own)
        options: dict[str, Any] = combine(self.outer, inner)
        for name in _OWN:
            options[name] = getattr(route, name)
        options["response_model"] = route._response_model  # noqa: SLF001  # a placeholder where nothing was given
        options["dependency_overrides_provider"] = self._provider(route)
        made = _sibling(route)
        APIRoute.__init__(made, self.prefix + route.path, route.endpoint, **options)
        return made

    def _websocket_route(self, route: APIWebSocketRoute) -> APIWebSocketRoute:
        dependencies = [*(self.outer.get("dependencies") or ()), *route.dependencies]
        made = _sibling(route)
        APIWebSocketRoute.__init__(
            made,
            self.prefix + route.path,
            route.endpoint,
            name=route.name,
            dependencies=dependencies,
            dependency_overrides_provider=self._provider(route),
        )
        return made

    def _limited(self, app: Any) -> Any:
        """Return a mounted application under the limits of the inclusion, which the mount itself does not know."""
        inner = {name: getattr(self.child, name) for name in ("max_body_size", "form_limits")}
        limits = combine(self.outer, inner)
        return limit_forms(limit_body(app, limits.get("max_body_size")), limits.get("form_limits"))

    def _provider(self, route: APIRoute | APIWebSocketRoute) -> Any:
        return self.parent.dependency_overrides_provider or route.dependency_overrides_provider


def _sibling(route: _Planned) -> _Planned:
    """Return a route of the same class with the same attributes, but nothing that was worked out from them.

    The class's own constructor does not run again: it may wrap the endpoint, or take arguments nobody kept.
    """
    made = type(route).__new__(type(route))
    made.__dict__.update(
        (name, value)
        for name, value in route.__dict__.items()
        if name not in _DERIVED and not isinstance(getattr_static(type(route), name, None), cached_property)
    )
    return made


_DERIVED = ("_functions", "_replaced_app")
"""Attributes that belong to one route's own handler, next to the cached properties."""


def _as_app(app: Any) -> Any:
    if not isinstance(app, Mount):
        return app
    return Router(routes=[app])


_OWN = (
    "methods",
    "name",
    "operation_id",
    "status_code",
    "summary",
    "description",
    "response_description",
    "response_model_include",
    "response_model_exclude",
    "response_model_by_alias",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "openapi_extra",
)


def place_of_routes(routes: list[BaseRoute], inclusion: Inclusion) -> int:
    """Return where in the list the routes of an inclusion belong: after those of what came before it."""
    before = inclusion.after
    while isinstance(before, Inclusion):
        index = _last_index(routes, [made for _, made in before.made.values()])
        if index is not None:
            return index + 1
        before = before.after
    if before is None:
        return 0
    index = _last_index(routes, [before])
    return len(routes) if index is None else index + 1


def _last_index(routes: list[BaseRoute], wanted: list[BaseRoute]) -> int | None:
    ids = {id(each) for each in wanted}
    return next((index for index in range(len(routes) - 1, -1, -1) if id(routes[index]) in ids), None)


def check_prefix(prefix: str) -> None:
    """Raise `DeclarationError` for a prefix that paths cannot follow."""
    if not prefix.startswith("/"):
        raise DeclarationError(
            "A path prefix must start with '/'", at=calling_place(), instead=f'prefix="/{prefix.rstrip("/")}"'
        )
    if prefix.endswith("/"):
        raise DeclarationError(
            "A path prefix must not end with '/', as the routes will start with '/'",
            at=calling_place(),
            instead=f'prefix="{prefix.rstrip("/")}"' if prefix.strip("/") else "no prefix at all",
        )
