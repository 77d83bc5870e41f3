"""Values as short texts that are safe to show: bounded, without secrets, and whatever their `__repr__` does."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from pydantic import BaseModel

from straightway.describe.secrets import MASK, Masker, is_secret, is_secret_value

__all__ = ["printable", "safely", "secrets_in", "shortened", "shown_value", "type_name"]

LONGEST = 400
_WIDEST = 24
"""How many items of a collection are looked at."""
_DEEPEST = 4
_BEYOND = 4096
"""Characters beyond what is shown in which secrets are still recognised: none may be cut into a part of itself."""


def shown_value(
    value: object, masker: Masker, *, name: str = "", sent: bool = False, room: int = LONGEST
) -> str:
    """Write a value as `repr()` would, in about `room` characters; `name` is what it is kept under."""
    writer = _Writer(masker, room)
    text = safely(
        lambda: writer.written(value, name, sent=sent), f"<{type_name(value)} that cannot be shown>"
    )
    return shortened(printable(masker.text(text[: room + _BEYOND])), room)


def safely(make: Callable[[], str], otherwise: str) -> str:
    """Return what a function of the user's makes; whatever it raises is no reason to fail here too."""
    try:
        return str.__getitem__(make(), slice(None))  # a plain text, whatever class it is of
    except BaseException as error:  # noqa: BLE001  # SystemExit in a __repr__ must not end the server
        return f"{otherwise[:-1]}: {type(error).__name__}>" if otherwise.endswith(">") else otherwise


def shortened(text: str, room: int) -> str:
    """Cut a text, and say how much was left out."""
    return text if len(text) <= room else f"{text[:room]}… ({len(text) - room:,} more characters)"


def printable(text: str) -> str:
    """Escape what cannot be shown, or would change how the rest is: control characters, surrogates, directions."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in text)


def type_name(value: object) -> str:
    """Return the name of a value's class."""
    return printable(type.__getattribute__(type(value), "__name__"))


class _Writer:
    """Writes one value. What it has written so far counts, so that wide and deep structures end somewhere."""

    def __init__(self, masker: Masker, room: int) -> None:
        self.masker, self.room, self.left = masker, room, room
        self.inside: list[int] = []

    def written(self, value: object, name: str = "", *, sent: bool = False) -> str:
        """Write a value, or a part of one."""
        if self.left <= 0:
            return "…"
        text = self._written(value, name, sent=sent)
        self.left -= len(text) if not self.inside or len(text) < self.room else self.room
        return text

    def _written(self, value: object, name: str, *, sent: bool) -> str:
        if value is None or isinstance(value, bool):
            return repr(value)
        if isinstance(value, _NAMED):
            return _named_object(value)
        if name and is_secret(name, sent=sent) and not (isinstance(value, str | bytes) and not value):
            return MASK
        if is_secret_value(value):
            return f"{type_name(value)}('{MASK}')"
        if isinstance(value, int | float | complex):
            return _number(value)
        if isinstance(value, str):
            return repr(self.masker.text(str.__getitem__(value, slice(0, self.room + _BEYOND))))
        if isinstance(value, bytes | bytearray | memoryview):
            return self._bytes(value)
        if id(value) in self.inside or len(self.inside) >= _DEEPEST:
            return f"<{type_name(value)}>"
        self.inside.append(id(value))
        try:
            return self._composed(value)
        finally:
            self.inside.pop()

    def _bytes(self, value: Any) -> str:
        start = bytes(value[: self.room + _BEYOND]).decode("latin-1")
        text = repr(self.masker.text(start).encode("latin-1", "replace"))
        return text if isinstance(value, bytes) else f"{type_name(value)}({text})"

    def _composed(self, value: Any) -> str:
        fields = _fields(value)
        if fields is not None:
            pairs = [f"{key}={self.written(each, key)}" for key, each in fields]
            return f"{type_name(value)}({', '.join(pairs)})"
        if isinstance(value, Mapping):
            return _wrapped(value, "{", "}", [self._pair(*each) for each in _first(value.items())], dict)
        if isinstance(value, tuple):
            return _wrapped(value, "(", ",)" if len(value) == 1 else ")", self._items(value), tuple)
        if isinstance(value, list):
            return _wrapped(value, "[", "]", self._items(value), list)
        if isinstance(value, set | frozenset) and value:
            return _wrapped(value, "{", "}", self._items(value), set)
        return _by_itself(value)

    def _items(self, items: Iterable[object]) -> list[str]:
        return [self.written(each) for each in _first(items)]

    def _pair(self, key: object, value: object) -> str:
        return f"{self.written(key)}: {self.written(value, key if isinstance(key, str) else '')}"


