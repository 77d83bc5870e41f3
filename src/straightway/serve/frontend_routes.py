"""A frontend's dependencies and its files, as one compiled endpoint."""

from __future__ import annotations

from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Scope

from straightway.serve.frontend import Frontend, answer, match, respond
from straightway.serve.limits import limit_body
from straightway.serve.routes import APIRoute
from straightway.telemetry.activity import connection_of

_routes: WeakKeyDictionary[Any, dict[Frontend, APIRoute]] = WeakKeyDictionary()


def frontend_app(frontends: list[Frontend], scope: Scope, router: Any) -> ASGIApp | None:
    """Return the application that answers from the frontend a request is below, or None."""
    found = match(frontends, scope)
    if found is None:
        return None
    frontend, kind = found
    if (connection := connection_of(scope)) is not None:
        connection.reached(f"{frontend.path.rstrip('/')}/{{path}}")
    if kind is Match.PARTIAL or not frontend.dependencies:
        return limit_body(partial(respond, frontend), frontend.max_body_size)
    scope.setdefault("path_params", {})
    return limit_body(_guarded(frontend, router).app, frontend.max_body_size)


def _guarded(frontend: Frontend, router: Any) -> APIRoute:
    """Return a route that runs the frontend's dependencies and then answers; made once."""
    kept = _routes.setdefault(router, {})
    route = kept.get(frontend)
    if route is not None:
        return route

    async def page(request: Request, response: Response, background_tasks: BackgroundTasks) -> Response:
        file = await answer(frontend, request.scope)
        file.raw_headers.extend(response.raw_headers)
        file.background = file.background or background_tasks
        return file

    route = kept[frontend] = APIRoute(
        f"{frontend.path}/{{path:path}}",
        page,
        methods=["GET", "HEAD"],
        dependencies=frontend.dependencies,
        include_in_schema=False,
        dependency_overrides_provider=router.dependency_overrides_provider,
    )
    return route
