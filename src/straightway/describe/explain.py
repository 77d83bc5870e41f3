"""A plan, told as data: where every value comes from, where calls run, what is shared, what closes when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from straightway.analyse.dependant import Dependant
from straightway.analyse.shortcuts import grouped, reads_straight, runs_in_thread, sends_directly
from straightway.describe.explanation import (
    Argument,
    BodyStep,
    CallStep,
    Endpoint,
    RaisedProblem,
    ReadStep,
    Reply,
    Scheme,
    Step,
    Value,
)
from straightway.describe.origins import default_text, field_text, origin_of, short, type_text
from straightway.describe.requirements import requirements_of
from straightway.plan import Answer, Body, Call, Lookup, Plan, Read, ReadBody
from straightway.plan import Step as PlanStep
from straightway.problems.problem import Problem
from straightway.utils import is_body_allowed_for_status_code

Sent = Mapping[tuple[str, str], str | None]
"""What a request has, by location and key; a key that is absent is one that it does not tell about."""

_INJECTED = {
    "request": "Request",
    "websocket": "WebSocket",
    "connection": "HTTPConnection",
    "response": "Response",
    "background_tasks": "BackgroundTasks",
}


def endpoint_of(
    plan: Plan,
    dependant: Dependant,
    *,
    sent: Callable[[Lookup], str | None],
    overrides: Mapping[Any, Any] | None = None,
    problems: Sequence[type[Problem]] = (),
) -> Endpoint:
    """Tell what a plan does; `sent` says what the request has for a value, as far as that is known.

    `problems` are those that the endpoint is documented with.
    """
    calls = [step for step in plan.steps if isinstance(step, Call)]
    hops = dict(_hops(plan.steps))
    replaced = {id(new): old for old, new in (overrides or {}).items()}
    return Endpoint(
        label=plan.label,
        origin=origin_of(calls[-1].call),
        steps=tuple(_step(each, plan, hops, replaced, sent) for each in plan.steps),
        reply=reply_of(plan),
        closing=(*_closing(calls, "function"), *_closing(calls, "request")),
        validated=tuple(dict.fromkeys(plan.report)),
        security=schemes_of(dependant),
        problems=tuple(
            RaisedProblem(int(each.status), each.title, each.type, origin_of(each)) for each in problems
        ),
    )


def _hops(steps: Sequence[PlanStep]) -> Iterator[tuple[int, int]]:
    """Number the visits to worker threads, and yield which step is part of which."""
    hop = 0
    for threaded, run in grouped(steps):
        if threaded or _has_own_hop(run[0]):
            hop += 1
            yield from ((step.number, hop) for step in run)


def _has_own_hop(step: PlanStep) -> bool:
    """Tell whether a call goes to a thread by itself, because few may be in it at a time."""
    if not isinstance(step, Call) or runs_in_thread(step):
        return False
    return step.kind == "thread" or (step.kind == "generator" and not step.is_endpoint)


def _step(
    step: PlanStep,
    plan: Plan,
    hops: Mapping[int, int],
    replaced: Mapping[int, Any],
    sent: Callable[[Lookup], str | None],
) -> Step:
    match step:
        case Read():
            values = tuple(_value(each, sent, embed=False) for each in step.lookups)
            return ReadStep(step.number, values, hops.get(step.number))
        case ReadBody():
            values = tuple(_value(each, sent, embed=step.embed) for each in step.lookups)
            return ReadStep(step.number, values)
        case Body():
            return BodyStep(step.number, _how_read(step, straight=reads_straight(plan.steps)))
        case Call():
            original = replaced.get(id(step.call))
            return CallStep(
                number=step.number,
                origin=origin_of(step.call),
                arguments=tuple(_arguments(step, plan)),
                runs="in a thread" if step.number in hops else "on the loop",
                hop=hops.get(step.number),
                used_by=_used_by(step, plan),
                closes=_closes(step, websocket=plan.websocket),
                at_once=getattr(step.concurrency, "max_concurrency", None),
                is_endpoint=step.is_endpoint,
                instead_of=None if original is None else origin_of(original),
            )


def _value(lookup: Lookup, sent: Callable[[Lookup], str | None], *, embed: bool) -> Value:
    info = lookup.field.field_info
    return Value(
        parameter=lookup.field.name,
        location=lookup.location,
        keys=lookup.keys if lookup.location != "body" or embed or lookup.form else (),
        type=field_text(info),
        required=lookup.field.required,
        default=default_text(info),
        notes=tuple(_notes(lookup)),
        sent=sent(lookup),
    )


def _notes(lookup: Lookup) -> Iterator[str]:
    if lookup.group is not None:
        keys = ", ".join(member.keys[0] for member in lookup.group.members)
        yield f"a model of the keys {keys}" if keys else "a model of all keys"
    if lookup.many:
        yield "every value sent"
    if lookup.form:
        yield "of a form"
    if lookup.json_sequence:
        yield "one text of JSON"
    if lookup.file_bytes:
        yield "the file is read into bytes"


def _how_read(body: Body, *, straight: bool) -> str:
    if body.kind == "form":
        limits = ", ".join(f"{name}={value}" for name, value in body.form_limits.items())
        return f"as a form ({limits})" if limits else "as a form"
    strict = (
        "JSON, if the content type says so" if body.strict_content_type else "JSON, whatever the content type"
    )
    way = "validated straight from its bytes" if straight else "parsed once"
    return f"as {strict}, {way}"


def _arguments(call: Call, plan: Plan) -> Iterator[Argument]:
    reads = {step.number: step for step in plan.steps if isinstance(step, Read | ReadBody)}
    for number in call.reads:
        yield from (Argument(each.field.name, step=number) for each in reads[number].lookups)
    yield from (Argument(parameter, step=number) for parameter, number in call.takes)
    yield from (Argument(parameter, injected=_INJECTED[special]) for parameter, special in call.specials)
    if call.scopes is not None:
        parameter, scopes = call.scopes
        yield Argument(parameter, injected=f"SecurityScopes({', '.join(scopes)})")


def _used_by(step: Call, plan: Plan) -> tuple[int, ...]:
    calls = (each for each in plan.steps if isinstance(each, Call))
    return tuple(each.number for each in calls if any(number == step.number for _, number in each.takes))


def _closes(call: Call, *, websocket: bool) -> Any:
    match call.lifetime:
        case None:
            return None
        case "function" if websocket:
            return "when the endpoint returns"
        case "function":
            return "before the response is sent"
        case "request":
            return "when the endpoint returns" if websocket else "after the response was sent"


def _closing(calls: Sequence[Call], lifetime: str) -> list[int]:
    return [each.number for each in reversed(calls) if each.lifetime == lifetime]


def schemes_of(dependant: Dependant) -> tuple[Scheme, ...]:
    """Return the security schemes of an endpoint's dependency tree, with the scopes required of each."""
    found: dict[str, Scheme] = {}
    for node, scopes in requirements_of(dependant).security_dependencies:
        scheme: Any = node.call
        known = found[scheme.scheme_name].scopes if scheme.scheme_name in found else ()
        kind = getattr(scheme.model, "type_", None) or getattr(scheme.model, "type", "")
        word = str(getattr(kind, "value", kind))
        found[scheme.scheme_name] = Scheme(scheme.scheme_name, word, tuple(dict.fromkeys([*known, *scopes])))
    return tuple(found.values())


