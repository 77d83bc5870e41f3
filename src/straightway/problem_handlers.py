"""How exceptions are answered with `problem_details=True`: every error as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from straightway.errors import ContentTooLarge, RequestValidationError
from straightway.exception_handlers import http_exception_handler
from straightway.problems import InvalidValue
from straightway.runtime.problems import plain_problem, problem_reply, problem_response

REQUEST_ID = "straightway.request_id"
"""Scope key: what the log calls this request, where somebody has numbered it."""


async def http_problem(request: Request, exc: HTTPException) -> Response:
    """Answer with the exception's status and headers, and its detail as far as it has one.

    A text is the problem's `detail`, a mapping its extension members (section 3.2), a list its member `errors`; what fits
    nowhere is its member `context`. A status that is no error is answered as ever.
    """
    if not 400 <= exc.status_code <= 599:
        return await http_exception_handler(request, exc)
    return problem_reply(exc, request.scope)


async def invalid_request_problem(request: Request, exc: RequestValidationError) -> Response:
    """Answer 422 with a list of what is wrong, and where; what was sent is not repeated."""
    errors = [_described(each, exc.body) for each in exc.errors()]
    count = "1 value of the request is" if len(errors) == 1 else f"{len(errors)} values of the request are"
    document = plain_problem(422, detail=f"{count} not valid.", errors=errors)
    return problem_response(document, request.scope)


async def failure_problem(request: Request, exc: Exception) -> Response:  # noqa: ARG001  # handlers get both
    """Answer 500 without a word about the exception, but the id under which the log has it."""
    request_id = request.scope.get(REQUEST_ID)
    members = {} if request_id is None else {"request_id": request_id}
    return problem_response(plain_problem(500, **members), request.scope)


def too_large_problem(scope: Scope) -> Response:
    """Return the answer to a body that is larger than it may be."""
    return problem_reply(ContentTooLarge(), scope)


PROBLEM_HANDLERS: dict[Any, Any] = {
    HTTPException: http_problem,
    RequestValidationError: invalid_request_problem,
    Exception: failure_problem,
}


# Errors of validation


def _described(error: Any, body: Any) -> InvalidValue:
    """Say of one of Pydantic's errors what is wrong and where."""
    if not isinstance(error, Mapping):
        return {"detail": str(error)}
    described: InvalidValue = {"detail": str(error.get("msg", ""))}
    if "type" in error:
        described["type"] = str(error["type"])
    given = error.get("loc", ())
    location = tuple(given) if isinstance(given, list | tuple) else (given,)
    match location:
        case ("body", int(position)) if described.get("type") == "json_invalid":
            described["location"] = "body"
            described["position"] = position
            described["detail"] += _reason(error)
        case ("body", *path):
            described["location"] = "body"
            described["pointer"] = _pointer(_found(path, body, missing=described.get("type") == "missing"))
        case (("path" | "query" | "header" | "cookie") as where, name, *path):
            described["location"] = where
            described["name"] = str(name)
            if path:
                described["pointer"] = _pointer(path)
        case _:
            described["pointer"] = _pointer(location)
    return described


def _reason(error: Mapping[str, Any]) -> str:
    context = error.get("ctx")
    return f": {context['error']}" if isinstance(context, Mapping) and "error" in context else ""


def _found(path: Sequence[Any], body: Any, *, missing: bool) -> list[Any]:
    """Leave out of a location what is no step in the body: Pydantic names there the member of a union it has tried."""
    if not isinstance(body, dict | list):
        return list(path)
    steps: list[Any] = []
    value = body
    for index, step in enumerate(path):
        if _leads_into(value, step):
            value = value[step]
            steps.append(step)
        elif missing and index == len(path) - 1:
            steps.append(step)
    return steps


def _leads_into(value: Any, step: Any) -> bool:
    match value, step:
        case dict(), str():
            return step in value
        case list(), int():
            return 0 <= step < len(value)
        case _:
            return False


def _pointer(path: Sequence[Any]) -> str:
    """Write a JSON Pointer as a URI fragment (RFC 6901, section 6)."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "#" + "".join(f"/{quote(step, safe=_SAFE, errors='backslashreplace')}" for step in steps)


_SAFE = "~!$&'()*+,;=:@?"
"""What a fragment may hold, beside letters and digits (RFC 3986, section 3.5)."""
