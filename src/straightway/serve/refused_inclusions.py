"""Inclusions of routers that make no sense, refused where they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from starlette.routing import BaseRoute

from straightway.analyse.places import place_of
from straightway.errors import DeclarationError, Place, StraightwayError, calling_place
from straightway.serve.inclusion import check_prefix
from straightway.serve.routes import APIRoute
from straightway.serve.websocket_routes import APIWebSocketRoute


class Including(Protocol):
    """What is asked of a router."""

    @property
    def routes(self) -> list[BaseRoute]:
        """All routes, those of included routers among them."""
        ...

    def included(self) -> Iterator[Including]:
        """Yield the routers that are included in it."""
        ...

    def check_path(self, path: str, at: Callable[[], Place]) -> None:
        """Refuse a path that no request has."""
        ...


def check_inclusion(parent: Including, router: Including, prefix: str) -> None:
    """Raise for a router that is part of itself, and for one whose routes would have no path."""
    if router is parent:
        raise DeclarationError(
            "Cannot include the same APIRouter instance into itself. Did you mean to include a different router?",
            at=calling_place(),
            instead="app.include_router(router), on what the router belongs to",
        )
    if parent in set(_included(router)):
        raise DeclarationError(
            "Cannot include an APIRouter instance that already includes this router. "
            "Two routers cannot be part of each other.",
            at=calling_place(),
            instead="one of the two calls of include_router()",
        )
    if prefix:
        check_prefix(prefix)
    else:
        _check_paths(parent, router)


def _check_paths(parent: Including, router: Including) -> None:
    for route in router.routes:
        path = getattr(route, "path", None)
        at = partial(place_of, getattr(route, "endpoint", None) or type(route))
        if path == "":
            name = getattr(route, "name", "unknown")
            raise StraightwayError(
                f"Prefix and path cannot be both empty (path operation: {name})",
                at=at(),
                instead='"/" as the path, or include_router(router, prefix="/...")',
            )
        if isinstance(route, APIRoute | APIWebSocketRoute):
            parent.check_path(route.path, at)


def _included(router: Including) -> Iterator[Including]:
    for child in router.included():
        yield child
        yield from _included(child)
