"""SW605: problems (RFC 9457) that are raised where they are not declared."""

import ast
from collections.abc import Iterator

from straightway.check.findings import Found
from straightway.check.model.classes import ancestors_of
from straightway.check.model.functions import Function
from straightway.check.model.project import Definition, Project
from straightway.check.model.routes import Inclusion, Served, option_of, served_by
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import Module

_BASES = frozenset({"straightway.Problem", "straightway.problems.Problem"})
_READY_MADE = "straightway.problems."


def is_problem(project: Project, found: Definition | str | None) -> bool:
    """Tell whether a class derives from `Problem`, or is one of the ready-made ones."""
    return any(
        each in _BASES or each.startswith(_READY_MADE)
        for each in ancestors_of(project, found)
        if isinstance(each, str)
    )


def undeclared(project: Project) -> Iterator[Found]:
    """Find problems that an endpoint raises itself and that are missing from the `raises` it has."""
    seen: set[ast.AST] = set()
    for served in (each for listed in served_by(project) for each in listed):
        route, function = served.route, served.route.function
        if function is None or route.option("raises") is None or route.option("responses") is not None:
            continue
        declared = _declared(project, served, function)
        if declared is None:
            continue
        for node, kind in _raised(project, function):
            if node in seen or not declared.isdisjoint(_keys(project, kind)):
                continue
            seen.add(node)
            name = kind.name if isinstance(kind, Definition) else kind.rpartition(".")[2]
            yield Found(
                function.module,
                node,
                f"{name} is not in the raises of this endpoint: its clients are not told that they may get it",
                f"add {name} to raises=[...]",
            )


def _declared(project: Project, served: Served, function: Function) -> set[object] | None:
    """Return what stands in `raises` on the way to an endpoint; None where some of it cannot be read."""
    calls = [(each.module, each.call if isinstance(each, Inclusion) else each.made) for each in served.chain]
    calls.append((served.route.module, served.route.call))
    listed: list[tuple[Module, ast.expr]] = []
    for module, call in calls:
        given = option_of(call, "raises") if isinstance(call, ast.Call) else None
        if given is None:
            continue
        if not isinstance(given, (ast.List, ast.Tuple)):
            return None
        listed += [(module, each) for each in given.elts]
    for decorator in function.node.decorator_list:
        if isinstance(decorator, ast.Call) and project.framework(function.module, decorator.func) == "raises":
            listed += [(function.module, each) for each in decorator.args]
    found = [project.resolve(module, each) for module, each in listed]
    return None if None in found else {_key(each) for each in found}


def _raised(project: Project, function: Function) -> Iterator[tuple[ast.Raise, Definition | str]]:
    """Yield the problems that a function raises, but for those that it may catch itself."""
    for node in own_nodes(function.node):
        if not isinstance(node, ast.Raise) or node.exc is None:
            continue
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        kind = project.resolve(function.module, raised)
        is_class = isinstance(kind, str) or (kind is not None and kind.cls is not None)
        is_caught = any(isinstance(each, ast.Try) for each in function.module.ancestors(node))
        if kind is not None and is_class and not is_caught and is_problem(project, kind):
            yield node, kind


def _keys(project: Project, kind: Definition | str) -> set[object]:
    return {_key(each) for each in ancestors_of(project, kind)}


def _key(found: Definition | str | None) -> object:
    return found.node if isinstance(found, Definition) else found
