"""Types as the user wrote them: `Annotated`, aliases, strings, unions and containers taken apart."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from typing_extensions import TypeIs

from straightway.check.model.project import Definition, Project
from straightway.check.model.source import Module

__all__ = ["Annotation", "annotation_of", "container_of", "leaves_of"]

TYPING = frozenset({"typing", "typing_extensions", "collections", "builtins"})
LISTS = frozenset({"list", "List", "set", "Set", "frozenset", "tuple", "Tuple", "Sequence", "Iterable"})
DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Annotation:
    """A type and what `Annotated` says about it, each with the module in which its names are looked up."""

    module: Module
    type: ast.expr
    metadata: tuple[tuple[Module, ast.expr], ...] = ()


def annotation_of(project: Project, module: Module, expression: ast.expr, depth: int = 0) -> Annotation:
    """Take `Annotated` and aliases for types off an annotation."""
    if depth > DEEPEST:
        return Annotation(module, expression)
    match expression:
        case ast.Constant(value=str(text)):
            parsed = _parsed(module, expression, text)
            return (
                annotation_of(project, module, parsed, depth + 1)
                if parsed
                else Annotation(module, expression)
            )
        case ast.Subscript(slice=ast.Tuple(elts=[first, *rest])) if (
            typing_name(project, module, expression.value) == "Annotated"
        ):
            inner = annotation_of(project, module, first, depth + 1)
            return Annotation(inner.module, inner.type, (*inner.metadata, *((module, each) for each in rest)))
        case ast.Name() | ast.Attribute():
            alias = project.definition(module, expression)
            if alias is not None and alias.kind == "value" and _is_type(alias.value):
                return annotation_of(project, alias.module, alias.value, depth + 1)
        case _:
            pass
    return Annotation(module, expression)


def _is_type(value: ast.expr | None) -> TypeIs[ast.expr]:
    return isinstance(value, (ast.Subscript, ast.BinOp))


def _parsed(module: Module, constant: ast.Constant, text: str) -> ast.expr | None:
    """Parse an annotation in quotes, in the place of the string."""
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(parsed):
        for child in ast.iter_child_nodes(node):
            module.parents[child] = node
        if isinstance(node, ast.expr):
            ast.copy_location(node, constant)
    module.parents[parsed] = module.parents[constant]
    return parsed


def typing_name(project: Project, module: Module, expression: ast.expr) -> str:
    """Return the name of something of the standard library's typing, as in `Annotated`; empty for all else."""
    dotted = project.external(module, expression)
    return dotted.rpartition(".")[2] if dotted.partition(".")[0] in TYPING else ""


def leaves_of(project: Project, annotation: Annotation, depth: int = 0) -> Iterator[tuple[Module, ast.expr]]:
    """Yield the types that unions, containers and generics are made of, as in `list[Item] | None`: Item and None."""
    if depth > DEEPEST:
        return
    match annotation.type:
        case ast.BinOp(left=left, right=right):
            parts = [left, right]
        case ast.Subscript(slice=ast.Tuple(elts=parts)):
            pass
        case ast.Subscript(slice=part):
            parts = [part]
        case _:
            yield annotation.module, annotation.type
            return
    for part in parts:
        yield from leaves_of(project, annotation_of(project, annotation.module, part), depth + 1)


def container_of(project: Project, annotation: Annotation) -> str:
    """Return `list`, `dict` or the like for a type that is one (or that or None); empty for all else."""
    for part in _alternatives(project, annotation):
        head = part.type.value if isinstance(part.type, ast.Subscript) else part.type
        name = typing_name(project, part.module, head)
        if name in LISTS:
            return "list"
        if name in {"dict", "Dict", "Mapping"}:
            return "dict"
    return ""


def _alternatives(project: Project, annotation: Annotation) -> Iterator[Annotation]:
    match annotation.type:
        case ast.BinOp(left=left, right=right):
            parts = [left, right]
        case ast.Subscript(value=head, slice=inner) if typing_name(project, annotation.module, head) in {
            "Optional",
            "Union",
        }:
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        case _:
            yield annotation
            return
    for part in parts:
        yield from _alternatives(project, annotation_of(project, annotation.module, part))


def class_of(project: Project, annotation: Annotation) -> Definition | str | None:
    """Return the class that values of this type (or None) are of; None for unions and containers."""
    found = [
        project.resolve(part.module, part.type)
        for part in _alternatives(project, annotation)
        if not (isinstance(part.type, ast.Constant) and part.type.value is None)
    ]
    return found[0] if len(found) == 1 else None
