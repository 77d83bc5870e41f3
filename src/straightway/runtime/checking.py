"""Values to arguments, carefully: exactly which value counts, what is missing, and every error with its place.

Compiled endpoints validate the common case in one call into pydantic-core; this module is what they fall back
on when that fails, and what reads everything that is not a plain value under one key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.types import Scope

from straightway.errors import EndpointContext
from straightway.fields import ErrorItem, ModelField, Undefined, missing_error
from straightway.plan import Group, Lookup
from straightway.runtime.reading import parsed_json
from straightway.runtime.sent import ABSENT, Sent, sent_in, sources


class _Invalid:
    def __repr__(self) -> str:
        return "INVALID"

    def __bool__(self) -> bool:
        return False


INVALID: Any = _Invalid()
"""Stands where a value would be that did not validate."""

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


def straight_body(
    field: ModelField,
    careful: Callable[[Any, Found], tuple[Any, Found]],
    strict_content_type: bool,
    context: EndpointContext,
    is_json: Callable[[Any, bool], bool],
) -> Callable[[bytes, Scope, Found], tuple[Any, Found]]:
    """Return the function that validates a JSON body from its bytes, and reads it `careful`ly when that fails.

    PERF: 0.7 instead of 1.0 microseconds for a model of four fields on 3.11, benchmarks (body).
    """
    validate = field.validator.validate_json
    name = field.name

    def read(body: bytes, scope: Scope, errors: Found) -> tuple[Any, Found]:
        if body and is_json(scope, strict_content_type):
            try:
                return {name: validate(body)}, errors
            except ValidationError:
                pass  # which error it is for a client, the standard library's parser and Python's values decide
        return careful(parsed_json(body, scope, strict_content_type, context), errors)

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
    lookups: Iterable[Lookup], sources: Mapping[str, Sent | Mapping[str, Any]]
) -> tuple[dict[str, Any], Errors]:
    """Return the values of path, query, header and cookie parameters by name, and all errors."""
    values: dict[str, Any] = {}
    errors: Errors = []
    found = {location: sent_in(source) for location, source in sources.items()}
    for lookup in lookups:
        source = found[lookup.location]
        if lookup.group is not None:
            _check_group(lookup, lookup.group, source, values, errors)
        else:
            _check(lookup, *find(lookup, source), values, errors)
    return values, errors


def find(lookup: Lookup, source: Sent) -> tuple[str, Any]:
    """Return the first key that was sent with its value; the first key of all with the absent marker if none was.

    A form's key counts as sent where it has a value; elsewhere the first one that was sent is the one that counts.
    """
    for key in lookup.keys:
        value = source.find(key, many=lookup.many, form=lookup.form or lookup.json_sequence)
        if value is not ABSENT or (not lookup.form and key in source):
            return key, value
    return lookup.keys[0], ABSENT


def _check(lookup: Lookup, key: str, found: Any, values: dict[str, Any], errors: Errors) -> None:
    _check_at((lookup.location, key), lookup, found, values, errors)


def _check_at(
    loc: tuple[str, ...], lookup: Lookup, found: Any, values: dict[str, Any], errors: Errors
) -> None:
    field = lookup.field
    if found is ABSENT:
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


def _check_group(lookup: Lookup, group: Group, source: Sent, values: dict[str, Any], errors: Errors) -> None:
    gathered, given = gather(group, source, form=lookup.form)
    if group.optional and not given:
        _check_at((lookup.location,), lookup, ABSENT, values, errors)
        return
    field = group.union or lookup.field
    value, failures = field.validate(gathered, loc=(lookup.location,))
    if failures:
        errors.extend(_as_sent(failure, group) for failure in failures)
    else:
        values[field.name] = value


def gather(group: Group, source: Sent, *, form: bool = False) -> tuple[dict[str, Any], bool]:
    """Collect a model's fields from one location.

    Returns the values by the keys that the model validates, then all others as they were sent, and whether anything
    counts as given.
    """
    gathered: dict[str, Any] = {}
    claimed: set[str] = set(group.refused)
    given = any(key in source for member in group.members for key in member.keys)
    for member in () if group.union is not None else group.members:
        for key, model_key in zip(member.keys, member.model_keys, strict=True):
            if key not in source:
                continue
            claimed.add(source.key(key))
            value = source.find(key, many=member.many, form=form or member.json_sequence)
            if value is not ABSENT:
                gathered.setdefault(model_key, value)
                break  # a further key of the same field is not claimed: the model may forbid it
    for key in source:
        if key not in claimed:
            gathered[key] = source.whole(key)
            given = given or group.takes_extras
    return gathered, given


def _as_sent(error: ErrorItem, group: Group) -> ErrorItem:
    """Place an error in the client's spelling: header names with hyphens."""
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
        _check_at(("body",), lookups[0], ABSENT if body is Undefined else body, values, errors)
        return values, errors
    source = {} if body is Undefined or isinstance(body, bytes) else body
    for lookup in lookups:
        if not isinstance(source, dict):
            errors.append(missing_error(lookup.loc))
            continue
        key = next((key for key in lookup.keys if key in source), lookup.keys[0])
        _check(lookup, key, source.get(key, ABSENT), values, errors)
    return values, errors


async def read_form_values(lookups: Sequence[Lookup], form: Any) -> tuple[dict[str, Any], Errors]:
    """Return the values of form and file parameters from a parsed form (Undefined: none was sent)."""
    values: dict[str, Any] = {}
    errors: Errors = []
    source = sent_in(form if isinstance(form, FormData) else {})
    for lookup in lookups:
        if lookup.group is not None:
            _check_group(lookup, lookup.group, await _with_file_bytes(lookup.group, source), values, errors)
            continue
        key, found = find(lookup, source)
        if lookup.file_bytes:
            found = await file_bytes(found)
        _check(lookup, key, found, values, errors)
    return values, errors


async def _with_file_bytes(group: Group, source: Sent) -> Sent:
    keys = {key for member in group.members if member.file_bytes for key in member.keys}
    if not keys:
        return source
    read = Sent(())
    read.values = {
        key: await file_bytes(each) if key in keys else each for key, each in source.values.items()
    }
    return read


async def file_bytes(found: Any) -> Any:
    """Return an upload's content from where it stands, and leave it there, so that another parameter may read it too."""
    if isinstance(found, list):
        return [await file_bytes(each) for each in found]
    if not isinstance(found, UploadFile):
        return found
    position = found.file.tell()
    try:
        return await found.read()
    finally:
        await found.seek(position)
