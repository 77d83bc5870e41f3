"""The user's modules together, and the way from an expression to what it means."""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from straightway.check.model.scopes import Binding, Kind, absolute, bindings_of, stars_of
from straightway.check.model.source import FunctionNode, Module, Scope, read_module

__all__ = ["UNKNOWN", "Definition", "Project", "read_project"]

FRAMEWORK = frozenset({"fastapi", "starlette", "straightway"})
DEEPEST = 20
"""How many imports and aliases are followed before a cycle is assumed."""

UNKNOWN = object()
"""What `Project.constant` returns for a value that is not known before the program runs."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Where the user's code defines something: a function, a class, or a name with a value (None if unknown)."""

    module: Module
    kind: Kind
    node: ast.AST
    name: str
    value: ast.expr | None = None
    annotation: ast.expr | None = None

    @property
    def function(self) -> FunctionNode | None:
        """The function, if it is one."""
        return self.node if isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None

    @property
    def cls(self) -> ast.ClassDef | None:
        """The class, if it is one."""
        return self.node if isinstance(self.node, ast.ClassDef) else None


@dataclass(eq=False, slots=True)
class Project:
    """The modules that an application is made of, by the name they are imported as, in the order they were found."""

    folder: Path
    modules: dict[str, Module]
    _bindings: dict[Scope, dict[str, list[Binding]]] = field(default_factory=dict)
    _nodes: dict[type[ast.AST], list[tuple[Module, ast.AST]]] = field(default_factory=dict)
    _resolved: dict[ast.expr, Definition | str | None] = field(default_factory=dict)
    memory: dict[object, object] = field(default_factory=dict)

    def bindings(self, module: Module, scope: Scope) -> dict[str, list[Binding]]:
        """List the bindings of every name in a scope."""
        if scope not in self._bindings:
            self._bindings[scope] = bindings_of(module, scope)
        return self._bindings[scope]

    def lookup(self, module: Module, node: ast.Name) -> tuple[Scope, Binding] | None:
        """Find what a name is bound to where it is used; None for a builtin, and for what is bound elsewhere."""
        scope = module.scope_of(node)
        here = scope
        while True:
            known = self.bindings(module, scope).get(node.id)
            # The names of a class are not seen by the functions in it.
            if known and (scope is here or not isinstance(scope, ast.ClassDef)):
                return scope, _picked(known, node.lineno if scope is here else None)
            if scope is module.tree:
                return None
            scope = module.scope_of(scope)

    def resolve(self, module: Module, expression: ast.expr | None, depth: int = 0) -> Definition | str | None:
        """Return the user's definition that an expression means, or the dotted name of what others define."""
        if expression is None or depth > DEEPEST:
            return None
        if depth or expression not in self._resolved:
            found = self._meaning(module, expression, depth)
            if depth:
                return found  # it may be cut off at the greatest depth
            self._resolved[expression] = found
        return self._resolved[expression]

    def _meaning(self, module: Module, expression: ast.expr, depth: int) -> Definition | str | None:
        match expression:
            case ast.Name():
                found = self.lookup(module, expression)
                if found is not None:
                    return self._bound(module, found[1], depth)
                return self._elsewhere(module, expression.id, depth)
            case ast.Attribute():
                base = self.resolve(module, expression.value, depth + 1)
                if isinstance(base, str):
                    return self.named(f"{base}.{expression.attr}", depth + 1)
                return self._member(base, expression.attr, depth + 1) if base else None
            case _:
                return None

    def _bound(self, module: Module, binding: Binding, depth: int) -> Definition | str | None:
        if binding.kind == "import":
            return self.named(binding.target, depth + 1)
        if binding.kind == "value" and isinstance(binding.value, (ast.Name, ast.Attribute)):
            alias = self.resolve(module, binding.value, depth + 1)
            if alias is not None:
                return alias
        return Definition(module, binding.kind, binding.node, binding.name, binding.value, binding.annotation)

    def _elsewhere(self, module: Module, name: str, depth: int) -> Definition | str | None:
        stars = [self.named(f"{star}.{name}", depth + 1) for star in stars_of(module)]
        own = next((each for each in stars if isinstance(each, Definition)), None)
        if own is not None or hasattr(builtins, name):
            return own or f"builtins.{name}"
        return next(
            (each for each in stars if isinstance(each, str) and each.partition(".")[0] in FRAMEWORK), None
        )

    def named(self, dotted: str, depth: int = 0) -> Definition | str | None:
        """Follow a dotted name through the project's modules; what leads out of it is returned as it is spelt."""
        if depth > DEEPEST:
            return None
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            module = self.modules.get(".".join(parts[:length]))
            if module is not None:
                return self._inside(module, parts[length:], dotted, depth)
        return dotted

    def _inside(self, module: Module, names: list[str], dotted: str, depth: int) -> Definition | str | None:
        if not names:
            return dotted
        known = self.bindings(module, module.tree).get(names[0])
        found: Definition | str | None
        if known:
            found = self._bound(module, _picked(known, None), depth)
        else:
            found = self._elsewhere(module, names[0], depth)
        for name in names[1:]:
            if isinstance(found, str):
                return self.named(".".join([found, *names[1:]]), depth + 1)
            found = self._member(found, name, depth + 1) if found else None
        return found

    def _member(self, owner: Definition, name: str, depth: int) -> Definition | None:
        if owner.cls is None:
            made = self._class_of(owner, depth + 1)
            return self._member(made, name, depth + 1) if made is not None and made.cls is not None else None
        known = self.bindings(owner.module, owner.cls).get(name)
        if not known:
            return None
        binding = _picked(known, None)
        return Definition(owner.module, binding.kind, binding.node, name, binding.value, binding.annotation)

    def _class_of(self, instance: Definition, depth: int) -> Definition | None:
        """Return the class of the user's that an object was made of, or that a parameter is annotated with."""
        if instance.kind == "value" and isinstance(instance.value, ast.Call):
            return self._defined(instance.module, instance.value.func, depth)
        if instance.kind != "parameter":
            return None
        annotation = instance.annotation
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            is_annotated = self.external(instance.module, annotation.value).endswith(".Annotated")
            annotation = annotation.slice.elts[0] if is_annotated else None
        return self._defined(instance.module, annotation, depth)

    def definition(self, module: Module, expression: ast.expr | None) -> Definition | None:
        """Return the user's definition that an expression means."""
        return self._defined(module, expression, 0)

    def _defined(self, module: Module, expression: ast.expr | None, depth: int) -> Definition | None:
        found = self.resolve(module, expression, depth)
        return found if isinstance(found, Definition) else None

    def external(self, module: Module, expression: ast.expr | None) -> str:
        """Return the dotted name of something that is not the user's, as in `time.sleep`; empty for all else."""
        found = self.resolve(module, expression)
        return found if isinstance(found, str) else ""

    def framework(self, module: Module, expression: ast.expr | None) -> str:
        """Return the last name of something of FastAPI, Straightway or Starlette, as in `Depends`; empty for all else."""
        dotted = self.external(module, expression)
        return dotted.rpartition(".")[2] if dotted.partition(".")[0] in FRAMEWORK else ""

    def constant(self, module: Module, expression: ast.expr | None, depth: int = 0) -> object:
        """Return the value of a literal, or of a name that is assigned one once; `UNKNOWN` for all else."""
        if expression is None or depth > DEEPEST:
            return UNKNOWN
        if isinstance(expression, ast.JoinedStr):
            return self._formatted(module, expression, depth)
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
            left = self.constant(module, expression.left, depth + 1)
            right = self.constant(module, expression.right, depth + 1)
            return left + right if isinstance(left, str) and isinstance(right, str) else UNKNOWN
        try:
            literal: object = ast.literal_eval(expression)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            literal = UNKNOWN
        if literal is not UNKNOWN:
            return literal
        status = re.fullmatch(r"HTTP_(\d{3})\w*", self.framework(module, expression))
        if status:
            return int(status[1])
        return self._named_constant(module, expression, depth)

    def _named_constant(self, module: Module, expression: ast.expr, depth: int) -> object:
        found = self.definition(module, expression)
        if found is None or found.value is None or found.kind != "value":
            return UNKNOWN
        known = self.bindings(found.module, found.module.scope_of(found.node)).get(found.name, [])
        return self.constant(found.module, found.value, depth + 1) if len(known) == 1 else UNKNOWN

    def _formatted(self, module: Module, expression: ast.JoinedStr, depth: int) -> object:
        words: list[str] = []
        for part in expression.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            value = self.constant(module, inner, depth + 1)
            if not isinstance(value, (str, int)):
                return UNKNOWN
            words.append(str(value))
        return "".join(words)

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[tuple[Module, ast.AST]]:
        """Yield the nodes of exactly these kinds in all modules."""
        if not self._nodes:
            for module in self.modules.values():
                for node in ast.walk(module.tree):
                    self._nodes.setdefault(type(node), []).append((module, node))
        for kind in kinds:
            yield from self._nodes.get(kind, ())

    def calls(self) -> Iterator[tuple[Module, ast.Call]]:
        """Yield every call in all modules."""
        for module, node in self.nodes(ast.Call):
            if isinstance(node, ast.Call):
                yield module, node


