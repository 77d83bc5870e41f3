"""A field to the way its value is found: which keys, one value or all, a model spread over its location."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices, AliasPath, BaseModel, Json
from pydantic.fields import FieldInfo

from straightway.analyse.shapes import (
    allows_none,
    field_annotation_is_sequence,
    is_bytes_or_nonable_bytes_annotation,
    is_bytes_sequence_annotation,
    models_in,
)
from straightway.declare import params
from straightway.fields import ModelField
from straightway.plan import Group, Location, Lookup, Member


def lookup_of(field: ModelField) -> Lookup:
    """Return how the value of `field` is found in a request."""
    info = field.field_info
    is_form = isinstance(info, params.Form)
    location: Location = "body" if isinstance(info, params.Body) else info.in_.value  # type: ignore[attr-defined]  # Param
    return Lookup(
        field=field,
        location=location,
        keys=keys_of(info, field.name),
        many=takes_many(info),
        form=is_form,
        file_bytes=isinstance(info, params.File) and _takes_bytes(info.annotation),
        group=_group(info) if location != "body" or is_form else None,
    )


def takes_many(info: FieldInfo) -> bool:
    """Tell whether every value sent under the key belongs to the field."""
    return field_annotation_is_sequence(info.annotation) and not _is_json(info)


def get_validation_alias(field: ModelField) -> str:
    """Return the key under which a field's value is expected."""
    return keys_of(field.field_info, field.name)[0]


def keys_of(info: FieldInfo, name: str) -> tuple[str, ...]:
    """Return the keys a value may be sent under, in order of preference."""
    chosen = info.validation_alias
    if isinstance(chosen, str) and chosen:
        return (chosen,)
    if isinstance(chosen, AliasChoices) and all(isinstance(each, str) for each in chosen.choices):
        return tuple(str(each) for each in chosen.choices)
    # A path into a structure says nothing about where a single value stands in a request.
    return (info.alias or name,)


def _is_json(info: FieldInfo) -> bool:
    return info.annotation is Json or any(isinstance(each, Json) or each is Json for each in info.metadata)


def _takes_bytes(annotation: Any) -> bool:
    return is_bytes_or_nonable_bytes_annotation(annotation) or is_bytes_sequence_annotation(annotation)


def _group(info: FieldInfo) -> Group | None:
    models = models_in(info.annotation)
    if not models or _is_json(info) or (len(models) > 1 and not isinstance(info, params.Form)):
        return None
    members = [
        _member(name, each, model, info) for model in models for name, each in model.model_fields.items()
    ]
    renamed = [
        (member.model_keys[0], member.keys[0]) for member in members if member.model_keys[0] != member.keys[0]
    ]
    by_alias = all(model.model_config.get("loc_by_alias", True) for model in models)
    return Group(
        members=tuple(members),
        refused=frozenset(name for name, _ in renamed) if isinstance(info, params.Header) else frozenset(),
        renamed=tuple(renamed) if by_alias else (),
        optional=allows_none(info.annotation),
        takes_extras=any(model.model_config.get("extra") in {"allow", "forbid"} for model in models),
    )


def _member(name: str, info: FieldInfo, model: type[BaseModel], marker: FieldInfo) -> Member:
    keys = list(dict.fromkeys(_model_keys(name, info, model)))
    return Member(
        keys=tuple(spelled(key, name, info, marker) for key in keys),
        model_keys=tuple(keys),
        many=takes_many(info),
        file_bytes=isinstance(info, params.File) and _takes_bytes(info.annotation),
    )


def _model_keys(name: str, info: FieldInfo, model: type[BaseModel]) -> Iterator[str]:
    config = model.model_config
    if config.get("validate_by_alias", True):
        yield from keys_of(info, name)
    else:
        yield name
    if config.get("validate_by_name") or config.get("populate_by_name"):
        yield name


def spelled(key: str, name: str, info: FieldInfo, marker: FieldInfo) -> str:
    """Return how a key of a model is written on the wire: where it is the field's name, a header has hyphens."""
    chosen = info.validation_alias
    is_choice = isinstance(chosen, AliasChoices) and key in chosen.choices
    if not isinstance(marker, params.Header) or key != name or is_choice:
        return key
    converts = marker.convert_underscores and getattr(info, "convert_underscores", True)
    return key.replace("_", "-") if converts else key
