"""What a client sent in one location: every value under every key, gathered in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, ImmutableMultiDict, UploadFile
from starlette.types import Scope

from straightway.plan import Member

ABSENT: Any = object()
"""Stands for a value that was not sent."""


@runtime_checkable
class MultiMapping(Protocol):
    """Starlette's query parameters and forms."""

    def multi_items(self) -> list[tuple[str, Any]]:
        """Return every key with every value."""
        ...


class Sent:
    """All values by key. Looking values up costs the same however many were sent."""

    __slots__ = ("is_header", "is_repeatable", "values")

    def __init__(
        self, items: Iterable[tuple[str, Any]], *, is_header: bool = False, is_repeatable: bool = True
    ) -> None:
        self.values: dict[str, list[Any]] = {}
        for key, value in items:
            self.values.setdefault(key, []).append(value)
        self.is_header = is_header
        self.is_repeatable = is_repeatable

    def __contains__(self, key: str) -> bool:
        return self.key(key) in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def key(self, key: str) -> str:
        """Return a key as it is kept: header names do not care about case (RFC 9110, section 5.1)."""
        return key.lower() if self.is_header else key

    def find(self, key: str, *, many: bool, form: bool) -> Any:
        """Return what counts of a key: all values for a sequence, else the last one, of headers the first.

        A form field that was left empty, and None, count as not sent.
        """
        found = self.values.get(self.key(key))
        if found is None:
            return ABSENT
        if many and self.is_repeatable:
            return _without_blank_files(found) or ABSENT
        value = found[0] if self.is_header else found[-1]
        is_empty = value is None or (form and is_blank(value)) or (many and len(value) == 0)
        return ABSENT if is_empty else value

    def whole(self, key: str) -> Any:
        """Return the value of a key, or the list of its values where there are several."""
        found = self.values[key]
        return found if len(found) > 1 else found[0]


def is_blank(value: Any) -> bool:
    """Tell whether a form field was left empty: an empty text, or a file input without a file."""
    if isinstance(value, UploadFile):
        return not value.filename and not value.size
    return isinstance(value, str) and value == ""


def as_model_input(members: Iterable[Member], data: Any) -> Any:
    """Return the keys and values of a form as one model of a union sees them; what is no form is left alone.

    A list for a field that takes many values, the last value for one that does not, and no value that was left empty.
    """
    if not isinstance(data, dict):
        return data
    seen = dict(data)
    for member in members:
        for key in member.keys:
            if key not in seen:
                continue
            value = _as_seen(member, seen.pop(key))
            if value is not ABSENT:
                seen[key] = value
                break
    return seen


def _as_seen(member: Member, value: Any) -> Any:
    if member.many and value is not None:
        values = value if isinstance(value, list) else [value]
        kept = _without_blank_files(values)
        return kept if kept or not values else ABSENT
    value = value[-1] if isinstance(value, list) and value else value
    return ABSENT if is_blank(value) else value


def _without_blank_files(values: Iterable[Any]) -> list[Any]:
    return [each for each in values if not (isinstance(each, UploadFile) and is_blank(each))]


def sent_in(source: Sent | Mapping[str, Any]) -> Sent:
    """Return a mapping, or one of Starlette's with repeated keys, as what was sent."""
    if isinstance(source, Sent):
        return source
    if isinstance(source, Headers):
        return Sent(source.items(), is_header=True)
    # PERF: 6 microseconds less for a form than asking the protocol alone on 3.11, benchmarks (form).
    if isinstance(source, ImmutableMultiDict) or isinstance(source, MultiMapping):  # noqa: SIM101  # in this order
        return Sent(source.multi_items())
    return Sent(source.items(), is_repeatable=False)


def cookie_values(scope: Scope) -> dict[str, str]:
    """Return the cookies of all Cookie headers (RFC 6265 section 5.4; HTTP/2 may split them)."""
    cookies: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies.update(_cookies(value.decode("latin-1")))
    return cookies


def _cookies(header: str) -> Iterator[tuple[str, str]]:
    """Yield names and values as Starlette's `cookie_parser` does, in a time that grows with the header's length.

    The standard library takes a minute for the quoted value of 200 KB with backslashes (CVE-2024-7592; Python 3.11.10
    and 3.12.6 do not).
    """
    for piece in header.split(";"):
        name, equals, value = piece.partition("=")
        name, value = (name.strip(), value.strip()) if equals else ("", piece.strip())
        if name or value:
            yield name, _unquoted(value)


_ESCAPED = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))")


def _unquoted(value: str) -> str:
    if len(value) < 2 or not value.startswith('"') or not value.endswith('"'):
        return value
    return _ESCAPED.sub(_meant, value[1:-1])


def _meant(escape: re.Match[str]) -> str:
    """Return the character that is written as a backslash with three octal digits, or with the character itself."""
    return chr(int(escape[1], 8)) if escape[1] else escape[2]


def sources(scope: Scope) -> dict[str, Sent]:
    """Return everything that can be read without the body, by location: for the careful, general reading."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {
        "path": sent_in(scope.get("path_params", {})),
        "query": Sent(query),
        "header": Sent(
            ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]),
            is_header=True,
        ),
        "cookie": sent_in(cookie_values(scope)),
    }
