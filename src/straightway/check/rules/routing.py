"""SW1xx: routes that cannot be reached, and paths that do not fit their functions."""

import ast
import re
from collections.abc import Iterator, Sequence

from straightway.check.findings import Found
from straightway.check.model.annotations import class_of
from straightway.check.model.classes import is_model
from straightway.check.model.functions import Dependency, Function, Parameter, called_by
from straightway.check.model.project import UNKNOWN, Definition, Project
from straightway.check.model.routes import Inclusion, Route, Router, Served, needs_of, served_by
from straightway.check.model.source import Module
from straightway.wording import nearest

PARAMETER = re.compile(r"\{([^}:]+)(?::([^}]+))?\}")
CONVERTORS = {
    "int": r"[0-9]+",
    "float": r"[0-9]+(\.[0-9]+)?",
    "uuid": r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
    "path": ".*",
    "str": "[^/]+",
}
READERS = frozenset({"Request", "HTTPConnection", "WebSocket"})


def shadowed(project: Project) -> Iterator[Found]:
    """Find routes that an earlier one with a parameter takes all requests from."""
    for earlier, later in _pairs(project):
        if nameless(earlier.path or "") != nameless(later.path or ""):
            yield Found(later.route.module, later.route.call, *shadow_words(later, earlier))


def shadow_words(later: Served, earlier: Served) -> tuple[str, str]:
    """Word that one route takes another's requests."""
    method = later.route.methods[0]
    place = f"{earlier.route.module.path.name}:{earlier.route.call.lineno}"
    return (
        f"{method} {later.path} is never reached: {earlier.path} ({place}) is declared before it and matches it too",
        f"declare {later.path} before {earlier.path}",
    )


def duplicates(project: Project) -> Iterator[Found]:
    """Find routes with the method and path of an earlier one."""
    for earlier, later in _pairs(project):
        if nameless(earlier.path or "") == nameless(later.path or ""):
            place = f"{earlier.route.module.path.name}:{earlier.route.call.lineno}"
            yield Found(
                later.route.module,
                later.route.call,
                f"{later.route.methods[0]} {later.path} is declared a second time; the first one ({place}) answers",
            )


def _pairs(project: Project) -> Iterator[tuple[Served, Served]]:
    """Yield pairs of routes of one application, in order, where the first takes every method of the second."""
    for listed in served_by(project):
        known = [
            each
            for each in listed
            if each.path is not None and each.route.methods and not _matches_itself(each)
        ]
        for number, later in enumerate(known):
            for earlier in known[:number]:
                if _comparable(earlier, later):
                    yield earlier, later
                    break


def _matches_itself(served: Served) -> bool:
    """A `route_class` may decide for itself what it matches."""
    return any(isinstance(each, Router) and each.option("route_class") is not None for each in served.chain)


def _comparable(earlier: Served, later: Served) -> bool:
    if not set(later.route.methods) <= set(earlier.route.methods):
        return False
    if not (covers(earlier.path or "", later.path or "")):
        return False
    if earlier.route is later.route:
        return earlier.path == later.path
    first, second = _fork(earlier, later)
    # Which file runs first is not always known: order counts only within one.
    return (
        first[0] is second[0]
        and first[1].lineno < second[1].lineno
        and not _alternatives(first[0], first[1], second[1])
    )


def _fork(earlier: Served, later: Served) -> tuple[tuple[Module, ast.Call], tuple[Module, ast.Call]]:
    """Return the two calls in the router both come from whose order decides."""
    steps = [
        [(each.module, each.call) for each in served.chain if isinstance(each, Inclusion)]
        + [(served.route.module, served.route.call)]
        for served in (earlier, later)
    ]
    for first, second in zip(*steps, strict=False):
        if first[1] is not second[1]:
            return first, second
    return steps[0][-1], steps[1][-1]


def _alternatives(module: Module, first: ast.AST, second: ast.AST) -> bool:
    """Tell whether two nodes stand in different branches of one statement, of which only one runs."""
    branches = _branches(module, first)
    return any(branches.get(node, branch) != branch for node, branch in _branches(module, second).items())


def _branches(module: Module, node: ast.AST) -> dict[ast.AST, str]:
    found: dict[ast.AST, str] = {}
    child = node
    for parent in module.ancestors(node):
        if isinstance(parent, (ast.If, ast.Try, ast.Match)):
            for name, value in ast.iter_fields(parent):
                if isinstance(value, list) and child in value:
                    found[parent] = f"{name} {value.index(child) if name in {'handlers', 'cases'} else ''}"
        child = parent
    return found


def covers(earlier: str, later: str) -> bool:
    """Tell whether every path that `later` matches is matched by `earlier`."""
    pattern = "".join(
        CONVERTORS.get(part or "str", CONVERTORS["str"]) if name else re.escape(text)
        for text, name, part in _parts(earlier)
    )
    return all(re.fullmatch(pattern, _sample(later, text)) for text in ("x", "7", "a b"))


def overlaps(table: Sequence[tuple[frozenset[str], str]]) -> Iterator[tuple[int, int]]:
    """Yield the places of two routes of a table, methods and path, where the first takes all requests of the second.

    Without methods a route takes all of them, as a mount does.
    """
    for second, (methods, path) in enumerate(table):
        for first, (earlier_methods, earlier_path) in enumerate(table[:second]):
            takes = not earlier_methods or (methods and methods <= earlier_methods)
            if takes and covers(earlier_path, path):
                yield first, second
                break


