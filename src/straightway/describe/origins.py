"""How things that the user wrote are named: functions with their places, types, defaults."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from straightway.analyse.callables import unwrapped
from straightway.analyse.places import place_of
from straightway.describe.explanation import Origin

OWN_PACKAGES = frozenset({"straightway", "starlette", "fastapi"})
"""What comes from here the user did not write."""

_LONGEST = 60
_CONSTRAINT = re.compile(r"\w+\((.*)\)", re.DOTALL)


def origin_of(call: Callable[..., Any]) -> Origin:
    """Return the qualified name of a callable, or of the class of one that has none, and where the user wrote it."""
    function = unwrapped(call)
    name = getattr(function, "__qualname__", type(function).__qualname__).replace("<locals>.", "")
    if getattr(function, "__module__", "").partition(".")[0] in OWN_PACKAGES:
        return Origin(name)
    place = place_of(call, "")
    return Origin(name, place.file, place.line)


def type_text(annotation: Any) -> str:
    """Write a type as a person would: without module names, unions with `|`."""
    arguments = get_args(annotation)
    match get_origin(annotation):
        case origin if origin is Union or origin is UnionType:
            return " | ".join(map(type_text, arguments))
        case origin if origin is Annotated:
            return type_text(arguments[0])
        case origin if origin is Literal:
            return f"Literal[{', '.join(map(repr, arguments))}]"
        case None:
            return _plain_name(annotation)
        case origin:
            return f"{_plain_name(origin)}[{', '.join(map(type_text, arguments))}]"


def _plain_name(annotation: Any) -> str:
    if annotation is type(None):
        return "None"
    if annotation is Ellipsis:
        return "..."
    name = getattr(annotation, "__qualname__", None) or repr(annotation)
    return str(name).replace("<locals>.", "").rpartition(".")[2]


def field_text(field: FieldInfo) -> str:
    """Write the type of a field with its constraints: `int (ge=1)`."""
    constraints = [_CONSTRAINT.fullmatch(repr(each)) for each in field.metadata]
    words = ", ".join(each[1] for each in constraints if each is not None and each[1])
    return f"{type_text(field.annotation)} ({words})" if words else type_text(field.annotation)


def default_text(field: FieldInfo) -> str | None:
    """Write the default of a field, None for a required one; a factory is named, not called."""
    if field.is_required():
        return None
    if field.default_factory is not None:
        factory: Any = field.default_factory
        return f"{getattr(factory, '__name__', type(factory).__name__)}()"
    return short(repr(field.default))


def short(text: str) -> str:
    """Shorten a text to what fits beside others on a line."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
