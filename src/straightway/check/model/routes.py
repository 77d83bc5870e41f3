"""Applications, routers, routes and inclusions as the source declares them, and what an application serves in the end."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from straightway.check.model.annotations import class_of
from straightway.check.model.classes import ancestors_of
from straightway.check.model.functions import (
    Dependency,
    Function,
    called_by,
    dependencies_of,
    dependency_of,
    function_at,
    marker_at,
)
from straightway.check.model.project import UNKNOWN, Definition, Project
from straightway.check.model.source import FunctionNode, Module

__all__ = ["Inclusion", "Route", "Router", "Served", "routers_of", "routes_of", "served_by"]

APPLICATIONS = frozenset({"FastAPI", "Straightway"})
ROUTERS = frozenset({*APPLICATIONS, "APIRouter"})
VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
DEEPEST = 10


@dataclass(eq=False, slots=True)
class Route:
    """One endpoint as declared: `call` is the decorator, or the call of `add_api_route`."""

    module: Module
    call: ast.Call
    function: Function | None
    methods: tuple[str, ...]
    path: str | None

    def option(self, name: str) -> ast.expr | None:
        """Return an option of the route."""
        return option_of(self.call, name)


@dataclass(eq=False, slots=True)
class Inclusion:
    """`include_router(...)`: the router that is included, and the call."""

    module: Module
    call: ast.Call
    router: "Router"


@dataclass(eq=False, slots=True)
class Router:
    """An application or a router: the call that makes it (or the parameter it is), and what is declared on it."""

    module: Module
    made: ast.AST
    is_application: bool
    events: list[Route | Inclusion] = field(default_factory=list)

    def option(self, name: str) -> ast.expr | None:
        """Return an argument of the call that makes it."""
        return option_of(self.made, name) if isinstance(self.made, ast.Call) else None


@dataclass(frozen=True, slots=True)
class Served:
    """A route as it is served: with its full path (None if not known) and the routers and inclusions on the way."""

    route: Route
    path: str | None
    chain: tuple[Router | Inclusion, ...]


def option_of(call: ast.Call, name: str) -> ast.expr | None:
    """Return a keyword argument of a call."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def routers_of(project: Project) -> list[Router]:
    """Read all applications and routers with what is declared on them, in source order."""
    known = project.memory.get("routers")
    if not isinstance(known, dict):
        known = _read(project)
        project.memory["routers"] = known
    return list(known.values())


def _read(project: Project) -> dict[ast.AST, Router]:
    routers: dict[ast.AST, Router] = {}
    calls: list[tuple[Module, ast.Call]] = []
    for module, call in project.calls():
        kind = kind_of(project, module, call)
        if kind:
            routers.setdefault(call, Router(module, call, kind in APPLICATIONS))
        if isinstance(call.func, ast.Attribute):
            calls.append((module, call))
    order = {module: number for number, module in enumerate(project.modules.values())}
    for module, call in sorted(calls, key=lambda each: (order[each[0]], each[1].lineno, each[1].col_offset)):
        owner = (
            router_at(project, module, call.func.value, routers)
            if isinstance(call.func, ast.Attribute)
            else None
        )
        event = _event(project, module, call, owner, routers)
        if event is not None and owner is not None:
            owner.events.append(event)
        elif isinstance(event, Route):
            # A router that could not be traced: its endpoints are endpoints all the same.
            routers[call] = Router(module, call.func, is_application=False, events=[event])
    return routers


def router_at(
    project: Project, module: Module, expression: ast.expr, routers: dict[ast.AST, Router]
) -> Router | None:
    """Return the router that an expression means."""
    found = project.definition(module, expression)
    if found is None:
        return None
    made: ast.AST | None = None
    if found.kind == "parameter" and found.annotation is not None:
        kind = project.framework(found.module, found.annotation)
        made = found.node if kind in ROUTERS else None
    elif isinstance(found.value, ast.Call):
        kind = kind_of(project, found.module, found.value)
        made = found.value if kind else None
    else:
        return None
    if made is None:
        return None
    return routers.setdefault(made, Router(found.module, made, kind in APPLICATIONS))


