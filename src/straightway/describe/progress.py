"""How far a request came with the plan of its endpoint when an exception ended it."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from straightway.analyse.callables import unwrapped
from straightway.analyse.dependant import Dependant
from straightway.describe.explain import endpoint_of
from straightway.describe.explained import place
from straightway.describe.explanation import BodyStep, CallStep, ReadStep, Step
from straightway.describe.failure import Progress, State
from straightway.describe.frames import Call as Frame
from straightway.describe.secrets import Masker
from straightway.describe.values import printable, shown_value
from straightway.plan import Body, Call, Plan
from straightway.wording import COMPILED

__all__ = ["Ended", "Planned", "ended", "progress_of"]

_RESULT = 160
_FILLS = re.compile(r"\s*(?:form = )?v(\d+)(?:, errors)? = ")
_ANSWERS = (
    "check_response",
    "response_error",
    "returned(",
    "untyped_",
    "to_json",
    "typed_",
    "reply",
    "send(",
    "send_",
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is known of the endpoint: its plan, the tree of its dependencies, and what overrides some of them."""

    plan: Plan
    dependant: Dependant
    overrides: Mapping[Any, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Where a plan ended: in a step, while the answer was made of what the endpoint returned, or in a clean-up."""

    step: int | None
    where: str
    """`step`, `answer`, `closing`, or empty where that cannot be told."""
    values: Mapping[str, Any]
    """The variables of the compiled function: `v0` is what step 0 has produced."""


def ended(plan: Plan, calls: list[Frame]) -> Ended | None:
    """Work out where a plan ended from the calls of a traceback; None where its function is not among them."""
    positions = [
        number for number, (frame, _, _) in enumerate(calls) if frame.f_code.co_filename.startswith(COMPILED)
    ]
    if not positions:
        return None
    frame, line, _ = calls[positions[-1]]
    # Steps that share a thread are a function inside of it, which sees only the variables that it names.
    values: dict[str, Any] = {}
    for number in positions:
        values.update(calls[number][0].f_locals)
    called = _called(plan, [each.f_code for each, _, _ in calls[positions[-1] + 1 :]])
    where, step = stage_of(linecache.getline(frame.f_code.co_filename, line), plan)
    if where != "step" and called is not None:
        # Code of a dependency that runs outside of its step runs after its `yield`.
        return Ended(called.number, "step" if called.lifetime is None else "closing", values)
    return Ended(step, where, values)


def stage_of(line: str, plan: Plan) -> tuple[str, int | None]:
    """Tell what a line of a compiled function does: where the plan has come to, and in which step."""
    filled = _FILLS.match(line)
    if filled is not None and "check_response" not in line:
        return "step", int(filled[1])
    if "read_body(" in line or "body_of(" in line:
        return "step", next((step.number for step in plan.steps if isinstance(step, Body)), None)
    if "async with" in line:
        return "closing", None
    return ("answer" if any(word in line for word in _ANSWERS) else ""), None


def _called(plan: Plan, codes: list[CodeType]) -> Call | None:
    """Return the first dependency, or the endpoint, whose own code was running."""
    known = {_code(step.call): step for step in reversed(plan.steps) if isinstance(step, Call)}
    return next((known[code] for code in codes if code in known), None)


def _code(call: Any) -> Any:
    """Return the code of a function, or of the `__call__` of an instance."""
    function = unwrapped(call)
    method = getattr(type(function), "__call__", None)  # noqa: B004  # the method itself is wanted
    return getattr(function, "__code__", None) or getattr(method, "__code__", call)


def progress_of(planned: Planned, end: Ended, masker: Masker) -> tuple[Progress, ...]:
    """Return the steps in order, with what each has produced and the one that failed marked."""
    endpoint = endpoint_of(planned.plan, planned.dependant, sent=lambda _: None, overrides=planned.overrides)
    steps = [_progress(step, _state(step.number, end), end, masker) for step in endpoint.steps]
    if end.where == "answer" or (end.where == "step" and end.step is not None):
        steps.append(
            Progress(
                number=len(steps),
                text=f"answer: {f'validated as {endpoint.reply.model}, ' if endpoint.reply.model else ''}{endpoint.reply.made}",
                place="",
                state="failed" if end.where == "answer" else "not run",
            )
        )
    return tuple(steps)


def _state(number: int, end: Ended) -> State:
    if end.where == "closing":
        return "failed" if number == end.step else "done"
    if end.where != "step" or end.step is None or number < end.step:
        return "done"
    return "failed" if number == end.step else "not run"


def _progress(step: Step, state: State, end: Ended, masker: Masker) -> Progress:
    match step:
        case ReadStep():
            text = ", ".join(map(_value, step.values))
            return Progress(step.number, f"read {text}", "", state, _result(step.number, state, end, masker))
        case BodyStep():
            return Progress(step.number, f"read the body {step.how}", "", state)
        case CallStep():
            arguments = ", ".join(
                f"{each.parameter}={each.step if each.injected is None else each.injected}"
                for each in step.arguments
            )
            return Progress(
                step.number,
                f"call {printable(step.origin.name)}({arguments})",
                place(step.origin),
                state,
                _result(step.number, state, end, masker),
                _note(step, end),
            )


def _value(value: Any) -> str:
    keys = " or ".join(f'{value.location}["{key}"]' for key in value.keys) or value.location
    return printable(f"{keys} -> {value.type}")


def _note(step: CallStep, end: Ended) -> str:
    words = ["the endpoint"] if step.is_endpoint else []
    words.append(step.runs)
    if end.where == "closing" and step.number == end.step:
        words.append("it failed after its yield")
    elif step.closes is not None:
        words.append(f"closes {step.closes}")
    return ", ".join(words)


def _result(number: int, state: State, end: Ended, masker: Masker) -> str:
    name = f"v{number}"
    if state == "not run" or name not in end.values or (state == "failed" and end.where != "closing"):
        return ""
    return shown_value(end.values[name], masker, room=_RESULT)


def names_of_results(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield under which name the endpoint or a dependency takes what each step has produced."""
    for step in plan.steps:
        if isinstance(step, Call):
            yield from ((f"v{number}", parameter) for parameter, number in step.takes)
