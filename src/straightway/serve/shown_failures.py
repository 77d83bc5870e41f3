"""Exceptions shown to the developer: what they met in this application is looked up here, and told by `describe`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from straightway.describe.failure_answer import failure_response
from straightway.describe.frames import calls_of, chain_of
from straightway.describe.progress import Planned
from straightway.logger import logger
from straightway.serve.planned import overrides_of
from straightway.serve.routes import APIRoute
from straightway.wording import COMPILED

__all__ = ["shown"]


def shown(error: Exception, request: Request) -> Response:
    """Return the response that shows an exception. It never raises: then there would be no answer at all."""
    try:
        return failure_response(error, request, _planned(error, request))
    except Exception:  # noqa: BLE001  # it is logged; the one that is to be shown matters more
        logger.exception("The page that shows an exception could not be made")
        return PlainTextResponse("Internal Server Error", 500)


def _planned(error: Exception, request: Request) -> Planned | None:
    """Return the plan of the endpoint that the request reached, None where that was no route with a plan."""
    route = _route_of(error, request)
    if not isinstance(route, APIRoute):
        return None
    overrides = overrides_of(route)
    return Planned(route.plan_for(overrides), route.dependant, overrides)


def _route_of(error: Exception, request: Request) -> Any:
    """Look in the scope, and in that of the compiled function: middleware may have handed on a copy."""
    for raised, _ in chain_of(error):
        for frame, _, _ in reversed(calls_of(raised)):
            if frame.f_code.co_filename.startswith(COMPILED) and "scope" in frame.f_locals:
                return frame.f_locals["scope"].get("route")
    return request.scope.get("route")
