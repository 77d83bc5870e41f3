"""The answer to a request that failed in debug mode: a page, JSON or text, whichever the client prefers."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from straightway.describe.failing import failure_of
from straightway.describe.failure_page import page_of
from straightway.describe.failure_style import headers
from straightway.describe.failure_text import as_json, as_text
from straightway.describe.progress import Planned
from straightway.negotiation import media_ranges

__all__ = ["failure_response", "preferred"]

Kind = Literal["html", "json", "text"]


def failure_response(error: BaseException, request: Request, planned: Planned | None) -> Response:
    """Return what shows the exception to its client. It may take a while: it belongs into a thread."""
    failure = failure_of(error, request, planned)
    match preferred(", ".join(request.headers.getlist("accept"))):
        case "html":
            return _response(page_of(failure), "text/html; charset=utf-8", headers())
        case "json":
            return _response(as_json(failure), "application/json", _UNKEPT)
        case "text":
            return _response(as_text(failure), "text/plain; charset=utf-8", _UNKEPT)


_UNKEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def _response(text: str, media_type: str, headers: dict[str, str]) -> Response:
    # All of it has been made printable; what a class or file is called may still be anything.
    content = text.encode("utf-8", "backslashreplace")
    return Response(content, 500, {**headers, "content-type": media_type})


def preferred(accept: str) -> Kind:
    """Choose by the header Accept (RFC 9110, section 12.5.1): a page for who asks for HTML by name, otherwise JSON."""
    qualities = dict(media_ranges(accept))
    page = max(qualities.get("text/html", 0.0), qualities.get("application/xhtml+xml", 0.0))
    anything = qualities.get("*/*", 0.0)
    data = qualities.get("application/json", qualities.get("application/*", anything))
    data = max([data, *(each for name, each in qualities.items() if name.endswith("+json"))])
    text = qualities.get("text/plain", qualities.get("text/*", anything))
    if page and page >= data:
        return "html"
    return "text" if text > data else "json"
