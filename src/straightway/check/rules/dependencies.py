"""SW3xx: dependencies that are not what they look like."""

import ast
from collections.abc import Iterator

from straightway.check.blocking import SESSIONS
from straightway.check.findings import Edit, Found
from straightway.check.model.classes import ancestors_of
from straightway.check.model.functions import Function, dependency_of, is_generator, marker_at
from straightway.check.model.project import Definition, Project
from straightway.check.model.routes import endpoint_functions
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import Module
from straightway.check.rules.objects import type_of

COMMITS = frozenset({"commit", "flush", "bulk_save_objects"})
PLAIN_MAKERS = frozenset(
    {"builtins.dict", "builtins.list", "builtins.set", "builtins.str", "builtins.int", "builtins.sorted"}
)
PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "dict", "list", "tuple", "set", "None"})


def called_too_early(project: Project) -> Iterator[Found]:
    """Find `Depends(f())`, where f gives a value and not something to call."""
    for module, call in project.calls():
        marker = marker_at(project, module, call)
        named = call.args[0] if marker and marker.kind in {"Depends", "Security"} and call.args else None
        if marker is None or not isinstance(named, ast.Call):
            continue
        found = project.definition(module, named.func)
        if found is None or not _gives_a_value(project, found):
            continue
        name = ast.unparse(named.func)
        bare = not named.args and not named.keywords
        edits = (_without_call(named),) if bare else ()
        yield Found(
            module,
            call,
            f"{marker.kind}({name}()) calls {name} once, at import, and depends on what it returned",
            f"write {marker.kind}({name})",
            edits,
        )


def _without_call(call: ast.Call) -> Edit:
    end = (call.end_lineno or call.lineno, call.end_col_offset or call.col_offset)
    return Edit((call.func.end_lineno or call.lineno, call.func.end_col_offset or 0), end, "")


def _gives_a_value(project: Project, found: Definition) -> bool:
    """Tell whether calling it certainly gives something that cannot be called itself."""
    if found.cls is not None:
        return _is_plain_class(project, found)
    function = found.function
    if function is None or function.decorator_list:
        return False
    if isinstance(function, ast.AsyncFunctionDef) or is_generator(function):
        return True
    if function.returns is not None and _is_plain_type(project, found.module, function.returns):
        return True
    returned = [each.value for each in own_nodes(function) if isinstance(each, ast.Return) and each.value]
    return bool(returned) and all(_is_value(project, found.module, each) for each in returned)


def _is_plain_type(project: Project, module: Module, annotation: ast.expr) -> bool:
    declared = project.definition(module, annotation)
    if declared is not None and declared.cls is not None:
        return _is_plain_class(project, declared)
    return (
        ast.unparse(annotation).partition("[")[0] in PLAIN or project.external(module, annotation) in SESSIONS
    )


def _is_plain_class(project: Project, found: Definition) -> bool:
    """Tell whether the instances of a class of the user's, all of whose ancestors are known, cannot be called."""
    for each in ancestors_of(project, found):
        if isinstance(each, str):
            if each not in {"builtins.object", "pydantic.BaseModel"}:
                return False
        elif (
            each.cls is None
            or "__call__" in project.bindings(each.module, each.cls)
            or any(project.resolve(each.module, base) is None for base in each.cls.bases)
        ):
            return False
    return True


def _is_value(project: Project, module: Module, value: ast.expr) -> bool:
    match value:
        case (
            ast.Constant()
            | ast.Dict()
            | ast.List()
            | ast.Set()
            | ast.Tuple()
            | ast.JoinedStr()
            | ast.Compare()
        ):
            return True
        case ast.DictComp() | ast.ListComp() | ast.SetComp() | ast.Await() | ast.BinOp():
            return True
        case ast.Name():
            kept = project.lookup(module, value)
            return (
                kept is not None
                and kept[1].kind == "value"
                and isinstance(kept[1].value, ast.Call)
                and _is_value(project, module, kept[1].value)
            )
        case ast.Call(func=func):
            if type_of(project, module, value) in SESSIONS or project.external(module, func) in PLAIN_MAKERS:
                return True
            made = project.definition(module, func)
            return made is not None and made.cls is not None and _is_plain_class(project, made)
        case _:
            return False


def commits_late(project: Project) -> Iterator[Found]:
    """Find commits after `yield`, which run when the client already has its answer."""
    in_time = _function_scoped(project)
    for function, what in endpoint_functions(project):
        if what != "dependency" or function.node in in_time or not is_generator(function.node):
            continue
        for call in _after_yield(function):
            yield Found(
                function.module,
                call,
                f"{ast.unparse(call.func)}() runs after the response was sent: if it fails, the client was told that all is well",
                'commit in the endpoint before it returns, or depend on it with Depends(..., scope="function")',
            )


