"""Where a function and its parameters were written, for messages about them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from straightway.analyse.callables import unwrapped
from straightway.errors import Place
from straightway.wording import type_name

__all__ = ["as_written", "function_ast", "place_of", "place_of_parameter"]


def place_of(call: Callable[..., Any], label: str | None = None) -> Place:
    """Return where a callable was written; file and line are unknown for what has no source."""
    function = unwrapped(call)
    name = getattr(call, "__name__", type(call).__name__)
    try:
        return Place(
            function=name,
            file=inspect.getsourcefile(function),
            line=inspect.getsourcelines(function)[1],
            path=label,
        )
    except (TypeError, OSError):
        return Place(function=name, path=label)


def place_of_parameter(call: Callable[..., Any], parameter: str) -> Place:
    """Return where a parameter of a callable was written: its own line, where that is known."""
    place = replace(place_of(call), parameter=parameter)
    found = _argument(call, parameter)
    return place if found is None else replace(place, line=found.lineno)


def as_written(call: Callable[..., Any], parameter: str, annotation: Any, *, bare: bool = False) -> str:
    """Write a parameter as `name: type`, as it stands in the source where that is known; `bare` is without markers."""
    found = _argument(call, parameter)
    if found is not None and found.annotation is not None:
        return f"{parameter}: {ast.unparse(_without_markers(found.annotation) if bare else found.annotation)}"
    if annotation in (Any, inspect.Parameter.empty):
        return parameter
    return f"{parameter}: {type_name(annotation)}"


def _without_markers(annotation: ast.expr) -> ast.expr:
    match annotation:
        case ast.Subscript(
            value=ast.Name(id="Annotated") | ast.Attribute(attr="Annotated"), slice=ast.Tuple(elts=parts)
        ):
            return parts[0]
        case _:
            return annotation


def _argument(call: Callable[..., Any], parameter: str) -> ast.arg | None:
    tree = function_ast(call)
    arguments = [] if tree is None else [each for each in ast.walk(tree.args) if isinstance(each, ast.arg)]
    return next((each for each in arguments if each.arg == parameter), None)


def function_ast(call: Callable[..., Any]) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None:
    """Return the syntax tree of a function, or of the constructor of a class, numbered by the lines of its file."""
    function = unwrapped(call)
    if inspect.isclass(function):
        function = function.__init__
    elif not inspect.isroutine(function):
        function = type(function).__call__
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (TypeError, OSError, SyntaxError):
        return None
    ast.increment_lineno(tree, first - 1)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return next((each for each in ast.walk(tree) if isinstance(each, kinds)), None)
