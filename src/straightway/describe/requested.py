"""The request of a failure, as far as it was read: without secrets, shortened, and whatever bytes a client sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from starlette.requests import Request
from starlette.types import Scope

from straightway.describe.failure import Asked, Entry
from straightway.describe.secrets import MASK, Masker, is_secret, masked
from straightway.describe.values import printable, secrets_in, shortened, shown_value

__all__ = ["Sent", "asked_of", "secrets_of"]

_MOST = 60
_LONGEST = 300
_LONGEST_BODY = 4000
_LARGEST_PARSED = 200_000
_DEEPEST = 100


class Sent:
    """What a client sent, decoded: names and values."""

    def __init__(self, scope: Scope, body: bytes | None, form: Any) -> None:
        self.scope, self.body, self.form = scope, body, form
        self.headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in list(scope.get("headers", ()))[:_MOST]
        ]
        query: bytes = scope.get("query_string", b"")
        self.query = _pairs(query.decode("latin-1"))
        self.path_params: Mapping[str, Any] = scope.get("path_params") or {}
        cookies = "; ".join(value for name, value in self.headers if name.lower() == "cookie")
        self.cookies = [_cookie(part) for part in cookies.split(";")[:_MOST] if part.strip()]
        self.content_type = next(
            (value for name, value in self.headers if name.lower() == "content-type"), ""
        )
        self.parsed = _parsed(body, self.content_type, form)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=1000)[:_MOST]
    except ValueError:
        return []


def _cookie(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name, value.strip('"')


def _parsed(body: bytes | None, content_type: str, form: Any) -> Any:
    """Return the body as data, None for what is neither JSON nor a form, or too large to be read again."""
    if form is not None:
        return [
            (name, value if isinstance(value, str) else _upload(value)) for name, value in form.multi_items()
        ]
    if not body or len(body) > _LARGEST_PARSED:
        return None
    if "x-www-form-urlencoded" in content_type:
        return _pairs(body.decode("latin-1"))
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _upload(file: Any) -> str:
    return f"<file {getattr(file, 'filename', '')!r}, {getattr(file, 'size', '?')} bytes>"


def secrets_of(sent: Sent) -> Iterator[object]:
    """Yield what a request carries that is secret by its name."""
    named = [*sent.headers, *sent.query, *sent.path_params.items(), *_form_of(sent)]
    for name, value in named:
        if name.lower() != "cookie" and is_secret(name, sent=True):
            yield value
    for name, value in sent.cookies:
        if len(value) >= 12 or is_secret(name, sent=True):  # a session may have any name; a theme is short
            yield value
    if isinstance(sent.parsed, dict | list) and not _form_of(sent):
        yield from secrets_in(sent.parsed)


def _form_of(sent: Sent) -> list[tuple[str, str]]:
    is_form = isinstance(sent.parsed, list) and all(isinstance(each, tuple) for each in sent.parsed)
    return sent.parsed if is_form else []


def asked_of(sent: Sent, masker: Masker) -> Asked:
    """Return the request such that it may be shown."""
    scope = sent.scope
    body, note = _body(sent, masker)
    client = scope.get("client")
    return Asked(
        method=printable(str(scope.get("method", ""))[:40]),
        url=_url(sent, masker),
        http_version=printable(str(scope.get("http_version", ""))[:10]),
        client=f"{client[0]}:{client[1]}" if client else "",
        headers=_entries(sent.headers, masker),
        query=_entries(sent.query, masker),
        path_params=tuple(
            Entry(printable(name), shown_value(value, masker, name=name, sent=True, room=_LONGEST))
            for name, value in list(sent.path_params.items())[:_MOST]
        ),
        cookies=tuple(Entry(_text(name, masker, 100), MASK) for name, _ in sent.cookies),
        body=body,
        body_note=note,
    )


def _url(sent: Sent, masker: Masker) -> str:
    scope = sent.scope
    host = next((value for name, value in sent.headers if name.lower() == "host"), "")
    path = _text(str(scope.get("path", "")), masker, 500)
    query = "&".join(
        f"{quote_plus(name)}={MASK if value and is_secret(name, sent=True) else quote_plus(value)}"
        for name, value in sent.query
    )
    start = f"{scope.get('scheme', 'http')}://{host}" if host else ""
    return _text(f"{start}{path}{f'?{query}' if query else ''}", masker, 1000)


def _text(text: str, masker: Masker, room: int) -> str:
    return shortened(printable(masker.text(text[: room + 4096])), room)


def _entries(pairs: Iterable[tuple[str, str]], masker: Masker) -> tuple[Entry, ...]:
    return tuple(
        Entry(_text(name, masker, 100), _text(str(masked(name, value, sent=True)), masker, _LONGEST))
        for name, value in pairs
    )


def _body(sent: Sent, masker: Masker) -> tuple[str, str]:
    """Return the body as text, and a word about it."""
    kind = printable(sent.content_type[:80]) or "no content type"
    if sent.parsed is not None:
        size = "" if sent.body is None else f"{len(sent.body):,} bytes, "
        form = _form_of(sent)
        if form:
            entries = _entries(form, masker)
            return "\n".join(f"{each.name} = {each.text}" for each in entries), f"{size}{kind}"
        if _is_deep(sent.parsed):
            return "", f"{size}{kind}, nested too deeply to be shown"
        text = json.dumps(masked("", sent.parsed, sent=True), indent=2, ensure_ascii=False)
        return _text(text, masker, _LONGEST_BODY), f"{size}{kind}"
    if sent.body is None:
        return "", "not read" if _has_body(sent) else "none"
    if not sent.body:
        return "", "empty"
    note = f"{len(sent.body):,} bytes, {kind}"
    try:
        text = sent.body[: _LONGEST_BODY + 4096].decode(
            "utf-8", "strict" if len(sent.body) < _LONGEST_BODY else "ignore"
        )
    except UnicodeDecodeError:
        return "", f"{note}, not text"
    return ("", f"{note}, not shown") if "\0" in text else (_text(text, masker, _LONGEST_BODY), note)


def _is_deep(value: Any) -> bool:
    """Tell whether a value of JSON has more levels than anybody reads, and than functions may call themselves."""
    level = [value]
    for _ in range(_DEEPEST):
        parts = [
            each.values() if isinstance(each, dict) else each
            for each in level
            if isinstance(each, dict | list)
        ]
        level = [inner for part in parts for inner in part]
    return bool(level)


def _has_body(sent: Sent) -> bool:
    names = {name.lower(): value for name, value in sent.headers}
    return names.get("content-length", "0") != "0" or "transfer-encoding" in names


def remembered_body(scope: Scope, request: Request | None) -> tuple[bytes | None, Any]:
    """Return the body and the form of a request, each None where it was not read."""
    for each in (scope.get("straightway.request"), request):
        if isinstance(each, Request):
            body, form = getattr(each, "_body", None), getattr(each, "_form", None)
            if body is not None or form is not None:
                return body, form
    return None, None
