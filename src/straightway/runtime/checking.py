"""Values to arguments, carefully: exactly which value counts, what is missing, and every error with its place.

Compiled endpoints validate the common case in one call into pydantic-core; this module is what they fall back
on when that fails, and what reads everything that is not a plain value under one key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.types import Scope

from straightway.fields import ErrorItem, Undefined, missing_error
from straightway.plan import Group, Lookup
from straightway.runtime.reading import sources

INVALID: Any = type("Invalid", (), {"__repr__": lambda self: "INVALID", "__bool__": lambda self: False})()
"""Stands where a value would be that did not validate."""

_ABSENT: Any = object()

Errors = list[ErrorItem]
Found = dict[int, Errors] | None
"""The errors found so far in a request, by the slot of the read; None while there are none."""


def careful_read(slot: int, lookups: Sequence[Lookup]) -> Callable[[Scope, Found], tuple[Any, Found]]:
    """Return the function that reads one callable's values and adds their errors to those found so far."""

    def read(scope: Scope, errors: Found) -> tuple[Any, Found]:
        return _noted(slot, read_values(lookups, sources(scope)), errors)

    return read


def careful_body(
    slot: int, lookups: Sequence[Lookup], *, embed: bool
) -> Callable[[Any, Found], tuple[Any, Found]]:
    """Return the function that reads one callable's values from the parsed body."""

    def read(body: Any, errors: Found) -> tuple[Any, Found]:
        return _noted(slot, read_json_values(lookups, body, embed=embed), errors)

    return read


def careful_form(
    slot: int, lookups: Sequence[Lookup]
) -> Callable[[Any, Found], Awaitable[tuple[Any, Found]]]:
    """Return the function that reads one callable's values from the parsed form."""

    async def read(form: Any, errors: Found) -> tuple[Any, Found]:
        return _noted(slot, await read_form_values(lookups, form), errors)

    return read


def reported(errors: Mapping[int, Errors], report: Sequence[int]) -> Errors:
    """Return the errors found, by the slot of their read, in the order of declaration."""
    return [item for slot in report for item in errors.get(slot, ())]


def _noted(slot: int, outcome: tuple[dict[str, Any], Errors], found: Found) -> tuple[Any, Found]:
    values, errors = outcome
    return (INVALID, {**(found or {}), slot: errors}) if errors else (values, found)


def read_values(
    lookups: Iterable[Lookup], sources: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], Errors]:
    """Return the values of path, query, header and cookie parameters by name, and all errors."""
    values: dict[str, Any] = {}
    errors: Errors = []
    for lookup in lookups:
        source = sources[lookup.location]
        if lookup.group is not None:
            _check_group(lookup, lookup.group, source, values, errors)
        else:
            _check(lookup, *find(lookup, source), values, errors)
    return values, errors