def _number(value: Any) -> str:
    # Python refuses to write integers of more than 4,300 digits, and takes its time for those just below.
    if isinstance(value, int) and value.bit_length() > 1000:
        return f"<integer of {value.bit_length():,} bits>"
    return repr(value)


_NAMED = (FunctionType, BuiltinFunctionType, MethodType, ModuleType, type)


def _named_object(value: Any) -> str:
    kinds = {
        FunctionType: "function",
        MethodType: "method",
        ModuleType: "module",
        BuiltinFunctionType: "function",
    }
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "?")
    return f"<{kinds.get(type(value), 'class')} {name}>"


def _wrapped(value: Any, start: str, end: str, items: list[str], plain: type) -> str:
    left = len(value) - len(items)
    text = f"{start}{', '.join([*items, *([f'… {left:,} more'] if left > 0 else [])])}{end}"
    return text if type(value) is plain else f"{type_name(value)}({text})"


def _first(items: Iterable[Any]) -> Iterator[Any]:
    return islice(items, _WIDEST)


def _by_itself(value: object) -> str:
    """Let an object write itself; one that has nothing to say gets its class without an address."""
    if inspect.iscoroutine(value):
        return f"<coroutine of {value.__qualname__}(), which was not awaited>"
    if type(value).__repr__ is object.__repr__:
        return f"<{type_name(value)} object>"
    return safely(lambda: repr(value), f"<{type_name(value)} whose repr() failed>")


def _fields(value: Any) -> list[tuple[str, Any]] | None:
    """Return the fields of a model, dataclass or named tuple, None for anything else."""
    if isinstance(value, BaseModel):
        kept: dict[str, Any] = object.__getattribute__(value, "__dict__")
        hidden = {name for name, field in type(value).model_fields.items() if not field.repr}
        return list(_first((name, each) for name, each in kept.items() if name not in hidden))
    kind: Any = type(value)
    if dataclasses.is_dataclass(kind):
        shown = [field.name for field in dataclasses.fields(kind) if field.repr]
        return [(name, getattr(value, name, "?")) for name in shown[:_WIDEST]]
    names: Any = getattr(kind, "_fields", None) if isinstance(value, tuple) else None
    if isinstance(names, tuple):
        return list(zip(map(str, names), tuple.__iter__(value), strict=False))[:_WIDEST]
    return None


_MOST_PARTS = 2000


def secrets_in(value: object, name: str = "", *, sent: bool = False) -> list[object]:
    """Return the values in a structure that are secret by their name or their type."""
    found: list[object] = []
    waiting: list[tuple[str, object, int]] = [(name, value, 0)]
    seen: set[int] = set()
    for _ in range(_MOST_PARTS):
        if not waiting:
            break
        key, each, depth = waiting.pop()
        if _is_secret_part(key, each, sent=sent):
            found.append(each)
        elif id(each) not in seen and depth < _DEEPEST:
            seen.add(id(each))
            waiting += [(part, inner, depth + 1) for part, inner in _parts(each, key)]
    return found


def _is_secret_part(name: str, value: object, *, sent: bool) -> bool:
    try:
        if is_secret_value(value):
            return True
        is_plain = isinstance(value, str | bytes | int | float) and not isinstance(value, bool)
        return is_plain and bool(name) and is_secret(name, sent=sent)
    except Exception:  # noqa: BLE001  # isinstance() asks a proxy for its class
        return False


def _parts(value: object, name: str) -> list[tuple[str, object]]:
    """Return what an object is made of, by name; what has no name of its own has that of the whole."""
    try:
        fields = _fields(value)
        if fields is not None:
            return fields
        if isinstance(value, Mapping):
            # All of it is looked at, not only what is shown: an environment has more than a few variables.
            return [(key if isinstance(key, str) else name, each) for key, each in islice(value.items(), 500)]
        if isinstance(value, list | tuple | set | frozenset):
            return [(name, each) for each in _first(value)]
        if isinstance(value, type | ModuleType | str | bytes) or not hasattr(type(value), "__dict__"):
            return []
        return list(_first(object.__getattribute__(value, "__dict__").items()))
    except Exception:  # noqa: BLE001  # whatever a mapping of the user's raises, or the lack of a __dict__
        return []
