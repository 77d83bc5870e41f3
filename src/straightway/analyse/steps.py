"""A dependency tree to steps in running order: order, sharing, lifetimes and what a failed value skips are settled here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from straightway.analyse.callables import kind_of
from straightway.analyse.dependant import Dependant, lifetime_of, oauth_scopes
from straightway.analyse.graph import get_dependant
from straightway.analyse.lookups import lookup_of
from straightway.declare.schemes import SecurityBase
from straightway.fields import ModelField
from straightway.plan import Body, Call, CallKind, Lookup, Read, ReadBody, Special, Step

Overrides = Mapping[Callable[..., Any], Callable[..., Any]]

_SPECIALS: tuple[tuple[str, Special], ...] = (
    ("request_param_name", "request"),
    ("websocket_param_name", "websocket"),
    ("http_connection_param_name", "connection"),
    ("response_param_name", "response"),
    ("background_tasks_param_name", "background_tasks"),
)


@dataclass(slots=True)
class Solved:
    """What walking one callable left behind."""

    slot: int
    report: tuple[int, ...]
    fallible: bool
    repeats: bool = False
    """Something that it depends on runs again for every use."""


@dataclass(slots=True)
class Steps:
    """The steps written so far, and what later ones may share."""

    embed: bool
    body: Body | None
    overrides: Overrides
    websocket: bool = False
    steps: list[Step] = field(default_factory=list)
    shared: dict[Any, Solved] = field(default_factory=dict)
    count: int = 0

    def next_number(self) -> int:
        """Return the number of the next step, which is also its slot."""
        self.count += 1
        return self.count - 1


def steps_of(
    dependant: Dependant,
    *,
    embed: bool,
    body: Body | None,
    overrides: Overrides | None = None,
    websocket: bool = False,
) -> tuple[tuple[Step, ...], tuple[int, ...]]:
    """Return the steps that end in the call of `dependant`, and the order in which read errors are reported.

    A body is read just before the first step that needs it, so that what comes earlier (an authentication
    dependency, say) can refuse the request without waiting for an upload.
    """
    steps = Steps(embed=embed, body=body, overrides=overrides or {}, websocket=websocket)
    solved = _solve(dependant, steps, is_endpoint=True)
    return tuple(steps.steps), solved.report


def _solve(dependant: Dependant, steps: Steps, *, is_endpoint: bool = False) -> Solved:
    """Write the steps of one callable, those of its dependencies first."""
    takes: list[tuple[str, int]] = []
    report: list[int] = []
    needs: list[int] = []
    repeats = False
    for each in dependant.dependencies:
        solved = _shared(each, steps)
        repeats = repeats or solved.repeats or not each.use_cache
        report.extend(solved.report)
        if solved.fallible:
            needs.append(solved.slot)
        if each.name is not None:
            takes.append((each.name, solved.slot))
    reads = [*_reads(dependant, steps)]
    report.extend(reads)
    call = _call(dependant, steps, takes=takes, reads=reads, needs=needs, is_endpoint=is_endpoint)
    steps.steps.append(call)
    return Solved(call.number, tuple(report), fallible=bool(call.needs), repeats=repeats)


def _shared(declared: Dependant, steps: Steps) -> Solved:
    """Return an earlier call's slot where FastAPI's cache would return its value; otherwise write the call.

    FastAPI walks the dependencies of a dependency before it looks into its cache, so uncached ones below run again.
    """
    key = cache_key(declared)
    known = steps.shared.get(key)
    if known is None or not declared.use_cache:
        solved = _solve(_overridden(declared, steps.overrides), steps)
        steps.shared.setdefault(key, solved)
        return solved
    if known.repeats:
        for each in _overridden(declared, steps.overrides).dependencies:
            _shared(each, steps)
    return known


def _overridden(dependant: Dependant, overrides: Overrides) -> Dependant:
    call = dependant.call
    replacement = None if call is None or not _is_hashable(call) else overrides.get(call)
    if replacement is None:
        return dependant
    return get_dependant(
        path=dependant.path or "",
        call=replacement,
        name=dependant.name,
        own_oauth_scopes=dependant.own_oauth_scopes,
        parent_oauth_scopes=dependant.parent_oauth_scopes,
        use_cache=dependant.use_cache,
        scope=dependant.scope,
        concurrency=dependant.concurrency,
    )


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def cache_key(dependant: Dependant) -> tuple[Any, tuple[str, ...], str]:
    """Return what makes two uses of a dependency the same: the callable, its scopes if it looks at them, its lifetime."""
    call = dependant.call if _is_hashable(dependant.call) else id(dependant.call)
    scopes = tuple(sorted(oauth_scopes(dependant))) if uses_scopes(dependant) else ()
    return call, scopes, dependant.scope or lifetime_of(dependant) or ""


def uses_scopes(dependant: Dependant) -> bool:
    """Tell whether security scopes make a difference to what the dependency returns."""
    call: object = dependant.call
    return bool(
        dependant.own_oauth_scopes
        or dependant.security_scopes_param_name
        or isinstance(call, SecurityBase)
        or any(uses_scopes(each) for each in dependant.dependencies)
    )


def _reads(dependant: Dependant, steps: Steps) -> list[int]:
    fields: list[ModelField] = [
        *dependant.path_params,
        *dependant.query_params,
        *dependant.header_params,
        *dependant.cookie_params,
    ]
    numbers: list[int] = []
    if fields:
        number = steps.next_number()
        steps.steps.append(Read(number, tuple(lookup_of(each) for each in fields)))
        numbers.append(number)
    if dependant.body_params:
        lookups = tuple(lookup_of(each, in_body=True) for each in dependant.body_params)
        numbers.append(_read_body(lookups, steps))
    return numbers


def _read_body(lookups: tuple[Lookup, ...], steps: Steps) -> int:
    body = next((each for each in steps.steps if isinstance(each, Body)), None)
    if body is None and steps.body is not None:
        body = steps.body
        body = Body(steps.next_number(), body.kind, body.strict_content_type, body.form_limits)
        steps.steps.append(body)
    number = steps.next_number()
    form = body is not None and body.kind == "form"
    # The parameters of a route are embedded together, or one for itself where another of its name is not.
    embed = steps.embed or any(getattr(each.field.field_info, "embed", None) for each in lookups)
    steps.steps.append(ReadBody(number, body.number if body else None, lookups, embed=embed, form=form))
    return number


def _call(
    dependant: Dependant,
    steps: Steps,
    *,
    takes: list[tuple[str, int]],
    reads: list[int],
    needs: list[int],
    is_endpoint: bool,
) -> Call:
    if dependant.call is None:
        raise TypeError("a dependant without a callable cannot be run")
    kind: CallKind = kind_of(dependant.call)
    scopes_name = dependant.security_scopes_param_name
    return Call(
        number=steps.next_number(),
        call=dependant.call,
        kind=kind,
        reads=tuple(reads),
        takes=tuple(takes),
        specials=_specials(dependant, steps),
        scopes=(scopes_name, tuple(oauth_scopes(dependant))) if scopes_name else None,
        lifetime=None if is_endpoint else lifetime_of(dependant),
        concurrency=dependant.concurrency,
        needs=() if is_endpoint else (*reads, *needs),
        is_endpoint=is_endpoint,
    )


def _specials(dependant: Dependant, steps: Steps) -> tuple[tuple[str, Special], ...]:
    """Return the injected objects; a `Request` is not passed in a WebSocket endpoint, nor the reverse."""
    absent: Special = "request" if steps.websocket else "websocket"
    connection: Special = "websocket" if steps.websocket else "request"
    found: list[tuple[str | None, Special]] = [
        (getattr(dependant, attribute), connection if special == "connection" else special)
        for attribute, special in _SPECIALS
        if special != absent
    ]
    return tuple((name, special) for name, special in found if name is not None)
