"""Differences that docs/compatibility.md announces, with the reason that stands there. They count as no difference."""

import re
from collections.abc import Callable
from typing import Any

from straightway.cli.compat.answers import Point, content_of, json_of
from straightway.cli.compat.documents import ABSENT, Change
from straightway.cli.compat.mistakes import DEEPLY_NESTED, LONE_SURROGATE
from straightway.cli.compat.wire import Answer, Sent

__all__ = ["reason_for_answer", "reason_for_document"]

Rule = Callable[[Sent, Point, Answer, Answer], bool]

# What bytes of a client make FastAPI, or the application on it, raise.
HOSTILE = re.compile(
    r"(UnicodeEncodeError|UnicodeDecodeError|RecursionError|PydanticSerializationError|MemoryError)\b"
    r"|ValueError: (Out of range float|Exceeds the limit)"
)
DOCUMENTATION = re.compile(rb"swagger-ui|redoc|<title>Swagger UI", re.IGNORECASE)


def reason_for_answer(sent: Sent, point: Point, fastapi: Answer, straightway: Answer) -> str | None:
    """Return why two answers differ in a point on purpose, or None where nothing announces it."""
    found = (reason for rule, reason in RULES if rule(sent, point, fastapi, straightway))
    return next(found, None)


def _allow(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    theirs, ours = (
        {method.strip() for name, value in each.headers if name == "allow" for method in value.split(",")}
        for each in (fastapi, straightway)
    )
    return point.place == "header allow" and fastapi.status == 405 and theirs < ours


def _not_a_number(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    return (
        point.place == "status"
        and (fastapi.raised or "").startswith("ValueError: Out of range float")
        and straightway.raised is None
        and b"null" in straightway.body
    )


def _lone_surrogate(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    raised = (fastapi.raised or "").startswith("UnicodeEncodeError: 'utf-8' codec")
    return (
        point.place == "status"
        and raised
        and straightway.raised is None
        and b"\\ud" in straightway.body.lower()
    )


def _hostile_bytes(sent: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    refused = straightway.status is not None and 400 <= straightway.status < 500
    raised = HOSTILE.match(fastapi.raised or "") is not None
    return refused and ((raised and point.place == "status") or sent.about in {DEEPLY_NESTED, LONE_SURROGATE})


def _refused_before_body(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    """FastAPI could not read the body; Straightway was told to refuse before it tried."""
    if point.place != "status" or straightway.status not in {401, 403, 404, 409, 429}:
        return False
    if fastapi.status == 400:
        return json_of(fastapi) == ({"detail": "There was an error parsing the body"},)
    match json_of(fastapi):
        case ({"detail": [{"type": "json_invalid"}, *_]},) if fastapi.status == 422:
            return True
        case _:
            return False


def _no_content(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    return fastapi.status == straightway.status == 205 and point.place in {"header content-length", "body"}


def _redirect(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    if point.place != "header location" or straightway.status != 307:
        return False
    theirs, ours = (dict(each.headers).get("location") for each in (fastapi, straightway))
    return ours is not None and theirs == ours.replace("%25", "%")


def _documentation(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    return point.place == "body" and all(
        DOCUMENTATION.search(content_of(each)) for each in (fastapi, straightway)
    )


def _circular(_: Sent, point: Point, fastapi: Answer, straightway: Answer) -> bool:
    kinds = [(each.raised or "").partition(":")[0] for each in (fastapi, straightway)]
    return point.place in {"status", "exception"} and kinds == ["ValueError", "RecursionError"]


RULES: tuple[tuple[Rule, str], ...] = (
    (_allow, "Allow lists the methods of all routes with the path"),
    (
        _hostile_bytes,
        "a client's bytes never cause a 5xx; JSON nested too deep or with a lone surrogate in a key is refused",
    ),
    (_lone_surrogate, "text that UTF-8 cannot encode is escaped"),
    (_not_a_number, "a number that JSON cannot write is null"),
    (_refused_before_body, "the body is read just before the first step that needs it"),
    (_no_content, "status 205 has Content-Length: 0"),
    (_redirect, "a percent sign in the path of a redirect is escaped"),
    (_documentation, "documentation pages load their scripts from the application"),
    (_circular, "a circular value raises RecursionError"),
)


def reason_for_document(change: Change) -> str | None:
    """Return why two documents differ on purpose, or None where nothing announces it."""
    match change.words:
        case ("paths", _, method, "operationId") if _other_suffix(change.fastapi, change.straightway, method):
            return (
                "the operation id of a route with several methods ends with the first in alphabetical order"
            )
        case ("components", "schemas", _) if change.fastapi is ABSENT:
            return "components that only a callback needs are in the document"
        case _:
            return None


def _other_suffix(fastapi: Any, straightway: Any, method: str) -> bool:
    """Tell whether two ids name one function and path, and differ in the method at their end."""
    if not isinstance(fastapi, str) or not isinstance(straightway, str):
        return False
    ours, theirs = straightway.rpartition("_"), fastapi.rpartition("_")
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace", method}
    return ours[0] == theirs[0] and {ours[2], theirs[2]} <= methods
