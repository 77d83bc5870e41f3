"""An error as a response of problem details (RFC 9457), whatever the error holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from straightway.problems import Problem
from straightway.problems.problem import members_of, model_of
from straightway.problems.words import BLANK, MEDIA_TYPE, MEMBERS, phrases
from straightway.runtime.sendable import sendable
from straightway.runtime.untyped import strict_json

_OF_THE_BODY = frozenset({"content-type", "content-length"})


def problem_reply(error: HTTPException, scope: Scope) -> Response:
    """Return the response for an error with a status from 400 to 599, with its headers."""
    document = _of_problem(error) if isinstance(error, Problem) else _of_http_exception(error)
    return problem_response(document, scope, error.headers)


def problem_response(
    document: Mapping[str, Any], scope: Scope, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response of the problem details in `document`, which has the status among them; to HEAD without content."""
    # The headers are those of an answer with another content.
    kept = {name: value for name, value in (headers or {}).items() if name.lower() not in _OF_THE_BODY}
    response = Response(_written(document), document["status"], kept, MEDIA_TYPE)
    if scope.get("method") == "HEAD":
        response.body = b""
    return response


def plain_problem(status: int, **members: Any) -> dict[str, Any]:
    """Return the problem details of an error that has no type of its own (section 4.2.1)."""
    return {"type": BLANK, "title": phrases(status)[0], "status": status, **members}


def _of_problem(problem: Problem) -> dict[str, Any]:
    said = {"detail": problem.detail, "instance": problem.instance}
    standard = {"type": problem.type, "title": problem.title, "status": problem.status_code}
    repeats = problem.detail == problem.title
    own = {name: value for name, value in said.items() if value and not (repeats and name == "detail")}
    return {**standard, **own, **_members(problem)}


def _members(problem: Problem) -> dict[str, Any]:
    try:
        return members_of(problem)
    except Exception:  # noqa: BLE001  # what serialises them may be the user's; `_written` makes the best of them
        return {name: getattr(problem, name, None) for name in model_of(type(problem)).model_fields}


def _of_http_exception(error: HTTPException) -> dict[str, Any]:
    detail: object = error.detail
    status = int(error.status_code)
    match detail:
        case None | "":
            return plain_problem(status)
        case str():
            # Without a detail, an exception has the phrase of its status, which the title says already.
            return plain_problem(status, **({} if detail in phrases(status) else {"detail": detail}))
        case list() | tuple():
            return plain_problem(status, errors=detail)
        case dict() if all(isinstance(name, str) and name not in MEMBERS for name in detail):
            return plain_problem(status, **detail)
        case _:
            return plain_problem(status, context=detail)


def _written(document: Mapping[str, Any]) -> bytes:
    try:
        return strict_json(document)
    except Exception:  # noqa: BLE001  # of JSON, of deep nesting, or of an object that was asked what it holds
        return json.dumps(_likeness(document), ensure_ascii=False, separators=(",", ":")).encode()


def _likeness(document: Mapping[str, Any]) -> Any:
    try:
        return sendable(document)
    except Exception:  # noqa: BLE001  # whatever it was given: an error is answered
        return sendable({name: document[name] for name in MEMBERS if name in document})