def _picked(known: list[Binding], line: int | None) -> Binding:
    """Choose the binding in force: the last one before the line; an import before its `= None` fallback."""
    before = [each for each in known if line is None or each.line <= line] or known
    last = before[-1]
    if isinstance(last.value, ast.Constant) and last.value.value is None:
        return next((each for each in before if each.kind in {"import", "function", "class"}), last)
    return last


def read_project(folder: Path, names: Iterable[str]) -> Project:
    """Read the modules of these names and all that they import from the folder; raise `Unreadable`."""
    project = Project(folder, {})
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        path = _located(folder, name)
        if path is None or name in project.modules:
            continue
        module = project.modules[name] = read_module(name, path)
        waiting.extend(_imported(module))
    return project


def _located(folder: Path, name: str) -> Path | None:
    path = folder.joinpath(*name.split("."))
    for candidate in (path / "__init__.py", path.with_name(f"{path.name}.py")):
        if candidate.is_file():
            return candidate
    return None


def _imported(module: Module) -> Iterator[str]:
    parent, dot, _ = module.name.rpartition(".")
    if dot:
        yield parent
    for node in ast.walk(module.tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                source = absolute(module, node)
                yield source
                yield from (f"{source}.{alias.name}" for alias in node.names)
            case _:
                pass
