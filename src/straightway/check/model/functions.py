"""Functions of the user's and what they ask for: parameters, markers, dependencies and all that those need."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from straightway.check.model.annotations import Annotation, annotation_of, class_of
from straightway.check.model.project import UNKNOWN, Definition, Project
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import FunctionNode, Module

__all__ = ["MARKERS", "Function", "Marker", "Parameter", "dependencies_of", "function_at", "is_generator"]

MARKERS = frozenset({"Path", "Query", "Header", "Cookie", "Body", "Form", "File", "Depends", "Security"})


@dataclass(frozen=True, slots=True)
class Marker:
    """What says where a parameter comes from: its kind, the call (`Query(...)`), and the module it is written in."""

    kind: str
    module: Module
    call: ast.Call

    def option(self, name: str) -> ast.expr | None:
        """Return a keyword argument of the call."""
        return next((each.value for each in self.call.keywords if each.arg == name), None)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `annotated` says that the marker stands in the annotation."""

    name: str
    node: ast.arg
    annotation: Annotation | None
    default: ast.expr | None
    marker: Marker | None
    is_opaque: bool = False
    """Whether something in its place may be a marker that cannot be read here."""

    @property
    def plain_default(self) -> ast.expr | None:
        """The default that is a value, and not the marker."""
        is_marker = self.marker is not None and self.marker.call is self.default
        return None if is_marker else self.default


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its parameters."""

    module: Module
    node: FunctionNode
    parameters: tuple[Parameter, ...]

    @property
    def is_async(self) -> bool:
        """Whether it is an `async def`."""
        return isinstance(self.node, ast.AsyncFunctionDef)


def function_at(project: Project, module: Module, node: FunctionNode) -> Function:
    """Read the signature of a function."""
    key = ("function", node)
    known = project.memory.get(key)
    if isinstance(known, Function):
        return known
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*missing, *arguments.defaults], strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    function = Function(
        module, node, tuple(_parameter(project, module, name, default) for name, default in pairs)
    )
    project.memory[key] = function
    return function


def _parameter(project: Project, module: Module, node: ast.arg, default: ast.expr | None) -> Parameter:
    annotation = annotation_of(project, module, node.annotation) if node.annotation else None
    marker = marker_at(project, module, default)
    for home, each in annotation.metadata if annotation else ():
        marker = marker or marker_at(project, home, each)
    written = [*(annotation.metadata if annotation else ()), *([(module, default)] if default else [])]
    is_opaque = marker is None and any(_may_be_marker(project, home, each) for home, each in written)
    return Parameter(node.arg, node, annotation, default, marker, is_opaque)


def _may_be_marker(project: Project, module: Module, expression: ast.expr) -> bool:
    """Calls and names of other packages are known to be none; what is made by the user's own code may be one."""
    match expression:
        case ast.Call(func=func):
            return not isinstance(project.resolve(module, func), str)
        case ast.Name() | ast.Attribute():
            found = project.resolve(module, expression)
            return found is None or (
                isinstance(found, Definition) and project.constant(module, expression) is UNKNOWN
            )
        case ast.Subscript():
            return True
        case _:
            return False


def marker_at(project: Project, module: Module, expression: ast.expr | None) -> Marker | None:
    """Return the marker that an expression is, or the one that is the value of its name."""
    if isinstance(expression, ast.Call):
        kind = project.framework(module, expression.func)
        return Marker(kind, module, expression) if kind in MARKERS else None
    found = project.definition(module, expression)
    if found is None or found.kind != "value" or not isinstance(found.value, ast.Call):
        return None
    return marker_at(project, found.module, found.value)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One thing that is depended upon: the expression that names it, and its definition if it is the user's."""

    module: Module
    marker: Marker | None
    expression: ast.expr
    definition: Definition | str | None


def dependency_of(
    project: Project, marker: Marker, annotation: Annotation | None = None
) -> Dependency | None:
    """Return what `Depends(...)` depends on; without an argument that is the parameter's type."""
    if marker.kind not in {"Depends", "Security"}:
        return None
    named = marker.call.args[0] if marker.call.args else marker.option("dependency")
    if named is not None:
        return Dependency(marker.module, marker, named, project.resolve(marker.module, named))
    if annotation is not None:
        return Dependency(annotation.module, marker, annotation.type, class_of(project, annotation))
    return None


def dependencies_of(project: Project, function: Function) -> Iterator[Dependency]:
    """Yield what a function itself depends upon."""
    for parameter in function.parameters:
        if parameter.marker is not None:
            found = dependency_of(project, parameter.marker, parameter.annotation)
            if found is not None:
                yield found


def called_by(project: Project, dependency: Dependency) -> Function | None:
    """Return the function that runs for a dependency: itself, a class's `__init__`, or an instance's `__call__`."""
    found = dependency.definition
    if not isinstance(found, Definition):
        if isinstance(dependency.expression, ast.Call):
            return _method(
                project, project.definition(dependency.module, dependency.expression.func), "__call__"
            )
        return None
    if found.function is not None:
        return function_at(project, found.module, found.function)
    if found.cls is not None:
        return _method(project, found, "__init__")
    if isinstance(found.value, ast.Call):
        return _method(project, project.definition(found.module, found.value.func), "__call__")
    return None


def _method(project: Project, owner: Definition | None, name: str) -> Function | None:
    if owner is None or owner.cls is None:
        return None
    for each in owner.cls.body:
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name == name:
            return function_at(project, owner.module, each)
    for base in owner.cls.bases:
        inherited = _method(project, project.definition(owner.module, base), name)
        if inherited is not None:
            return inherited
    return None


def is_generator(node: FunctionNode) -> bool:
    """Tell whether a function has a `yield` of its own."""
    return any(isinstance(each, (ast.Yield, ast.YieldFrom)) for each in own_nodes(node))
