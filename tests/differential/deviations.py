"""The differences that docs/compatibility.md lists, each as narrow as it can be told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.differential.comparing import Outcome
    from tests.differential.programs import Program
    from tests.differential.questions import Question


def expected_in_answer(program: Program, question: Question, theirs: Outcome, ours: Outcome) -> bool:
    """Tell whether one of the documented deviations explains the whole difference."""
    return any(explains(program, question, theirs, ours) for explains in DEVIATIONS)


def expected_in_document(document: Any) -> Any:
    """Return a document without what is documented to differ."""
    return document


def _allow_of_all(_program: Program, _question: Question, theirs: Outcome, ours: Outcome) -> bool:
    """A 405 lists the methods of all routes with the path, not of the first alone."""
    if theirs.status != 405 or ours.status != 405 or theirs.body != ours.body:
        return False
    listed = [set(dict(each.headers).get("allow", "").split(", ")) for each in (theirs, ours)]
    return listed[0] <= listed[1] and theirs.events == ours.events


def _numbers_without_json(_program: Program, _question: Question, theirs: Outcome, ours: Outcome) -> bool:
    """A number that JSON cannot write is null in an answer without a model, and a 500 in FastAPI."""
    return (
        theirs.status == 500 and theirs.error == "ValueError" and ours.status != 500 and b"null" in ours.body
    )


def _security_before_body(_program: Program, question: Question, theirs: Outcome, ours: Outcome) -> bool:
    """A body that cannot be parsed is found out before dependencies run in FastAPI, after them here."""
    if not question.body or not theirs.status or theirs.events:
        return False
    return theirs.status in {400, 422} and b"json_invalid" in theirs.body and bool(ours.events)


def _notation_of_exponents(_program: Program, _question: Question, theirs: Outcome, ours: Outcome) -> bool:
    """A very small or large number without a model is 1e-7, not 1e-07: the same number."""
    if (theirs.status, theirs.events, theirs.error) != (ours.status, ours.events, ours.error):
        return False
    headers = [[each for each in one.headers if each[0] != "content-length"] for one in (theirs, ours)]
    if headers[0] != headers[1] or b"e" not in theirs.body:
        return False
    try:
        return json.loads(theirs.body) == json.loads(ours.body)
    except ValueError:
        return False


DEVIATIONS: tuple[Callable[[Program, Question, Outcome, Outcome], bool], ...] = (
    _allow_of_all,
    _numbers_without_json,
    _security_before_body,
    _notation_of_exponents,
)
