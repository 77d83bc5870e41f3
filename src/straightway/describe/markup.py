"""HTML that is escaped by how it is made: text becomes markup only as a child or an attribute of an element."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import LiteralString

__all__ = ["Markup", "element", "joined"]


class Markup(str):
    """Text that is HTML already; made here only."""

    __slots__ = ()


def element(name: LiteralString, /, *children: str | None, **attributes: str | bool | None) -> Markup:
    """Return an element. Names are literals; children that are no markup, and values, are escaped; None is left out.

    `kind` is written as `class`. An attribute that is True stands alone.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{name}{written}>{joined(children)}</{name}>")


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = "class" if name == "kind" else name.replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


def joined(children: Iterable[str | None]) -> Markup:
    """Return children as markup, in their order."""
    return Markup(
        "".join(each if isinstance(each, Markup) else escape(each) for each in children if each is not None)
    )