def reply_of(plan: Plan) -> Reply:
    """Tell how a return value becomes the answer."""
    answer = plan.answer
    if plan.websocket:
        return Reply(None, None, "the endpoint talks over the WebSocket itself")
    calls = [step for step in plan.steps if isinstance(step, Call)]
    specials = {special for call in calls for _, special in call.specials}
    closes_first = any(call.lifetime == "function" for call in calls)
    field = answer.item if answer.kind != "value" else answer.field
    return Reply(
        status=answer.status_code or 200,
        model=None if field is None else type_text(field.field_info.annotation),
        made=_made(answer, injects="response" in specials, closes_first=closes_first),
        notes=tuple(_reply_notes(answer, specials, streams_in_threads=calls[-1].kind == "generator")),
        is_stream=answer.kind != "value",
    )


def _made(answer: Answer, *, injects: bool, closes_first: bool) -> str:
    chosen = getattr(answer.response_class, "__name__", None)
    match answer.kind:
        case "json lines":
            return "JSON Lines, one for each item that the endpoint yields"
        case "events":
            return f"server-sent events ({chosen or 'EventSourceResponse'}), one for each item that the endpoint yields"
        case "stream":
            return f"{chosen or 'StreamingResponse'} of what the endpoint yields"
        case "value" if chosen is not None:
            return f"{chosen} of the value as plain data"
        case "value":
            return _made_of_json(answer, injects=injects, closes_first=closes_first)


def _made_of_json(answer: Answer, *, injects: bool, closes_first: bool) -> str:
    if not is_body_allowed_for_status_code(answer.status_code or 200):
        return "no body, as the status has none"
    if sends_directly(answer, injects_response=injects) and not closes_first:
        return "JSON, straight from the value to bytes and to the server; no response object is made"
    return "JSON, straight from the value to bytes, in a response object"


def _reply_notes(answer: Answer, specials: AbstractSet[str], *, streams_in_threads: bool) -> Iterator[str]:
    if streams_in_threads:
        yield "each item is made in a worker thread"
    if answer.kind == "value":
        yield "a Response that the endpoint returns is sent as it is"
    for name in ("include", "exclude"):
        if getattr(answer, name):
            yield f"response_model_{name}={short(repr(getattr(answer, name)))}"
    for name in ("exclude_unset", "exclude_defaults", "exclude_none"):
        if getattr(answer, name):
            yield f"response_model_{name}"
    if not answer.by_alias:
        yield "by the names of fields, not their aliases"
    if "response" in specials:
        yield "headers, cookies and status of the injected Response are added"
    if "background_tasks" in specials:
        yield "background tasks run after it was sent, before what closes then"