def kind_of(project: Project, module: Module, call: ast.Call) -> str:
    """Return `FastAPI`, `Straightway` or `APIRouter` for a call that makes one, of a class of the user's too."""
    for each in ancestors_of(project, project.resolve(module, call.func)):
        last = each.rpartition(".")[2] if isinstance(each, str) else ""
        if last in ROUTERS and isinstance(each, str) and each.partition(".")[0] in {"fastapi", "straightway"}:
            return last
    return ""


def _event(
    project: Project, module: Module, call: ast.Call, owner: Router | None, routers: dict[ast.AST, Router]
) -> Route | Inclusion | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name == "include_router" and owner is not None and call.args:
        child = router_at(project, module, call.args[0], routers)
        return Inclusion(module, call, child) if child is not None else None
    if name == "add_api_route" and owner is not None and len(call.args) >= 2:
        found = project.definition(module, call.args[1])
        function = function_at(project, found.module, found.function) if found and found.function else None
        return Route(module, call, function, _methods(project, module, call), _path(project, module, call))
    return _decorated(project, module, call, name, owner)


def _decorated(
    project: Project, module: Module, call: ast.Call, name: str, owner: Router | None
) -> Route | None:
    function = module.parents.get(call)
    if (
        not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        or call not in function.decorator_list
    ):
        return None
    path = _path(project, module, call)
    if name in VERBS and (owner is not None or (path or "").startswith("/")):
        return Route(module, call, function_at(project, module, function), (name.upper(),), path)
    if name == "api_route" and owner is not None:
        return Route(
            module, call, function_at(project, module, function), _methods(project, module, call), path
        )
    return None


def _path(project: Project, module: Module, call: ast.Call) -> str | None:
    first = call.args[0] if call.args else option_of(call, "path")
    value = project.constant(module, first)
    return value if isinstance(value, str) else None


def _methods(project: Project, module: Module, call: ast.Call) -> tuple[str, ...]:
    given = option_of(call, "methods")
    value = project.constant(module, given) if given is not None else ["GET"]
    if isinstance(value, (list, tuple, set)):
        return tuple(sorted(str(each).upper() for each in value))
    return ()


def routes_of(project: Project) -> Iterator[Route]:
    """Yield every declared route once."""
    for router in routers_of(project):
        yield from (event for event in router.events if isinstance(event, Route))


def served_by(project: Project) -> list[list[Served]]:
    """List what each application serves, in order of matching; a router that nobody includes stands for itself."""
    known = project.memory.get("served")
    if isinstance(known, list):
        return known
    routers = routers_of(project)
    included = {event.router for each in routers for event in each.events if isinstance(event, Inclusion)}
    tops = [each for each in routers if each.is_application or each not in included]
    served = [list(_flat(project, each, "", (each,))) for each in tops]
    project.memory["served"] = served
    return served


def _flat(
    project: Project, router: Router, prefix: str | None, chain: tuple[Router | Inclusion, ...]
) -> Iterator[Served]:
    prefix = _joined(prefix, project, router.module, router.option("prefix"))
    for event in router.events:
        if isinstance(event, Route):
            known = prefix is not None and event.path is not None
            yield Served(event, f"{prefix}{event.path}" if known else None, chain)
        elif len(chain) < DEEPEST * 2:
            inner = _joined(prefix, project, event.module, option_of(event.call, "prefix"))
            yield from _flat(project, event.router, inner, (*chain, event, event.router))


def _joined(prefix: str | None, project: Project, module: Module, more: ast.expr | None) -> str | None:
    if more is None or prefix is None:
        return prefix
    value = project.constant(module, more)
    return None if value is UNKNOWN or not isinstance(value, str) else prefix + value


def needs_of(project: Project, served: Served) -> Iterator[Dependency]:
    """Yield every dependency that runs for a route: its own, those of routers and inclusions, and theirs in turn."""
    seen: set[int] = set()
    for first in _first_needs(project, served):
        yield from closure_of(project, first, seen)


