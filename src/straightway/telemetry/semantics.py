"""A connection in the words of OpenTelemetry's semantic conventions for HTTP."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import Scope

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"
"""The version of the conventions."""

DURATION_BOUNDARIES = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds: what the conventions advise for http.server.request.duration."""

_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
)
_METHODS_VARIABLE = "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS"
_REDACTED = frozenset(
    {"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "sig", "X-Goog-Signature"}
)
"""Query parameters with which cloud providers sign URLs; the conventions name them, in this spelling."""
_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_AUTHORITY = re.compile(r"(?:\[(?P<ip6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s:/?#@\[\]]+))(?::(?P<port>[0-9]*))?")

Attributes = dict[str, Any]


def known_methods() -> frozenset[str]:
    """Return the methods that are recorded by name: each other value would be a further time series."""
    said = os.environ.get(_METHODS_VARIABLE, "")
    return frozenset(each.strip() for each in said.split(",") if each.strip()) or _METHODS


def method_attributes(method: str, known: frozenset[str]) -> Attributes:
    """Return the method of a request, bounded, and what it was if that says less."""
    if method in known:
        return {"http.request.method": method}
    return {"http.request.method": "_OTHER", "http.request.method_original": method}


def url_attributes(scope: Scope) -> Attributes:
    """Return path and query of a request, credentials in it redacted."""
    attributes: Attributes = {"url.path": scope["path"]}
    if query := scope.get("query_string", b""):
        attributes["url.query"] = redacted(query.decode("latin-1"))
    return attributes


def redacted(query: str) -> str:
    """Return a query string, written anew, without the values that sign it."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return urlencode([(name, "REDACTED" if name in _REDACTED else value) for name, value in pairs])


def server_attributes(scope: Scope, scheme: str) -> Attributes:
    """Return the authority that the client asked, else where the server listens; nothing for a malformed one."""
    host = next((value for name, value in scope.get("headers", ()) if name == b"host"), None)
    if host is not None:
        return _authority(host.decode("latin-1"), scheme)
    server = scope.get("server")
    if not server:
        return {}
    address, port = server
    return {"server.address": address} | ({} if port is None else {"server.port": port})


def _authority(host: str, scheme: str) -> Attributes:
    match = _AUTHORITY.fullmatch(host)
    if match is None:
        return {}
    attributes: Attributes = {"server.address": match["ip6"] or match["name"]}
    port = match["port"]
    if port and (len(port) > 5 or int(port) > 65535):  # longer ones may be too long for int()
        return {}
    number = int(port) if port else _DEFAULT_PORTS.get(scheme)
    return attributes if number is None else {**attributes, "server.port": number}


def error_type(error: BaseException, package: str) -> str:
    """Return the name of an exception's class, with its module unless it is a builtin.

    `package` is the one in which an application finds the framework's exceptions.
    """
    kind = type(error)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    module = f"{package}.exceptions" if kind.__module__ == "straightway.errors" else kind.__module__
    return f"{module}.{kind.__qualname__}"
