"""HTML that is escaped by how it is made: text becomes markup only as a child or an attribute of an element."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import LiteralString

__all__ = ["Child", "Markup", "element", "joined"]


class Markup(str):
    """Text that is HTML already; made here only."""

    __slots__ = ()


Child = str | int | float | None | Iterable["Child"]
"""What an element holds: markup, text, numbers, nothing, or several of these."""

_VOID = frozenset({"input", "link", "meta"})
_KEPT = frozenset("\n\t\r")


def element(name: LiteralString, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """Return an element. Names are literals; children that are no markup, and values, are escaped; None is left out.

    `kind` is written as `class`, `for_` as `for`, other underscores as hyphens. An attribute that is True stands alone.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(children)}</{name}>")


def _attribute(name: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = "class" if name == "kind" else name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(_printable(str(value)))}"'


def joined(children: Iterable[Child]) -> Markup:
    """Return children as markup, in their order."""
    return Markup("".join(map(_child, children)))


def _child(child: Child) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return child
        case str() | int() | float():
            return escape(_printable(str(child)))
        case _:
            return joined(child)


def _printable(text: str) -> str:
    """Escape what does not show, or shows what follows in another order: controls, lone surrogates, marks of direction."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in _KEPT else ascii(each)[1:-1] for each in text)
