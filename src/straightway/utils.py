"""Small answers that several stages, and code written for FastAPI, ask for."""

import re
from collections.abc import Collection
from typing import Any, Protocol, TypeVar

from straightway.datastructures import DefaultPlaceholder
from straightway.errors import DeclarationError, calling_place, warn_deprecated

__all__ = [
    "deep_dict_update",
    "generate_operation_id_for_path",
    "generate_unique_id",
    "get_path_param_names",
    "get_value_or_default",
    "is_body_allowed_for_status_code",
]

Value = TypeVar("Value")

# OpenAPI 3.1, section 4.8.16.2: the names that stand for several status codes.
_STATUS_RANGES = frozenset({"default", "1XX", "2XX", "3XX", "4XX", "5XX"})
_BODILESS_STATUSES = frozenset({204, 205, 304})


def is_body_allowed_for_status_code(status_code: int | str | None) -> bool:
    """Say whether a response of this status may have a body: RFC 9110, sections 6.4.1 and 15.3.6.

    A range of statuses, and `None` for a status that is not known yet, may.
    """
    if status_code is None or status_code in _STATUS_RANGES:
        return True
    code = int(status_code)
    return code >= 200 and code not in _BODILESS_STATUSES


def get_path_param_names(path: str) -> set[str]:
    """Return the names between braces, together with the convertors where `path` still has them."""
    return set(re.findall(r"{(.*?)}", path))


def get_value_or_default(first_item: Value, *extra_items: Value) -> Value:
    """Return the first item that the user gave, otherwise the first one's default, still wrapped."""
    items = (first_item, *extra_items)
    return next((item for item in items if not isinstance(item, DefaultPlaceholder)), first_item)


def deep_dict_update(main_dict: dict[Any, Any], update_dict: dict[Any, Any]) -> None:
    """Merge the second into the first: dicts key by key, lists end to end, anything else replaced."""
    for key, new in update_dict.items():
        match main_dict.get(key), new:
            case dict(), dict():
                deep_dict_update(main_dict[key], new)
            case list(), list():
                main_dict[key] = main_dict[key] + new
            case _:
                main_dict[key] = new


class _Named(Protocol):
    """What the operation id of a route is made from."""

    @property
    def name(self) -> str: ...
    @property
    def path_format(self) -> str: ...
    @property
    def methods(self) -> Collection[str] | None: ...


def generate_unique_id(route: _Named) -> str:
    """Return the default operation id of a route: its name, path and method in letters, digits and `_`.

    Of several methods it is the first in the alphabet, so that the id is the same in every process.
    """
    if not route.methods:
        raise DeclarationError(
            f"The route {route.path_format!r} has no methods to make an operation id from",
            at=calling_place(path=route.path_format),
            instead='methods=["GET"], or include_in_schema=False',
        )
    return _operation_id(route.name, route.path_format, min(route.methods))


def generate_operation_id_for_path(*, name: str, path: str, method: str) -> str:
    """Return an operation id. Nothing uses this any more; it warns."""
    warn_deprecated(
        "`generate_operation_id_for_path()` has been deprecated, please use `generate_unique_id()` instead"
    )
    return _operation_id(name, path, method)


def _operation_id(name: str, path: str, method: str) -> str:
    words = re.sub(r"\W", "_", f"{name}{path}")
    return f"{words}_{method.lower()}"