def _first_needs(project: Project, served: Served) -> Iterator[Dependency]:
    for each in served.chain:
        call = each.call if isinstance(each, Inclusion) else each.made
        if isinstance(call, ast.Call):
            yield from _listed(project, each.module, option_of(call, "dependencies"))
    yield from _listed(project, served.route.module, served.route.option("dependencies"))
    if served.route.function is not None:
        yield from dependencies_of(project, served.route.function)


def _listed(project: Project, module: Module, expression: ast.expr | None) -> Iterator[Dependency]:
    if isinstance(expression, (ast.Name, ast.Attribute)):
        found = project.definition(module, expression)
        if found is None or found.value is None:
            return
        module, expression = found.module, found.value
    if isinstance(expression, (ast.List, ast.Tuple)):
        for each in expression.elts:
            marker = marker_at(project, module, each)
            found_dependency = dependency_of(project, marker) if marker else None
            if found_dependency is not None:
                yield found_dependency


def closure_of(project: Project, dependency: Dependency, seen: set[int]) -> Iterator[Dependency]:
    """Yield a dependency and all that it depends upon."""
    if id(dependency.expression) in seen:
        return
    seen.add(id(dependency.expression))
    yield dependency
    function = called_by(project, dependency)
    for each in dependencies_of(project, function) if function else ():
        yield from closure_of(project, each, seen)


def has_unknown_needs(project: Project, served: Served) -> bool:
    """Tell whether a list of dependencies on the way could not be read."""
    calls = [each.call if isinstance(each, Inclusion) else each.made for each in served.chain]
    for module, call in [
        *zip([each.module for each in served.chain], calls, strict=True),
        (served.route.module, served.route.call),
    ]:
        given = option_of(call, "dependencies") if isinstance(call, ast.Call) else None
        if given is None:
            continue
        listed = list(_listed(project, module, given))
        value = project.definition(module, given)
        literal = given if value is None else value.value
        if not isinstance(literal, (ast.List, ast.Tuple)) or len(listed) != len(literal.elts):
            return True
    return False


def endpoint_functions(project: Project) -> list[tuple[Function, str]]:
    """List the functions that the framework calls for a request, each once, with what they are."""
    found: dict[ast.AST, tuple[Function, str]] = {}
    for route in routes_of(project):
        if route.function is not None:
            found.setdefault(route.function.node, (route.function, "endpoint"))
    for served in (each for listed in served_by(project) for each in listed):
        for dependency in needs_of(project, served):
            function = called_by(project, dependency)
            if function is not None:
                found.setdefault(function.node, (function, "dependency"))
    for function in _marked(project):
        found.setdefault(function.node, (function, "dependency"))
    return list(found.values())


def _marked(project: Project) -> Iterator[Function]:
    """Yield the functions that some `Depends(...)` names, also where no route could be traced to it."""
    for module, call in project.calls():
        marker = marker_at(project, module, call)
        dependency = dependency_of(project, marker) if marker else None
        function = called_by(project, dependency) if dependency else None
        if function is not None:
            yield function


def annotated_class(project: Project, function: Function, name: str) -> Definition | str | None:
    """Return the class that a parameter is annotated with."""
    for parameter in function.parameters:
        if parameter.name == name and parameter.annotation is not None:
            return class_of(project, parameter.annotation)
    return None


def middleware_of(project: Project) -> Iterator[tuple[Module, FunctionNode]]:
    """Yield the functions that are HTTP middleware: decorated ones, and `dispatch` of BaseHTTPMiddleware."""
    for module, node in project.nodes(ast.AsyncFunctionDef):
        if not isinstance(node, ast.AsyncFunctionDef):
            continue
        parent = module.parents[node]
        is_dispatch = (
            node.name == "dispatch"
            and isinstance(parent, ast.ClassDef)
            and any(project.framework(module, base) == "BaseHTTPMiddleware" for base in parent.bases)
        )
        is_decorated = any(
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr == "middleware"
            for each in node.decorator_list
        )
        if is_dispatch or is_decorated:
            yield module, node
