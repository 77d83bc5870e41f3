"""How messages name what a user wrote: the nearest known name, a type, a line of theirs."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterable
from typing import Any

__all__ = ["COMPILED", "called_with", "did_you_mean", "kind_of_object", "nearest", "source_line", "type_name"]


COMPILED = "<straightway "
"""How the file name of a compiled endpoint begins."""


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that `name` is probably a slip of; None where none is close."""
    from difflib import get_close_matches  # only those who made a mistake wait for it

    names = list(known)
    by_lower = {each.lower(): each for each in names}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` where a known name is close, otherwise nothing."""
    found = nearest(name, known)
    return "" if found is None else f"; did you mean {found!r}?"


def type_name(annotation: Any) -> str:
    """Write a type as it stands in source: a class by its name, anything else without the names of its modules."""
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__"):
        return annotation.__name__
    text = getattr(annotation, "__forward_arg__", None) or repr(annotation)
    return str(text).replace("typing.", "")


def kind_of_object(value: object) -> str:
    """Say what a value is, where something else was expected: `the function read`, `the module users`, `'text'`."""
    name = getattr(value, "__name__", None)
    match type(value).__name__:
        case "function" | "module":
            return f"the {type(value).__name__} {name}"
        case "type" | "ABCMeta" | "ModelMetaclass":
            return f"the class {name}"
        case "str" | "int" | "float" | "bool" | "NoneType":
            return repr(value)
        case kind:
            return f"an object of type {kind}"


def source_line(file: str | None, line: int | None) -> str:
    """Return a line of a source file without its indentation; nothing where there is none."""
    return linecache.getline(file, line).strip() if file and line else ""


def called_with(source: str, argument: str) -> str | None:
    """Return a line that ends with a call with one argument more; None for a line that does not."""
    source = re.sub(r"\s+# .*$", "", source)
    if not source.endswith(")") or source.count("(") != source.count(")"):
        return None
    before = source.removesuffix(")")
    return f"{before}{argument})" if before.endswith("(") else f"{before}, {argument})"
