"""Differences between two answers to one request, in words."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from straightway.cli.compat.documents import Change, Unquoted, changes, shortly
from straightway.cli.compat.wire import Answer

__all__ = ["Point", "content_of", "differing", "json_of"]

NOT_COMPARED = frozenset({"date", "server"})
"""Headers that say when and by what software, and nothing about the application."""

# One class under two names.
SAME_NAMES = {
    "StraightwayError": "FastAPIError",
    "StraightwayDeprecationWarning": "FastAPIDeprecationWarning",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing about an answer that differs. `place` names it, the same for every element of a list."""

    place: str
    words: str

    def covers(self, other: "Point") -> bool:
        """Tell whether the other point lies within this one; within a status lies everything."""
        whole = self.place in {"status", "completeness"}
        return whole or other.place == self.place or other.place.startswith(f"{self.place}/")


def differing(fastapi: Answer, straightway: Answer) -> list[Point]:
    """List in what two answers differ. Where the status does, what else differs follows from it and is left out."""
    if fastapi.status != straightway.status:
        return [_point("status", Unquoted(_status(fastapi)), Unquoted(_status(straightway)))]
    if fastapi.complete != straightway.complete:
        words = [Unquoted("complete" if each.complete else "unfinished") for each in (fastapi, straightway)]
        return [_point("completeness", *words)]
    points = [*_raised(fastapi, straightway), *_headers(fastapi, straightway)]
    body = list(_body(fastapi, straightway))
    if fastapi.body != straightway.body:
        # It follows from the body, which may be the same JSON in another order.
        points = [each for each in points if each.place != "header content-length"]
    return [*points, *body]


def _point(place: str, fastapi: Any, straightway: Any, shown: str | None = None) -> Point:
    return Point(
        place,
        f"{shown or place} is {shortly(fastapi)} on FastAPI and {shortly(straightway)} on Straightway",
    )


def _status(answer: Answer) -> str:
    status = "no response" if answer.status is None else str(answer.status)
    return status if answer.raised is None else f"{status} ({answer.raised})"


def _raised(fastapi: Answer, straightway: Answer) -> Iterator[Point]:
    ours, theirs = _kind(straightway.raised), _kind(fastapi.raised)
    if ours != theirs:
        yield _point("exception", Unquoted(fastapi.raised or "none"), Unquoted(straightway.raised or "none"))


def _kind(raised: str | None) -> str | None:
    """The class is compared; the text names places in the framework that raised it."""
    if raised is None:
        return None
    name = raised.partition(":")[0]
    return SAME_NAMES.get(name, name)


def _headers(fastapi: Answer, straightway: Answer) -> Iterator[Point]:
    names = dict.fromkeys(name for name, _ in (*fastapi.headers, *straightway.headers))
    for name in names:
        theirs, ours = (_values(name, each) for each in (fastapi, straightway))
        if theirs != ours and name not in NOT_COMPARED:
            yield _point(
                f"header {name}", Unquoted(_listed(theirs)), Unquoted(_listed(ours)), f"header {name}"
            )


def _values(name: str, answer: Answer) -> Counter[str]:
    values = Counter(value for key, value in answer.headers if key == name)
    if name != "allow":
        return values
    # Methods are a set, and FastAPI writes them in its order.
    return Counter(
        ", ".join(sorted(word.strip() for word in value.split(","))) for value in values.elements()
    )


def _listed(values: Counter[str]) -> str:
    return ", ".join(json.dumps(value) for value in values.elements()) or "absent"


def _body(fastapi: Answer, straightway: Answer) -> Iterator[Point]:
    if fastapi.body == straightway.body:
        return
    theirs, ours = content_of(fastapi), content_of(straightway)
    if not fastapi.complete:
        # Both were cut off, at whatever moment that was.
        shorter, longer = sorted((theirs, ours), key=len)
        if not longer.startswith(shorter):
            yield _point("body", _text(theirs), _text(ours))
        return
    found = json_of(fastapi), json_of(straightway)
    if found[0] is not None and found[1] is not None:
        yield from (
            _changed(change) for change in changes(_undescribed(found[0][0]), _undescribed(found[1][0]))
        )
    elif theirs != ours:
        yield _point("body", _text(theirs), _text(ours))


def _undescribed(content: Any) -> Any:
    """Leave out of a served OpenAPI document what has been compared, and told better, before any request."""
    if not isinstance(content, dict) or not {"openapi", "info", "paths"} <= content.keys():
        return content
    return {key: value for key, value in content.items() if key not in {"paths", "components"}}


def _changed(change: Change) -> Point:
    anywhere = "/".join(["body", *("*" if word.isdecimal() else word for word in change.words)])
    shown = f"body at {change.pointer}" if change.words else "body"
    return _point(anywhere, change.fastapi, change.straightway, shown)


def content_of(answer: Answer) -> bytes:
    """Return the body as it was before it was compressed."""
    if dict(answer.headers).get("content-encoding") != "gzip":
        return answer.body
    try:
        return zlib.decompressobj(wbits=31).decompress(answer.body)
    except zlib.error:
        return answer.body


def json_of(answer: Answer) -> tuple[Any] | None:
    """Return the JSON in the body, in a tuple since it may be null; None where it is something else."""
    kind = dict(answer.headers).get("content-type", "").partition(";")[0]
    if not kind.endswith("json"):
        return None
    try:
        return (json.loads(content_of(answer)),)
    except (ValueError, RecursionError):
        return None


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")