def find(lookup: Lookup, source: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the first key that was sent with its value; the first key of all with the absent marker if none was."""
    for key in lookup.keys:
        value = _under(key, source, many=lookup.many, form=lookup.form)
        if value is not _ABSENT:
            return key, value
    return lookup.keys[0], _ABSENT


def _under(key: str, source: Mapping[str, Any], *, many: bool, form: bool) -> Any:
    """Return what was sent under a key; a form field that was left empty was not sent."""
    if not many or not hasattr(source, "getlist"):
        value = source.get(key)
        is_empty = value is None or (form and _is_blank(value)) or (many and len(value) == 0)
        return _ABSENT if is_empty else value
    found = [each for each in source.getlist(key) if not (isinstance(each, UploadFile) and _is_blank(each))]
    return found or _ABSENT


def _is_blank(value: Any) -> bool:
    """Tell whether a form field was left empty: an empty text, or a file input without a file."""
    if isinstance(value, UploadFile):
        return not value.filename and not value.size
    return isinstance(value, str) and value == ""


def _check(lookup: Lookup, key: str, found: Any, values: dict[str, Any], errors: Errors) -> None:
    _check_at((lookup.location, key), lookup, found, values, errors)


def _check_at(
    loc: tuple[str, ...], lookup: Lookup, found: Any, values: dict[str, Any], errors: Errors
) -> None:
    field = lookup.field
    if found is _ABSENT:
        if field.required:
            errors.append(missing_error(loc))
            return
        found = field.get_default()
        if not field.field_info.validate_default:
            values[field.name] = found
            return
    value, failures = field.validate(found, loc=loc)
    if failures:
        errors.extend(failures)
    else:
        values[field.name] = value


def _check_group(
    lookup: Lookup, group: Group, source: Mapping[str, Any], values: dict[str, Any], errors: Errors
) -> None:
    gathered, known, given = gather(group, source, form=lookup.form)
    if group.optional and not given:
        _check_at((lookup.location,), lookup, _ABSENT, values, errors)
        return
    value, failures = lookup.field.validate(gathered, loc=(lookup.location,))
    if failures:
        errors.extend(_as_sent(failure, group, gathered, known) for failure in failures)
    else:
        values[lookup.field.name] = value


def gather(
    group: Group, source: Mapping[str, Any], *, form: bool = False
) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Collect a model's fields from one location.

    Returns the values by the keys the model validates, the same by the keys the client sent, and whether
    anything counts as given.
    """
    gathered: dict[str, Any] = {}
    sent: dict[str, Any] = {}
    claimed: set[str] = set(group.refused)
    given = False
    for member in group.members:
        given = given or any(key in source for key in member.keys)
        for key, model_key in zip(member.keys, member.model_keys, strict=True):
            if key not in source:
                continue
            claimed.add(key)
            value = _under(key, source, many=member.many, form=form)
            if value is not _ABSENT:
                gathered.setdefault(model_key, value)
                sent.setdefault(key, value)
                break  # a further key of the same field is not claimed: the model may forbid it
    for key in source:
        if key not in claimed:
            gathered[key] = sent[key] = _all_under(key, source)
            given = given or group.takes_extras
    return gathered, sent, given


def _all_under(key: str, source: Mapping[str, Any]) -> Any:
    if not hasattr(source, "getlist"):
        return source[key]
    values = source.getlist(key)
    return values if len(values) > 1 else values[0]


def _as_sent(error: ErrorItem, group: Group, gathered: dict[str, Any], sent: dict[str, Any]) -> ErrorItem:
    """Word an error in the client's spelling: header names with hyphens, in place and input."""
    if error["input"] == gathered and isinstance(error["input"], dict):
        error["input"] = sent
    location, *rest = error["loc"]
    names = dict(group.renamed)
    if rest and rest[0] in names:
        error["loc"] = (location, names[rest[0]], *rest[1:])
    return error


def read_json_values(lookups: Sequence[Lookup], body: Any, *, embed: bool) -> tuple[dict[str, Any], Errors]:
    """Return the values of body parameters from a parsed JSON body (Undefined: none was sent)."""
    values: dict[str, Any] = {}
    errors: Errors = []
    if not embed:
        _check_at(("body",), lookups[0], _ABSENT if body is Undefined else body, values, errors)
        return values, errors
    source = {} if body is Undefined or isinstance(body, bytes) else body
    for lookup in lookups:
        if not isinstance(source, dict):
            errors.append(missing_error(lookup.loc))
            continue
        key = next((key for key in lookup.keys if key in source), lookup.keys[0])
        _check(lookup, key, source.get(key, _ABSENT), values, errors)
    return values, errors


async def read_form_values(lookups: Sequence[Lookup], form: Any) -> tuple[dict[str, Any], Errors]:
    """Return the values of form and file parameters from a parsed form (Undefined: none was sent)."""
    values: dict[str, Any] = {}
    errors: Errors = []
    source = form if isinstance(form, FormData) else FormData()
    for lookup in lookups:
        if lookup.group is not None:
            source = await _with_file_bytes(lookup.group, source)
            _check_group(lookup, lookup.group, source, values, errors)
            continue
        key, found = find(lookup, source)
        if lookup.file_bytes:
            found = await _file_bytes(found)
        _check(lookup, key, found, values, errors)
    return values, errors


async def _with_file_bytes(group: Group, source: FormData) -> FormData:
    keys = {key for member in group.members if member.file_bytes for key in member.keys}
    if not keys:
        return source
    return FormData(
        [(key, await _file_bytes(value) if key in keys else value) for key, value in source.multi_items()]
    )


async def _file_bytes(found: Any) -> Any:
    """Return an upload's content, its position unchanged, so that another parameter may read it too."""
    if isinstance(found, list):
        return [await _file_bytes(each) for each in found]
    if not isinstance(found, UploadFile):
        return found
    position = found.file.tell()
    await found.seek(0)
    content = await found.read()
    await found.seek(position)
    return content
