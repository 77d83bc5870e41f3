"""The routes of an application in the order in which they are tried, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, Host, Mount

from straightway.describe.explain import schemes_of
from straightway.describe.explanation import Origin
from straightway.describe.origins import origin_of
from straightway.plan import Call
from straightway.security.base import SecurityBase
from straightway.serve.candidates import methods_of, path_of, route_origin, router_of
from straightway.serve.inclusion import routers_of
from straightway.serve.routes import APIRoute
from straightway.serve.table import is_plain
from straightway.serve.websocket_routes import APIWebSocketRoute


@dataclass(frozen=True, slots=True)
class Listed:
    """One route: what reaches it, what it leads to, and what stands before that."""

    methods: tuple[str, ...]
    """`WS` for a WebSocket; none for a mount, which takes all."""
    path: str
    """From the outermost application on."""
    name: str
    origin: Origin
    dependencies: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    depth: int = 0
    """How many mounts it is behind."""
    is_certain: bool = True
    """Whether path and methods alone decide what reaches it."""


def listed_routes(app: Any) -> list[Listed]:
    """List the routes of an application, those of mounted ones after their mounts, frontends last."""
    return [row for row, _, _ in routes_with_rows(app)]


def routes_with_rows(app: Any) -> Iterator[tuple[Listed, Any, Any]]:
    """Yield each row with its route (of a frontend: with that) and the application or router that the route is of."""
    yield from _listed(app, "", 0)


def _listed(app: Any, prefix: str, depth: int) -> Iterator[tuple[Listed, Any, Any]]:
    router: Any = router_of(app)
    general: int | None = getattr(app, "max_body_size", None)
    for route in router.routes:
        yield _row(route, prefix, depth, general), route, app
        if isinstance(route, Mount | Host):
            inner: Any = vars(route).get("_base_app", route.app)
            if router_of(inner) is not None:
                below = f"{prefix}{path_of(route)}" if isinstance(route, Mount) else prefix
                yield from _listed(inner, below, depth + 1)
    for frontend in router.all_frontends() if hasattr(router, "all_frontends") else ():
        path = f"{prefix}{frontend.path}/{{path:path}}"
        origin = Origin(f"files of {frontend.directory}")
        row = Listed(("GET",), path, "frontend", origin, depth=depth, is_certain=False)
        yield row, frontend, app


def _row(route: Any, prefix: str, depth: int, general: int | None) -> Listed:
    planned = isinstance(route, APIRoute | APIWebSocketRoute)
    return Listed(
        methods=methods_of(route),
        path=f"{prefix}{path_of(route)}" or "/",
        name=str(getattr(route, "name", "") or ""),
        origin=route_origin(route),
        dependencies=tuple(_dependencies(route)) if planned else (),
        security=tuple(_security(route)) if planned else (),
        limits=tuple(_limits(route, general)),
        depth=depth,
        is_certain=_is_certain(route),
    )


def _is_certain(route: BaseRoute) -> bool:
    if any(each.is_asked for each in routers_of(route)):
        return False
    return is_plain(route) or type(route) is Mount


def _calls(route: APIRoute | APIWebSocketRoute) -> Sequence[Call]:
    return [step for step in route.plan_for().steps if isinstance(step, Call)]


def _dependencies(route: APIRoute | APIWebSocketRoute) -> Iterator[str]:
    names = (
        origin_of(call.call).name
        for call in _calls(route)
        if not call.is_endpoint and not isinstance(call.call, SecurityBase)
    )
    yield from dict.fromkeys(names)


def _security(route: APIRoute | APIWebSocketRoute) -> Iterator[str]:
    for scheme in schemes_of(route.dependant):
        yield f"{scheme.name}({' '.join(scheme.scopes)})" if scheme.scopes else scheme.name


def _limits(route: Any, general: int | None) -> Iterator[str]:
    own: int | None = getattr(route, "max_body_size", None)
    size = general if own is None else own
    if size is not None and not isinstance(route, APIWebSocketRoute):
        yield f"body {size}"
    for name, value in (getattr(route, "form_limits", None) or {}).items():
        yield f"{name.removeprefix('max_')} {value}"
    if not isinstance(route, APIRoute | APIWebSocketRoute):
        return
    for call in _calls(route):
        if call.concurrency is not None:
            yield f"{origin_of(call.call).name} {call.concurrency.max_concurrency} at once"
