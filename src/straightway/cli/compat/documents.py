"""Differences between two OpenAPI documents, in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ABSENT", "Change", "changes", "document_changes", "shortly"]


class Absent:
    """What is not there, as opposed to null."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Change:
    """Two values at one place of a JSON document; either may be `ABSENT`. `words` are the keys on the way there."""

    words: tuple[str, ...]
    fastapi: Any
    straightway: Any

    @property
    def pointer(self) -> str:
        """Return the place as a JSON pointer (RFC 6901)."""
        return "".join("/" + word.replace("~", "~0").replace("/", "~1") for word in self.words)


def changes(fastapi: Any, straightway: Any, words: tuple[str, ...] = ()) -> Iterator[Change]:
    """Yield where two JSON documents differ, as deep as possible."""
    if isinstance(fastapi, dict) and isinstance(straightway, dict):
        for key in [*fastapi, *(key for key in straightway if key not in fastapi)]:
            yield from changes(fastapi.get(key, ABSENT), straightway.get(key, ABSENT), (*words, key))
    elif isinstance(fastapi, list) and isinstance(straightway, list):
        for index in range(max(len(fastapi), len(straightway))):
            yield from changes(_item(fastapi, index), _item(straightway, index), (*words, str(index)))
    elif not _same(fastapi, straightway):
        yield Change(words, fastapi, straightway)


def _same(one: Any, other: Any) -> bool:
    # True == 1 in Python, and not in JSON; 1 and 1.0 are one number in JSON. NaN, which JSON has not, is written alike.
    same_kind = isinstance(one, bool) == isinstance(other, bool)
    return same_kind and (bool(one == other) or repr(one) == repr(other) == "nan")


def _item(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else ABSENT


def document_changes(
    fastapi: Mapping[str, Any], straightway: Mapping[str, Any]
) -> Iterator[tuple[Change, str]]:
    """Yield the differences of two documents, each with a sentence that tells where it is as a person would."""
    for change in changes(_by_name(fastapi), _by_name(straightway)):
        yield change, f"{_place(change.words)} {_values(change)}"


def _by_name(document: Any) -> Any:
    """Replace lists of parameters by mappings, so that a parameter is compared with the one of its name."""
    if isinstance(document, list):
        return [_by_name(item) for item in document]
    if not isinstance(document, dict):
        return document
    result = {key: _by_name(value) for key, value in document.items()}
    parameters = document.get("parameters")
    if isinstance(parameters, list) and all(isinstance(each, dict) and "name" in each for each in parameters):
        result["parameters"] = {f"{each.get('in')} {each['name']}": _by_name(each) for each in parameters}
    return result


def _place(words: tuple[str, ...]) -> str:
    match words:
        case ("paths", path):
            return f"{path}: the path"
        case ("paths", path, method, *rest):
            return f"{method.upper()} {path}: {_in_operation(rest)}"
        case ("components", kind, name, *rest):
            return f"{KINDS.get(kind, kind)} {name}{_rest(rest)}"
        case ():
            return "the document"
        case _:
            return "/".join(words)


def _in_operation(words: list[str]) -> str:
    match words:
        case []:
            return "the operation"
        case ["parameters", parameter, "schema", *rest] if rest:
            return f"parameter {_parameter(parameter)}{_rest(rest)}"
        case ["parameters", parameter, *rest]:
            return f"parameter {_parameter(parameter)}{_rest(rest)}"
        case ["responses", status, *rest]:
            return f"response {status}{_rest(rest)}"
        case ["requestBody", *rest]:
            return f"body{_rest(rest)}"
        case _:
            return "/".join(words)


KINDS = {"schemas": "schema", "securitySchemes": "security scheme"}


def _parameter(key: str) -> str:
    place, _, name = key.partition(" ")
    return name if place == "query" else f"{name} ({place})"


def _rest(words: list[str]) -> str:
    return f": {'/'.join(words)}" if words else ""


def _values(change: Change) -> str:
    return f"is {shortly(change.fastapi)} on FastAPI and {shortly(change.straightway)} on Straightway"


def shortly(value: Any) -> str:
    """Write a value in one line that is not too long."""
    if value is ABSENT:
        return "absent"
    text = value if isinstance(value, Unquoted) else json.dumps(value, ensure_ascii=False)
    text = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


class Unquoted(str):
    """Text that is shown as it is, not as a JSON string."""

    __slots__ = ()