def _function_scoped(project: Project) -> set[ast.AST]:
    """Return the functions that are only depended upon with the scope that ends before the response."""
    scopes: dict[ast.AST, set[object]] = {}
    for module, call in project.calls():
        marker = marker_at(project, module, call)
        dependency = dependency_of(project, marker) if marker else None
        if marker is not None and dependency is not None and isinstance(dependency.definition, Definition):
            scope = project.constant(module, marker.option("scope"))
            scopes.setdefault(dependency.definition.node, set()).add(scope)
    return {node for node, given in scopes.items() if given == {"function"}}


def _after_yield(function: Function) -> Iterator[ast.Call]:
    nodes = list(own_nodes(function.node))
    yields = [each.lineno for each in nodes if isinstance(each, (ast.Yield, ast.YieldFrom))]
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        late = node.lineno > min(yields) and node.func.attr in COMMITS
        if late and not _in_handler(function.module, node):
            yield node


def _in_handler(module: Module, node: ast.AST) -> bool:
    return any(isinstance(each, ast.ExceptHandler) for each in module.ancestors(node))


def swallowed(project: Project) -> Iterator[Found]:
    """Find `except` around `yield` that keeps the endpoint's exception from the framework."""
    for function, what in endpoint_functions(project):
        if what != "dependency" or not is_generator(function.node):
            continue
        for node in own_nodes(function.node):
            yield from _swallowing(project, function, node)


def _swallowing(project: Project, function: Function, node: ast.AST) -> Iterator[Found]:
    what = "the endpoint's exception ends here: the framework sees a dependency that went well, and no response is made"
    if isinstance(node, ast.Try) and any(_yields(each) for each in node.body):
        for handler in node.handlers:
            if not _raises(handler) and not _is_exit(handler):
                yield Found(function.module, handler, what, "end the handler with `raise`")
    if isinstance(node, (ast.With, ast.AsyncWith)) and any(_yields(each) for each in node.body):
        for item in node.items:
            context = item.context_expr
            if (
                isinstance(context, ast.Call)
                and project.external(function.module, context.func) == "contextlib.suppress"
            ):
                yield Found(function.module, node, what, "take the `yield` out of suppress()")


def _yields(statement: ast.stmt) -> bool:
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in own_nodes_of(statement))


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(each, ast.Raise) for statement in handler.body for each in own_nodes_of(statement))


def _is_exit(handler: ast.ExceptHandler) -> bool:
    """Tell whether it catches only what ends a generator, which is no failure of the endpoint."""
    return isinstance(handler.type, ast.Name) and handler.type.id in {"GeneratorExit", "StopIteration"}


def own_nodes_of(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement's nodes without the insides of functions in it."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    yield from own_nodes(statement)


def unused_overrides(project: Project) -> Iterator[Found]:
    """Find `app.dependency_overrides[f]` where nothing depends on f."""
    if _has_unknown_dependencies(project):
        return
    used = {each.node for each in _depended_upon(project)}
    for module, key in overridden_in(project):
        found = project.definition(module, key)
        if found is None or (found.function is None and found.cls is None) or found.node in used:
            continue
        yield Found(
            module,
            key,
            f"nothing depends on {ast.unparse(key)}: this override changes nothing",
        )


def _has_unknown_dependencies(project: Project) -> bool:
    """Tell whether some `Depends(...)` gets what only the running program knows."""
    for module, call in project.calls():
        marker = marker_at(project, module, call)
        dependency = dependency_of(project, marker) if marker else None
        if dependency is None or isinstance(dependency.expression, ast.Call):
            continue
        found = dependency.definition
        if found is None or (isinstance(found, Definition) and found.kind in {"parameter", "other", "with"}):
            return True
    return False


def overridden_in(project: Project) -> Iterator[tuple[Module, ast.expr]]:
    """Yield what overrides are written for."""
    for module, node in project.nodes(ast.Subscript, ast.Assign, ast.Call):
        match node:
            case ast.Subscript(value=ast.Attribute(attr="dependency_overrides"), slice=key, ctx=ast.Store()):
                yield module, key
            case ast.Assign(targets=[ast.Attribute(attr="dependency_overrides")], value=ast.Dict(keys=keys)):
                yield from ((module, key) for key in keys if key is not None)
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="dependency_overrides"), attr="update"),
                args=[ast.Dict(keys=keys)],
            ):
                yield from ((module, key) for key in keys if key is not None)
            case _:
                pass


def _depended_upon(project: Project) -> Iterator[Definition]:
    for function, _ in endpoint_functions(project):
        yield Definition(function.module, "function", function.node, function.node.name)
        for parameter in function.parameters:
            dependency = (
                dependency_of(project, parameter.marker, parameter.annotation) if parameter.marker else None
            )
            if dependency is not None and isinstance(dependency.definition, Definition):
                yield dependency.definition
    for module, call in project.calls():
        marker = marker_at(project, module, call)
        dependency = dependency_of(project, marker) if marker else None
        if dependency is not None and isinstance(dependency.definition, Definition):
            yield dependency.definition
