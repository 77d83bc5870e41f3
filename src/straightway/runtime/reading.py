"""The raw values of a request, read for the names that an endpoint asks for."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from straightway.errors import EndpointContext, RequestValidationError, too_large_in
from straightway.fields import Undefined

REQUEST = "straightway.request"
"""Scope key: the request as the endpoint left it, for exception handlers."""


def query_values(scope: Scope) -> dict[str, str]:
    """Return the query parameters; where a key is repeated the last value counts, as in FastAPI.

    Browsers disagree (`URLSearchParams.get()` gives the first), but code written for FastAPI relies on it.
    """
    text: bytes = scope["query_string"]
    if not text:
        return {}
    values: dict[str, str] = {}
    for part in text.decode("latin-1").split("&"):
        if part:
            name, _, value = part.partition("=")
            if "%" in part or "+" in part:
                name, value = unquote_plus(name), unquote_plus(value)
            values[name] = value
    return values


def query_lists(scope: Scope, many: frozenset[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the query parameters, and every value of the names in `many`."""
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        values[name] = value
        if name in many:
            lists.setdefault(name, []).append(value)
    return values, lists


def header_values(scope: Scope, wanted: Mapping[bytes, str]) -> dict[str, str]:
    """Return the wanted headers by the names the endpoint knows; the first value of a repeated one counts."""
    values: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in wanted:
            values.setdefault(wanted[name], value.decode("latin-1"))
    return values


def header_lists(
    scope: Scope, wanted: Mapping[bytes, str], many: frozenset[str]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the wanted headers, and every value of the names in `many`."""
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        key = wanted.get(name)
        if key is None:
            continue
        text = value.decode("latin-1")
        values.setdefault(key, text)
        if key in many:
            lists.setdefault(key, []).append(text)
    return values, lists


async def read_body(receive: Receive) -> bytes:
    """Return the whole request body; what goes wrong on the way is a 400, except an HTTP error of its own."""
    try:
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            body: bytes = message.get("body", b"")
            return body
        return await _joined(message, receive)
    except HTTPException:
        raise
    except Exception as error:
        raise too_large_in(error) or unreadable() from error


async def _joined(message: Message, receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)
        message = await receive()


async def body_of(request: Request) -> bytes:
    """Return the body of a request that a dependency may have read before; errors as in `read_body`."""
    try:
        return await request.body()
    except HTTPException:
        raise
    except Exception as error:
        raise too_large_in(error) or unreadable() from error


def unreadable() -> HTTPException:
    """Return the 400 for a body that cannot be read at all."""
    return HTTPException(status_code=400, detail="There was an error parsing the body")


def parsed_json(body: bytes, scope: Scope, strict_content_type: bool, context: EndpointContext) -> Any:
    """Return the JSON value of a body, the body itself when it is not JSON, or Undefined when there is none.

    Raises `RequestValidationError` for a syntax error, `HTTPException` 400 for what cannot be decoded at all.
    """
    if not body:
        return Undefined
    if not is_json(scope, strict_content_type):
        return body
    try:
        return from_json(body)
    except ValueError:
        return _parsed_slowly(body, scope, context)


def _parsed_slowly(body: bytes, scope: Scope, context: EndpointContext) -> Any:
    """Parse what pydantic-core refuses (other encodings, lone surrogates) as the standard library does."""
    try:
        value = json.loads(body)
    except json.JSONDecodeError as error:
        item = {
            "type": "json_invalid",
            "loc": ("body", error.pos),
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": error.msg},
        }
        raise RequestValidationError([item], body=error.doc, endpoint_ctx=located(context, scope)) from error
    except Exception as error:  # bad UTF-8, RecursionError
        raise too_large_in(error) or unreadable() from error
    if not _can_be_answered(value):
        raise unreadable()
    return value


_DEEPEST = 201  # pydantic-core's own limit for what it parses; it writes 255 levels


def _can_be_answered(value: Any) -> bool:
    """Tell whether an endpoint can send the value back: not nested too deeply, and all its keys can be encoded."""
    level = [value]
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                if not all(map(_is_unicode, each)):
                    return False
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        if not inner:
            return True
        level = inner
    return False


def _is_unicode(text: str) -> bool:
    """Tell whether a text is without lone surrogates, which no encoding of Unicode has room for."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_json(scope: Scope, strict_content_type: bool) -> bool:
    """Tell whether Content-Type says JSON; a request without one does, unless it is asked for strictly."""
    for name, value in scope["headers"]:
        if name == b"content-type":
            return value == b"application/json" or is_json_type(value.decode("latin-1"))
    return not strict_content_type


def is_json_type(content_type: str) -> bool:
    """Tell whether a Content-Type is application/json or application/*+json (RFC 6839), whatever its parameters."""
    essence = content_type.partition(";")[0].strip().lower()
    return essence == "application/json" or (essence.startswith("application/") and essence.endswith("+json"))


def remembered(scope: Scope, receive: Receive, send: Send, body: bytes | None) -> Request:
    """Return a request that still has the body that was read, for exception handlers."""
    request = Request(scope, receive, send)
    if body is not None:
        request._body = body  # noqa: SLF001  # what Request.body() itself would have set
    return request


def located(context: EndpointContext, scope: Scope) -> EndpointContext:
    """Return the endpoint's context with the path as this request reached it."""
    root_path = scope.get("root_path", "")
    path = context.get("path", "")
    if not root_path or not path:
        return context
    method, _, template = path.partition(" ")
    return {**context, "path": f"{method} {root_path.rstrip('/')}{template}"}


class BodyFirstRequest(Request):
    """A request whose `stream()` keeps the body, because the endpoint's own body is read after a dependency ran."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the body; the first reading of it all is remembered."""
        if not hasattr(self, "_body") and not self._stream_consumed:
            chunks = [chunk async for chunk in super().stream()]
            self._body = b"".join(chunks)
        async for chunk in super().stream():
            yield chunk
