"""Routes as packages see them that were written for nested routers: each with its original and its full path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute

from straightway.serve.contexts import RouteContext as RouteContext
from straightway.serve.inclusion import original_of


def iter_routes_with_context(routes: Iterable[BaseRoute]) -> Iterator[tuple[BaseRoute, RouteContext | None]]:
    """Yield each route with what including it has added to it: nothing, since the route itself has it."""
    for route in routes:
        yield route, None


def iter_route_contexts(routes: Iterable[BaseRoute | RouteContext]) -> Iterator[RouteContext]:
    """Yield a context for each route; contexts among them are yielded as they are.

    The list of a router is flat already: it has the routes of included routers with their full paths.
    """
    for route in routes:
        if isinstance(route, RouteContext):
            yield route
            continue
        original = original_of(route)
        yield RouteContext(original, None if original is route else route)
