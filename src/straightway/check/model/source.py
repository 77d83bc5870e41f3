"""One file of the user's: its text, its syntax tree, and the way up from each node."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

__all__ = ["FunctionNode", "Module", "Scope", "Unreadable", "read_module"]

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Scope: TypeAlias = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (ast.Module, *FUNCTIONS, ast.Lambda, ast.ClassDef)


class Unreadable(Exception):  # noqa: N818  # an outcome: this file cannot be checked
    """A file that is no Python, with the place and the reason."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(eq=False, slots=True)
class Module:
    """A parsed file; `name` is what it is imported as."""

    name: str
    path: Path
    text: str
    tree: ast.Module
    is_package: bool
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield what the node is inside of, the nearest first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def scope_of(self, node: ast.AST) -> Scope:
        """Return the scope in which the names of this node are looked up first.

        Decorators, defaults and annotations of a function belong to the scope around it.
        """
        child = node
        for parent in self.ancestors(node):
            if isinstance(parent, SCOPES) and _is_inside(parent, child):
                return parent
            child = parent
        return self.tree

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Return the function whose body the node is in."""
        child = node
        for parent in self.ancestors(node):
            if isinstance(parent, FUNCTIONS) and _is_inside(parent, child):
                return parent
            if isinstance(parent, ast.Lambda):
                return None
            child = parent
        return None

    @property
    def lines(self) -> list[str]:
        """The lines as the syntax tree counts them: form feeds and the like end none."""
        return re.split(r"\r\n|\r|\n", self.text)

    @property
    def postpones_annotations(self) -> bool:
        """Whether the file begins with `from __future__ import annotations`."""
        return any(
            isinstance(each, ast.ImportFrom)
            and each.module == "__future__"
            and any(alias.name == "annotations" for alias in each.names)
            for each in self.tree.body
        )


def _is_inside(scope: Scope, child: ast.AST) -> bool:
    match scope:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return child in scope.body
        case ast.Lambda():
            return child is scope.body
        case _:
            return True


def read_module(name: str, path: Path) -> Module:
    """Parse a file; raise `Unreadable` for one that Python would refuse too."""
    try:
        content = path.read_bytes()
        tree = ast.parse(content, filename=str(path))
        text = content.decode("utf-8-sig")
    except SyntaxError as error:
        raise Unreadable(path, error.lineno or 1, error.msg) from error
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(path, 1, str(error)) from error
    module = Module(name, path, text, tree, path.name == "__init__.py")
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            module.parents[child] = parent
    return module
