"""SW2xx: parameters that come from somewhere else than they seem to."""

import ast
from collections.abc import Iterator

from straightway.check.findings import Found
from straightway.check.model.annotations import class_of, container_of
from straightway.check.model.classes import is_model
from straightway.check.model.functions import Function, Parameter, function_at
from straightway.check.model.project import Project
from straightway.check.model.routes import Route, endpoint_functions, routes_of
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import FunctionNode, Module, Scope
from straightway.check.rules.routing import PARAMETER

BODYLESS = frozenset({"GET", "HEAD", "DELETE"})
MAKERS = frozenset({"list", "dict", "set", "defaultdict", "deque", "bytearray", "Counter", "OrderedDict"})
CHANGES = frozenset({
    "add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "sort", "update",
})  # fmt: skip
SECRETS = frozenset(
    {"password", "passwd", "new_password", "old_password", "current_password", "client_secret"}
)


def mutable_defaults(project: Project) -> Iterator[Found]:
    """Find defaults that all calls share: in endpoints and dependencies, and wherever one is changed."""
    called = {function.node for function, _ in endpoint_functions(project)}
    for module, node in project.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for parameter in function_at(project, module, node).parameters:
            default = parameter.plain_default
            if default is None or not _is_mutable(project, module, default):
                continue
            if _is_changed(node, parameter.name) or (node in called and parameter.marker is None):
                yield Found(
                    module,
                    default,
                    f"the default of {parameter.name} is one {_noun(default)} for all calls of {node.name}()",
                )


def _is_mutable(project: Project, module: Module, value: ast.expr) -> bool:
    if isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)):
        return True
    if not isinstance(value, ast.Call):
        return False
    dotted = project.external(module, value.func)
    return dotted.partition(".")[0] in {"builtins", "collections"} and dotted.rpartition(".")[2] in MAKERS


def _noun(value: ast.expr) -> str:
    match value:
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Set() | ast.SetComp():
            return "set"
        case _:
            return "object"


def _is_changed(function: FunctionNode, name: str) -> bool:
    """Tell whether a function changes the object that its parameter was given (and never takes another)."""
    nodes = list(own_nodes(function))
    if any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store) for each in nodes
    ):
        return False
    return any(_changes(each, name) for each in nodes)


def _changes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
            return owner == name and method in CHANGES
        case ast.Subscript(value=ast.Name(id=owner), ctx=ast.Store() | ast.Del()):
            return owner == name
        case _:
            return False


def list_on_get(project: Project) -> Iterator[Found]:
    """Find lists without `Query()`, which are read from the body of requests that have none."""
    for route, _, parameter in _bodies(project):
        if (
            parameter.marker is None
            and parameter.annotation
            and container_of(project, parameter.annotation) == "list"
        ):
            yield Found(
                route.module,
                parameter.node,
                f"{parameter.name} is a list without Query(), so {route.methods[0]} {route.path or ''} reads it from the body",
                f"write {parameter.name}: Annotated[list[...], Query()]",
            )


def body_on_get(project: Project) -> Iterator[Found]:
    """Find bodies of requests that clients, caches and proxies do not expect to have one."""
    for route, _, parameter in _bodies(project):
        if (
            parameter.marker is None
            and parameter.annotation
            and container_of(project, parameter.annotation) == "list"
        ):
            continue
        yield Found(
            route.module,
            parameter.node,
            f"{parameter.name} is read from the body of {route.methods[0]} {route.path or ''}, which clients send without one",
            f"write Query() for {parameter.name} to read it from the query string, or use POST",
        )


def _bodies(project: Project) -> Iterator[tuple[Route, Function, Parameter]]:
    for route in routes_of(project):
        if route.function is None or not route.methods or not set(route.methods) <= BODYLESS:
            continue
        for parameter in route.function.parameters:
            if _is_body(project, route, parameter):
                yield route, route.function, parameter


def _is_body(project: Project, route: Route, parameter: Parameter) -> bool:
    if parameter.marker is not None:
        return parameter.marker.kind in {"Body", "Form", "File"}
    if parameter.is_opaque:
        return False
    in_path = {match[1] for match in PARAMETER.finditer(route.path or "")}
    if parameter.annotation is None or parameter.name in in_path:
        return False
    return container_of(project, parameter.annotation) in {"list", "dict"} or is_model(
        project, class_of(project, parameter.annotation)
    )


def lost_dependencies(project: Project) -> Iterator[Found]:
    """Find `Annotated[..., Depends(...)]` that cannot be evaluated where the framework reads it."""
    for function, what in endpoint_functions(project):
        for parameter in function.parameters:
            annotation = parameter.node.annotation
            marker = parameter.marker
            if annotation is None or marker is None or marker.call is parameter.default:
                continue
            if not function.module.postpones_annotations and not isinstance(annotation, ast.Constant):
                continue
            name = _unreachable(project, function.module, annotation)
            if name:
                yield Found(
                    function.module,
                    parameter.node,
                    f"the annotation of {parameter.name} is evaluated later, where {name} is not known: "
                    f"the {what} may get a query parameter instead of what {marker.kind}() says",
                    f"define {name} at the top level of the module, or remove `from __future__ import annotations`",
                )


def _unreachable(project: Project, module: Module, annotation: ast.expr) -> str:
    """Return a name of the annotation that is bound in a function, or only for type checkers."""
    for node in ast.walk(annotation):
        if not isinstance(node, ast.Name):
            continue
        found = project.lookup(module, node)
        if found is not None and (_is_local(found[0]) or _is_for_checkers(module, found[1].node)):
            return node.id
    return ""


def _is_for_checkers(module: Module, node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.If) and "TYPE_CHECKING" in ast.unparse(each.test)
        for each in module.ancestors(node)
    )


def _is_local(scope: Scope) -> bool:
    return isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef))


def secrets_in_queries(project: Project) -> Iterator[Found]:
    """Find passwords that would be part of the URL, and so of every log."""
    for route in routes_of(project):
        if route.function is None:
            continue
        in_path = {match[1] for match in PARAMETER.finditer(route.path or "")}
        for parameter in route.function.parameters:
            kind = parameter.marker.kind if parameter.marker else "Query"
            if (
                kind == "Query"
                and parameter.name in SECRETS - in_path
                and not parameter.is_opaque
                and not _is_body(project, route, parameter)
            ):
                yield Found(
                    route.module,
                    parameter.node,
                    f"{parameter.name} is read from the query string, which servers and proxies write to their logs",
                    f"write {parameter.name}: Annotated[str, Form()], or put it into a model",
                )
