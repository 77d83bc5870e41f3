"""What a plan lets a request do without: hops between threads, a parsed body, a response object.

The compiler takes these shortcuts, and explanations name them; both ask here.
"""

from __future__ import annotations

from collections.abc import Sequence

from straightway.fields import validates_json_alike
from straightway.plan import Answer, Body, Call, Plan, Read, ReadBody, Step
from straightway.utils import is_body_allowed_for_status_code


def runs_in_thread(step: Step) -> bool:
    """Tell whether the step can share a thread hop with its neighbours."""
    return (
        isinstance(step, Call)
        and step.kind in {"thread", "generator"}
        and step.concurrency is None
        and not (step.is_endpoint and step.kind == "generator")
    )


def grouped(steps: Sequence[Step]) -> list[tuple[bool, list[Step]]]:
    """Split the steps into runs: (in a thread?, steps). Reads between two threaded calls go with them."""
    runs: list[tuple[bool, list[Step]]] = []
    waiting: list[Step] = []
    for step in steps:
        threaded = runs_in_thread(step)
        if isinstance(step, Read) and runs and runs[-1][0]:
            waiting.append(step)
            continue
        if threaded and runs and runs[-1][0]:
            runs[-1][1].extend([*waiting, step])
        else:
            runs.extend((False, [each]) for each in waiting)
            runs.append((threaded, [step]))
        waiting = []
    runs.extend((False, [each]) for each in waiting)
    return runs


def reads_straight(steps: Sequence[Step]) -> bool:
    """Tell whether the body is validated straight from its bytes: one value, the same whichever way it is parsed."""
    reads = [step for step in steps if isinstance(step, ReadBody)]
    return (
        len(reads) == 1
        and reads[0].body is not None
        and not reads[0].form
        and not reads[0].embed
        and validates_json_alike(reads[0].lookups[0].field)
    )


def sends_directly(answer: Answer, *, injects_response: bool) -> bool:
    """Tell whether the answer is finished JSON bytes with a status and headers known now."""
    return (
        answer.kind == "value"
        and answer.response_class is None
        and not injects_response
        and is_body_allowed_for_status_code(answer.status_code or 200)
    )


def answers_rsgi(plan: Plan) -> bool:
    """Tell whether the plan asks for nothing that only ASGI has: the request itself, or a form."""
    steps = plan.steps
    return not plan.websocket and not any(
        (isinstance(step, Call) and "request" in {special for _, special in step.specials})
        or (isinstance(step, Body) and step.kind == "form")
        for step in steps
    )
