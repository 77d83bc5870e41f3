"""What the names of a scope are bound to."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from straightway.check.model.source import FUNCTIONS, SCOPES, Module, Scope

__all__ = ["Binding", "bindings_of", "own_nodes", "stars_of"]

Kind: TypeAlias = Literal["import", "function", "class", "value", "with", "parameter", "other"]


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding of a name: `node` is the statement, `value` what is assigned, `target` the dotted name imported."""

    name: str
    kind: Kind
    node: ast.AST
    line: int
    value: ast.expr | None = None
    annotation: ast.expr | None = None
    target: str = ""


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope in source order, without the insides of the scopes in it."""
    match scope:
        case ast.Module(body=body) | ast.ClassDef(body=body):
            statements = body
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            statements = body
        case _:
            yield from _walk(scope)
            return
    for statement in statements:
        yield from _walk(statement)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    # Not recursive: a sum of a thousand terms is as deep a tree.
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        children = _outside(current) if isinstance(current, SCOPES) else ast.iter_child_nodes(current)
        waiting.extend(reversed(list(children)))


def _outside(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an inner scope that are evaluated in the outer one."""
    match scope:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from scope.decorator_list
            yield from scope.args.defaults
            yield from (each for each in scope.args.kw_defaults if each is not None)
        case ast.ClassDef():
            yield from scope.decorator_list
            yield from scope.bases
        case _:
            return


def bindings_of(module: Module, scope: Scope) -> dict[str, list[Binding]]:
    """List the bindings of every name in a scope, in source order."""
    found: dict[str, list[Binding]] = {}
    for binding in _bindings(module, scope):
        found.setdefault(binding.name, []).append(binding)
    return found


def _bindings(module: Module, scope: Scope) -> Iterator[Binding]:
    if isinstance(scope, (*FUNCTIONS, ast.Lambda)):
        arguments = scope.args
        extra = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra):
            yield Binding(each.arg, "parameter", each, each.lineno, annotation=each.annotation)
    if isinstance(scope, ast.Lambda):
        return
    for node in own_nodes(scope):
        yield from _bound_by(module, node)


def _bound_by(module: Module, node: ast.AST) -> Iterator[Binding]:
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from _imports(module, node)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield Binding(node.name, "function", node, node.lineno)
        case ast.ClassDef():
            yield Binding(node.name, "class", node, node.lineno)
        case ast.ExceptHandler(name=str(name)):
            yield Binding(name, "other", node, node.lineno)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield from _opaque(node.target, node)
        case _:
            yield from _assignments(node)
            yield from _type_alias(node)


def _imports(module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[Binding]:
    for alias in node.names:
        if alias.name == "*":
            continue
        if isinstance(node, ast.ImportFrom):
            target = f"{absolute(module, node)}.{alias.name}"
            yield Binding(alias.asname or alias.name, "import", node, node.lineno, target=target)
        else:
            target = alias.name if alias.asname else alias.name.partition(".")[0]
            yield Binding(alias.asname or target, "import", node, node.lineno, target=target)


def _assignments(node: ast.AST) -> Iterator[Binding]:
    match node:
        case ast.Assign():
            for target in node.targets:
                yield from _assigned(target, node, node.value)
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield Binding(name, "value", node, node.lineno, node.value, node.annotation)
        case ast.NamedExpr(target=ast.Name(id=name)):
            yield Binding(name, "value", node, node.lineno, node.value)
        case ast.withitem(optional_vars=ast.Name(id=name, lineno=line)):
            yield Binding(name, "with", node, line, node.context_expr)
        case _:
            pass


def _type_alias(node: ast.AST) -> Iterator[Binding]:
    # `type X = ...` exists since Python 3.12, and with it the class of its node.
    if type(node).__name__ == "TypeAlias":
        name: object = getattr(node, "name", None)
        value: object = getattr(node, "value", None)
        if isinstance(name, ast.Name) and isinstance(value, ast.expr):
            yield Binding(name.id, "value", node, name.lineno, value)


def _assigned(target: ast.expr, statement: ast.AST, value: ast.expr) -> Iterator[Binding]:
    if isinstance(target, ast.Name):
        yield Binding(target.id, "value", statement, target.lineno, value)
    else:
        yield from _opaque(target, statement)


def _opaque(target: ast.expr, statement: ast.AST) -> Iterator[Binding]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield Binding(node.id, "other", statement, node.lineno)


def absolute(module: Module, node: ast.ImportFrom) -> str:
    """Return the dotted name of the module that `from ... import` names, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    drop = node.level - (1 if module.is_package else 0)
    base = parts[: len(parts) - drop] if drop else parts
    return ".".join([*base, *([node.module] if node.module else [])])


def stars_of(module: Module) -> list[str]:
    """List the modules whose names `from ... import *` brings in."""
    return [
        absolute(module, node)
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
