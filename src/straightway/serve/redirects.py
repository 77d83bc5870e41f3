"""Redirects to the path with, or without, a slash at its end."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import URL
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Scope

from straightway.serve.table import Table, note_route, route_path

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_IN_PATHS = "/:@!$&'()*+,;=[]"
"""What may stand in a path as it is, beside letters, digits and -._~ (RFC 3986, section 3.3, and Starlette)."""


def slash_redirect(scope: Scope, table: Table) -> ASGIApp | None:
    """Return the redirect to the other spelling of the path, where a route has that one; None where none has."""
    if route_path(scope) == "/":
        return None
    path: str = scope["path"]
    toggled = {**scope, "path": path.rstrip("/") if path.endswith("/") else f"{path}/"}
    target = table.first_with_path(toggled)
    if target is None:
        return None
    note_route(scope, target)
    # The path was unescaped by the server; the query was not, and may be any bytes.
    written = {
        "path": quote(toggled["path"], safe=_IN_PATHS),
        "query_string": quote(scope["query_string"], safe=_PRINTABLE).encode("ascii"),
    }
    return RedirectResponse(url=str(URL(scope={**toggled, **written})))
