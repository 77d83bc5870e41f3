"""An exception that nothing has handled, and its request, to data that can be shown: `failure_of` is the door.

Whatever this needs, it reads from what is there: tracebacks, the scope, the plan. Nothing of the user's is called but
`__str__` and `__repr__`, and what they raise is shown in their place.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from straightway.describe.explanation import Origin
from straightway.describe.failure import Failure, Frame, Raised
from straightway.describe.frames import (
    MOST_CAUSES,
    Call,
    calls_of,
    chain_of,
    excerpt_of,
    raised_of,
    secret_locals,
)
from straightway.describe.origins import origin_of
from straightway.describe.progress import Ended, Planned, ended, names_of_results, progress_of
from straightway.describe.remedies import Circumstances, remedy_of
from straightway.describe.requested import Sent, asked_of, remembered_body, secrets_of
from straightway.describe.secrets import Masker
from straightway.describe.user_code import shown_file
from straightway.describe.values import printable, safely, secrets_in
from straightway.wording import COMPILED

__all__ = ["failure_of"]

REQUEST_ID = "straightway.request_id"
"""Scope key: the id that the command line gives every request."""
_MOST_FOCUSED = 6
_STAGES = {
    "answer": "The endpoint has returned; its answer was being made.",
    "closing": "The endpoint was done; a dependency was being closed.",
    "": "",
}


def failure_of(error: BaseException, request: Request, planned: Planned | None) -> Failure:
    """Tell what happened. `planned` is the endpoint's plan, where a route was reached."""
    chain = chain_of(error)
    calls = _reached([each for each, _ in chain])
    own_package = _package_of(planned)
    end = ended(planned.plan, calls) if planned is not None else None
    sent = _sent(request, calls)
    masker = Masker(_secrets([each for each, _ in chain[:MOST_CAUSES]], sent, planned, end, own_package))
    raised = tuple(raised_of(each, relation, masker, own_package) for each, relation in chain[:MOST_CAUSES])
    origin = None if planned is None else _origin(planned)
    declared = None if origin is None else _declared(origin, masker)
    focus = tuple(_focus(raised)) or (() if declared is None else (declared,))
    circumstances = Circumstances(error, calls, planned, end)
    return Failure(
        chain=raised,
        left_out=len(chain) - len(raised),
        focus=focus[:_MOST_FOCUSED],
        asked=asked_of(sent, masker),
        label="" if planned is None else printable(planned.plan.label),
        endpoint=None if origin is None else _endpoint(origin),
        steps=() if planned is None or end is None else progress_of(planned, end, masker),
        stage=_stage(planned, end),
        remedy=printable(masker.text(safely(lambda: remedy_of(circumstances), ""))),
        request_id=printable(str(request.scope.get(REQUEST_ID, ""))[:100]),
    )


def _reached(chain: list[BaseException]) -> list[Call]:
    """Return the calls of the exception that came out of an endpoint: a handler may have raised another one since."""
    traces = [calls_of(each) for each in chain]
    return next(
        (
            calls
            for calls in traces
            if any(frame.f_code.co_filename.startswith(COMPILED) for frame, _, _ in calls)
        ),
        traces[0],
    )


def _package_of(planned: Planned | None) -> str:
    """Return the top-level package of the endpoint: it is the user's, even if it is installed."""
    if planned is None:
        return ""
    return str(getattr(planned.dependant.call, "__module__", "")).partition(".")[0]


def _sent(request: Request, calls: list[Call]) -> Sent:
    """Find what was read of the request: middleware may have handed on a scope of its own."""
    scope: Any = request.scope
    locals_of_compiled: dict[str, Any] = {}
    for frame, _, _ in calls:
        if frame.f_code.co_filename.startswith(COMPILED) and "scope" in frame.f_locals:
            locals_of_compiled = dict(frame.f_locals)
    inner = locals_of_compiled.get("scope", scope)
    body, form = remembered_body(inner, locals_of_compiled.get("request", request))
    kept = locals_of_compiled.get("body")
    if body is None and isinstance(kept, bytes):
        body = kept
    return Sent(inner if "headers" in inner else scope, body, form)


def _secrets(
    chain: list[BaseException], sent: Sent, planned: Planned | None, end: Ended | None, own_package: str
) -> Iterator[object]:
    yield from secrets_of(sent)
    for error in chain:
        yield from secret_locals(error, own_package)
    if planned is not None and end is not None:
        for name, parameter in names_of_results(planned.plan):
            yield from secrets_in(end.values.get(name), parameter)


def _focus(chain: tuple[Raised, ...]) -> Iterator[Frame]:
    """Yield the user's frames, the innermost first: of the exception itself, or of the first that has some."""
    for raised in chain:
        own = [frame for frame in reversed(raised.frames) if frame.owner == "user" and frame.excerpt]
        if own:
            yield from own
            return
        inner = list(_focus(raised.members))
        if inner:
            yield from inner
            return


def _origin(planned: Planned) -> Origin:
    endpoint: Any = planned.dependant.call
    return origin_of(endpoint)


def _endpoint(origin: Origin) -> Origin:
    file = None if origin.file is None else printable(shown_file(origin.file))
    return Origin(printable(origin.name), file, origin.line)


def _declared(origin: Origin, masker: Masker) -> Frame | None:
    """Return the endpoint's own source in place of a frame, where only the framework's code was running."""
    if origin.file is None or origin.line is None:
        return None
    shown = _endpoint(origin)
    lines = linecache.getlines(origin.file)
    return Frame(
        file=shown.file or "",
        line=origin.line,
        function=shown.name,
        owner="user",
        excerpt=excerpt_of(lines, origin.line, masker, before=0, after=12),
    )


def _stage(planned: Planned | None, end: Ended | None) -> str:
    if planned is None:
        return "No endpoint had been reached: it was raised by middleware, a mounted application or a plain route."
    if end is None:
        return (
            "No step of the endpoint was running: it was raised by middleware, or by what wraps the endpoint."
        )
    if end.where == "step" and end.step is not None:
        return f"Step {end.step} failed."
    return _STAGES[end.where]
