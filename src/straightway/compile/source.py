"""Write Python: names, quoting, blocks, and a true file name for tracebacks and debuggers.

Templates are literal strings (type checkers refuse others). A value goes in as a part: text, numbers, booleans and
None are quoted, anything else becomes a global of the generated code; only a `Name` enters verbatim, and only if it
is an identifier. So no path, alias or default can become code.
"""

from __future__ import annotations

import builtins
import keyword
import linecache
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, LiteralString, Self
from weakref import finalize

_QUOTED = (str, bytes, int, bool, type(None))
_LOCAL = re.compile(
    r"v\d+|v_operations|v_timings|v_values|in_thread_\d+|scope|receive|send|protocol|request|websocket|response|background_tasks"
    r"|errors|error|body|form|files"
    r"|query|query_lists|headers|header_lists"
    r"|cookies|content|reply|result|request_stack|function_stack|shield|complete|sent"
)
"""What generated functions call their own variables: no bound object takes such a name."""
_file_names: set[str] = set()


class Name(str):
    """An identifier of the generated code."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Return `text` as a name; raise ValueError where it is not an identifier, or a keyword."""
        if not text.isidentifier() or keyword.iskeyword(text):
            raise ValueError(f"not an identifier: {text!r}")
        return super().__new__(cls, text)


def name_like(text: str) -> Name:
    """Return an identifier that resembles `text`."""
    word = re.sub(r"\W", "_", text, flags=re.ASCII).strip("_") or "endpoint"
    word = f"_{word}" if word[0].isdigit() else word
    return Name(f"{word}_" if keyword.iskeyword(word) else word)


def global_name(text: str) -> Name:
    """Return a name that resembles `text` and hides neither a variable of generated functions nor a builtin."""
    name = name_like(text)
    return Name(f"{name}_") if _LOCAL.fullmatch(name) or hasattr(builtins, name) else name


class Source:
    """The text of one generated module and the objects that it names."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self._bound: dict[int, Name] = {}
        self._lines: list[str] = []
        self._indent = 0

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"

    def line(self, template: LiteralString, *parts: Any) -> None:
        """Write one line; every `{}` takes one part."""
        self._lines.append("    " * self._indent + template.format(*map(self._text, parts)))

    @contextmanager
    def block(self, template: LiteralString, *parts: Any) -> Generator[None]:
        """Write a line that ends in a colon, and what follows one level deeper."""
        self.line(template, *parts)
        self._indent += 1
        yield
        self._indent -= 1

    def bind(self, value: Any, like: str) -> Name:
        """Return the global name of an object: a readable one, numbered if it is taken."""
        known = self._bound.get(id(value))
        if known is not None:
            return known
        wanted = global_name(like)
        name, count = wanted, 1
        while name in self.names:
            count += 1
            name = Name(f"{wanted}_{count}")
        self.names[name] = value
        self._bound[id(value)] = name
        return name

    def _text(self, part: Any) -> str:
        if isinstance(part, Name | Code):
            return str(part)
        if type(part) in _QUOTED:
            return repr(part)
        return str(self.bind(part, getattr(part, "__name__", type(part).__name__)))


class Code(str):
    """A piece of code made by `code()`; never a value from outside."""

    __slots__ = ()


def code(source: Source, template: LiteralString, *parts: Any) -> Code:
    """Return an expression, its parts bound or quoted as in `Source.line`."""
    return Code(template.format(*(source._text(part) for part in parts)))  # noqa: SLF001  # Source's other half


def joined(separator: LiteralString, pieces: list[Code]) -> Code:
    """Return pieces of code as one, such as the arguments of a call."""
    return Code(separator.join(pieces))


def build(source: Source, function: Name, file_name: str) -> Any:
    """Execute the module and return the function.

    Its text is registered for tracebacks under a unique name, for as long as the function exists.
    """
    shown = printable(file_name)
    unique, count = shown, 1
    while unique in _file_names:
        count += 1
        unique = f"{shown[:-1]} #{count}>"
    _file_names.add(unique)
    text = str(source)
    linecache.cache[unique] = (len(text), None, text.splitlines(keepends=True), unique)
    namespace: dict[str, Any] = {"__name__": "straightway.compiled", **source.names}
    exec(compile(text, unique, "exec"), namespace)  # noqa: S102  # the text holds no value from outside, see above
    built = namespace[function]
    finalize(built, _forget, unique).atexit = False
    return built


def printable(text: str) -> str:
    """Return `text` with escapes for what cannot be shown on one line, such as a path may hold."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _forget(file_name: str) -> None:
    _file_names.discard(file_name)
    linecache.cache.pop(file_name, None)
