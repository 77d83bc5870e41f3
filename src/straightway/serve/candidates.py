"""Why one route answers and others do not: the walk through a route table, with reasons.

It goes through the same parts as `Table.find`, in the same order, and calls nothing but `matches`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from starlette.routing import BaseRoute, Match, Mount, Router, WebSocketRoute
from starlette.types import Scope

from straightway.compile.paths import PARAMETER, Entry, PathTable
from straightway.describe.explanation import Candidate, Origin, Verdict
from straightway.describe.origins import origin_of
from straightway.serve.passage import Passage
from straightway.serve.table import Table, matched, route_path

_ALIKE = 0.75
"""How much of two paths must be the same for one to be named where the other one was asked for."""
_MOST_ALIKE = 3


@dataclass(slots=True)
class Weighed:
    """The outcome: the route taken with what it adds to the scope, or the methods that are allowed; and all reasons."""

    taken: BaseRoute | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    child_scope: Scope = field(default_factory=dict)
    allowed: list[str] = field(default_factory=list)
    refuses_itself: bool = False
    """A route that decides for itself matched all but the method, first: only its own methods are told."""
    candidates: list[Candidate] = field(default_factory=list)
    met: list[BaseRoute] = field(default_factory=list)
    """The routes of the candidates."""

    def add(self, route: BaseRoute, verdict: Verdict, why: str) -> None:
        """Note why a route is taken, or is not."""
        self.met.append(route)
        self.candidates.append(
            Candidate(methods_of(route), path_of(route), route_origin(route), verdict, why)
        )


def weigh(table: Table, routes: Sequence[BaseRoute], scope: Scope) -> Weighed:
    """Return which of the routes answers the request, and why the others that it might have been for do not."""
    found = Weighed()
    for part in table.parts:
        if isinstance(part, PathTable):
            for entry, captured in part.candidates(route_path(scope)):
                _weigh_entry(entry, captured, scope, found)
        else:
            _weigh_asked(part, scope, found)
    others = [each for each in routes if not any(each is one for one in found.met)]
    for route, verdict, why in _refused(others, scope):
        found.add(route, verdict, why)
    _in_order(found, routes)
    if found.taken is None and not found.allowed:
        for route, why in _alike(others, scope):
            found.add(route, "path", why)
    return found


def _in_order(found: Weighed, routes: Sequence[BaseRoute]) -> None:
    """Sort the candidates as they were declared."""
    places = {id(route): number for number, route in enumerate(routes)}
    pairs = sorted(
        zip(found.met, found.candidates, strict=True), key=lambda pair: places.get(id(pair[0]), len(places))
    )
    found.met, found.candidates = [route for route, _ in pairs], [candidate for _, candidate in pairs]


def _weigh_entry(entry: Entry, captured: tuple[str, ...], scope: Scope, found: Weighed) -> None:
    route = entry.target.route
    if entry.methods is not None and scope.get("method") not in entry.methods:
        found.allowed += [] if found.refuses_itself else sorted(entry.methods)
        found.add(route, "method", _other_methods(entry.methods, scope))
        return
    if found.taken is not None:
        found.add(route, "order", _declared_later(found.taken))
        return
    try:
        parameters = entry.parameters(captured)
    except ValueError as error:
        found.add(route, "convertor", f"its convertor refuses the value: {error}")
        return
    found.taken, found.parameters = route, parameters
    found.add(route, "taken", "it is the first that matches")


def _weigh_asked(part: BaseRoute, scope: Scope, found: Weighed) -> None:
    """Ask a mount, a host, or a route that decides for itself, as the table does."""
    route = part.route if isinstance(part, Passage) else part
    if found.taken is not None and not isinstance(route, Mount):
        return  # what others match is not known without asking them, which nobody does now
    match, child_scope = matched(part, scope)
    if match is Match.NONE:
        return
    if found.taken is not None:
        found.add(route, "order", _declared_later(found.taken))
    elif match is Match.PARTIAL:
        methods = frozenset(getattr(route, "methods", None) or ())
        if not found.allowed:
            found.allowed, found.refuses_itself = sorted(methods), True
        found.add(route, "method", _other_methods(methods, scope))
    else:
        found.taken, found.child_scope = route, child_scope
        found.parameters = dict(child_scope.get("path_params", {}))
        found.add(route, "taken", _taken_reason(route))


def _taken_reason(route: BaseRoute) -> str:
    if isinstance(route, Mount):
        return f"everything below {route.path or '/'} goes to what is mounted there"
    return "it says itself that it matches"


def _declared_later(taken: BaseRoute) -> str:
    return f"{path_of(taken)} is declared before it"


def _other_methods(methods: frozenset[str], scope: Scope) -> str:
    return f"it answers {', '.join(sorted(methods)) or 'other methods'}, not {scope.get('method')}"


def _refused(routes: Sequence[BaseRoute], scope: Scope) -> Iterator[tuple[BaseRoute, Verdict, str]]:
    """Find the routes that would match but for a convertor, or the kind of connection."""
    path = route_path(scope)
    for route in routes:
        template = path_of(route)
        if isinstance(route, Mount) or (not PARAMETER.search(template) and template != path):
            continue
        if isinstance(route, WebSocketRoute) is not (scope["type"] == "websocket"):
            if _loose(template).fullmatch(path):
                kind = "a WebSocket" if isinstance(route, WebSocketRoute) else "HTTP"
                yield route, "kind", f"it is for {kind}"
            continue
        match = _loose(template).fullmatch(path)
        if match is not None and (reason := _convertor_reason(route, match)):
            yield route, "convertor", reason


def _loose(template: str) -> re.Pattern[str]:
    """Return the pattern of a path template, every parameter being any text."""
    text, end = "", 0
    for match in PARAMETER.finditer(template):
        kind = ".*" if match[2] == ":path" else "[^/]+"
        text += f"{re.escape(template[end : match.start()])}({kind})"
        end = match.end()
    return re.compile(text + re.escape(template[end:]))


def _convertor_reason(route: Any, match: re.Match[str]) -> str:
    convertors = getattr(route, "param_convertors", {})
    for parameter, value in zip(PARAMETER.finditer(path_of(route)), match.groups(), strict=True):
        convertor = convertors.get(parameter[1])
        if convertor is not None and not re.fullmatch(convertor.regex, value):
            return f"{parameter[0]} does not take {value!r}"
    return ""


def _alike(routes: Sequence[BaseRoute], scope: Scope) -> Iterator[tuple[BaseRoute, str]]:
    """Find the routes whose paths are most like the one that nothing answers."""
    path = route_path(scope)
    kind = scope["type"] == "websocket"
    scored: list[tuple[float, BaseRoute, str]] = []
    for route in routes:
        if isinstance(route, WebSocketRoute) is not kind:
            continue
        nearest = _filled(path_of(route), path)
        score = SequenceMatcher(None, nearest, path).ratio()
        if _ALIKE <= score < 1:
            scored.append((score, route, nearest))
    scored.sort(key=lambda each: -each[0])
    for _, route, nearest in scored[:_MOST_ALIKE]:
        yield route, f"the path differs; did you mean {nearest}?"


def _filled(template: str, path: str) -> str:
    """Put the segments of a path in place of a template's parameters, where both are as long."""
    pieces, segments = template.split("/"), path.split("/")
    if len(pieces) != len(segments):
        return template
    return "/".join(
        segment if PARAMETER.fullmatch(piece) else piece
        for piece, segment in zip(pieces, segments, strict=True)
    )


def path_of(route: Any) -> str:
    """Return the path template of a route; of a host, its name."""
    path = getattr(route, "path", None)
    return str(getattr(route, "host", type(route).__name__) if path is None else path)


def methods_of(route: Any) -> tuple[str, ...]:
    """Return the methods of a route: `WS` for a WebSocket, none for a mount. HEAD is left out beside GET."""
    if isinstance(route, WebSocketRoute):
        return ("WS",)
    methods: set[str] = set(getattr(route, "methods", None) or ())
    return tuple(sorted(methods - {"HEAD"} if "GET" in methods else methods))


def route_origin(route: Any) -> Origin:
    """Return the name of what a route leads to, and where that was written."""
    target = getattr(route, "endpoint", None)
    if target is not None:
        return origin_of(target)
    target = getattr(route, "app", None)
    return Origin(type(route if target is None else target).__name__)


def router_of(app: Any) -> Any:
    """Return the router of an application, or the router itself; None for what has none."""
    router = app if isinstance(app, Router) else getattr(app, "router", None)
    return router if isinstance(router, Router) else None
