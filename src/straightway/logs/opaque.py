"""The answer that says nothing about what went wrong but where it is written: the id of the request."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from straightway.logs.request_id import REQUEST_ID
from straightway.negotiation import media_ranges

__all__ = ["opaque_response"]


def opaque_response(scope: Scope) -> Response:
    """Return the 500 for a request that has an id: JSON for those who ask for JSON, else text."""
    request_id: str = scope[REQUEST_ID]
    if _prefers_json(Headers(scope=scope).get("accept", "")):
        return JSONResponse({"detail": "Internal Server Error", "request_id": request_id}, status_code=500)
    return PlainTextResponse(f"Internal Server Error\nRequest id: {request_id}", status_code=500)


def _prefers_json(accept: str) -> bool:
    """Tell whether JSON is named, and no text is wanted more (RFC 9110, section 12.5.1)."""
    json = text = 0.0
    for kind, quality in media_ranges(accept):
        if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
            json = max(json, quality)
        elif kind.startswith("text/"):
            text = max(text, quality)
    return json > 0 and json >= text