def _parts(path: str) -> Iterator[tuple[str, str, str]]:
    end = 0
    for match in PARAMETER.finditer(path):
        yield path[end : match.start()], "", ""
        yield "", match[1], match[2] or ""
        end = match.end()
    yield path[end:], "", ""


def _sample(path: str, text: str) -> str:
    samples = {
        "int": "7",
        "float": "1.5",
        "uuid": "12345678-1234-5678-1234-567812345678",
        "path": f"{text}/{text}",
    }
    return PARAMETER.sub(lambda match: samples.get(match[2] or "", text), path)


def nameless(path: str) -> str:
    """Return a path without the names of its parameters."""
    return PARAMETER.sub(lambda match: f"{{:{match[2] or ''}}}", path)


def operation_ids(project: Project) -> Iterator[Found]:
    """Find operation ids that are given to two routes."""
    for listed in served_by(project):
        known: dict[str, Route] = {}
        for route in dict.fromkeys(each.route for each in listed):
            value = project.constant(route.module, route.option("operation_id"))
            if not isinstance(value, str):
                continue
            first = known.setdefault(value, route)
            if first is not route and not (
                first.module is route.module and _alternatives(route.module, first.call, route.call)
            ):
                place = f"{first.module.path.name}:{first.call.lineno}"
                yield Found(route.module, route.call, f"the operation id {value!r} is also that of {place}")


def misspelt(project: Project) -> Iterator[Found]:
    """Find path parameters that the function spells differently, or wants as a query parameter."""
    for route, function, name in _missing(project):
        meant = _meant(name, function)
        if meant is not None:
            yield Found(
                route.module,
                route.call,
                f"{{{name}}} is in the path, but {function.node.name}() takes {meant!r}, which becomes a query parameter",
                f"write {name} in both, or {{{meant}}} in the path",
            )


def missing(project: Project) -> Iterator[Found]:
    """Find path parameters that nothing takes."""
    for route, function, name in _missing(project):
        if _meant(name, function) is None:
            yield Found(
                route.module,
                route.call,
                f"{{{name}}} is in the path, but {function.node.name}() does not take it",
                f"add the parameter {name} to {function.node.name}(), or take {{{name}}} out of the path",
            )


def _meant(name: str, function: Function) -> str | None:
    """Return the parameter that `{name}` is a slip of, or another spelling: `itemId` or `id` for `item_id`."""
    candidates = _candidates(function)
    plain = name.replace("_", "").lower()
    same = (
        each
        for each in candidates
        if each.replace("_", "").lower() == plain or (each == "id" and name.endswith("_id"))
    )
    return nearest(name, candidates, cutoff=0.75) or next(same, None)


def _candidates(function: Function) -> list[str]:
    return [
        each.name
        for each in function.parameters
        if (each.marker is None or each.marker.kind in {"Path", "Query"}) and each.plain_default is None
    ]


def _missing(project: Project) -> Iterator[tuple[Route, Function, str]]:
    """Yield path parameters of the route itself (not of a prefix) that neither it nor a dependency takes."""
    seen: set[Route] = set()
    for served in (each for listed in served_by(project) for each in listed):
        route, function = served.route, served.route.function
        if route in seen or function is None or route.path is None:
            continue
        seen.add(route)
        taken = _taken(project, served, function)
        if taken is None:
            continue
        for match in PARAMETER.finditer(route.path):
            # `{$request.body#/url}` in callbacks is an expression of OpenAPI.
            if match[1].isidentifier() and match[1] not in taken:
                yield route, function, match[1]


def _taken(project: Project, served: Served, function: Function) -> set[str] | None:
    """Return the names that the route's functions take; None where that cannot be known."""
    names: set[str] = set()
    functions = [function]
    for dependency in needs_of(project, served):
        called = called_by(project, dependency)
        if called is not None:
            functions.append(called)
        elif not _is_of_the_framework(project, dependency):
            return None
    for each in functions:
        if each.node.args.kwarg is not None or any(_may_take_all(project, one) for one in each.parameters):
            return None
        for parameter in each.parameters:
            names |= {parameter.name, *_alias(project, parameter)}
    return names


def _is_of_the_framework(project: Project, dependency: Dependency) -> bool:
    """Tell whether it is a security scheme or the like, which takes nothing from the path."""
    if isinstance(dependency.definition, Definition):
        made, module = dependency.definition.value, dependency.definition.module
    else:
        made, module = dependency.expression, dependency.module
    return bool(project.framework(module, made.func if isinstance(made, ast.Call) else made))


def _may_take_all(project: Project, parameter: Parameter) -> bool:
    """Tell whether a parameter may be how a function comes by any of the path's values."""
    if parameter.is_opaque or _has_choices(project, parameter):
        return True
    if parameter.annotation is None:
        return False
    kind = project.framework(parameter.annotation.module, parameter.annotation.type)
    is_path = parameter.marker is not None and parameter.marker.kind == "Path"
    return kind in READERS or (is_path and is_model(project, class_of(project, parameter.annotation)))


def _has_choices(project: Project, parameter: Parameter) -> bool:
    """Tell whether a parameter has an alias that is only known when the program runs."""
    given = (
        [parameter.marker.option(each) for each in ("alias", "validation_alias")] if parameter.marker else []
    )
    return any(
        each is not None
        and parameter.marker is not None
        and project.constant(parameter.marker.module, each) is UNKNOWN
        for each in given
    )


def _alias(project: Project, parameter: Parameter) -> Iterator[str]:
    marker = parameter.marker
    for option in ("alias", "validation_alias"):
        value = project.constant(marker.module, marker.option(option)) if marker else None
        if isinstance(value, str):
            yield value
