"""What objects are, as far as the source tells: which call made them, or what they are annotated with."""

import ast
from collections.abc import Iterator

from straightway.check.model.annotations import class_of
from straightway.check.model.functions import Function, called_by, dependency_of, function_at
from straightway.check.model.project import Project
from straightway.check.model.scopes import Binding, own_nodes
from straightway.check.model.source import Module, Scope

MADE_BY = {
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.Session",
    "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.AsyncSession",
}
"""What calling an object gives that one of these has made."""

NAVIGATED = frozenset({"pymongo.MongoClient"})
"""Objects whose attributes and items are used as they are themselves: databases and collections of a client."""

DEEPEST = 5


def type_of(project: Project, module: Module, value: ast.expr, depth: int = 0) -> str:
    """Return the dotted name of the (foreign) class or maker that an object comes from; empty if not known."""
    if depth > DEEPEST:
        return ""
    match value:
        case ast.Call(func=func):
            return project.external(module, func) or _made(project, module, func)
        case ast.Attribute(value=owner) | ast.Subscript(value=owner):
            base = type_of(project, module, owner, depth + 1)
            if base in NAVIGATED:
                return base
            return _of_definition(project, module, value, depth)
        case ast.Name():
            found = project.lookup(module, value)
            if found is None or found[1].kind == "import":
                return _of_definition(project, module, value, depth)
            return _of_binding(project, module, found, depth)
        case _:
            return ""


def _made(project: Project, module: Module, maker: ast.expr) -> str:
    found = project.definition(module, maker)
    if found is None or not isinstance(found.value, ast.Call):
        return ""
    return MADE_BY.get(project.external(found.module, found.value.func), "")


def _of_definition(project: Project, module: Module, value: ast.expr, depth: int) -> str:
    found = project.definition(module, value)
    if found is None or found.kind != "value" or found.value is None:
        return ""
    return type_of(project, found.module, found.value, depth + 1)


def _of_binding(project: Project, module: Module, found: tuple[Scope, Binding], depth: int) -> str:
    scope, binding = found
    if binding.kind == "parameter" and isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _of_parameter(project, function_at(project, module, scope), binding.name, depth)
    if binding.kind == "with" and isinstance(module.parents.get(binding.node), ast.AsyncWith):
        return ""
    return type_of(project, module, binding.value, depth + 1) if binding.value is not None else ""


def _of_parameter(project: Project, function: Function, name: str, depth: int) -> str:
    parameter = next((each for each in function.parameters if each.name == name), None)
    if parameter is None:
        return ""
    if parameter.annotation is not None:
        found = class_of(project, parameter.annotation)
        return found if isinstance(found, str) else ""
    dependency = dependency_of(project, parameter.marker) if parameter.marker else None
    called = called_by(project, dependency) if dependency else None
    given = [type_of(project, called.module, each, depth + 1) for each in _given(called)] if called else []
    return given[0] if len(set(given)) == 1 else ""


def _given(function: Function) -> Iterator[ast.expr]:
    for node in own_nodes(function.node):
        if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
            yield node.value
