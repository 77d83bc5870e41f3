"""A field to the way its value is found: which keys, one value or all, a model spread over its location."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, BeforeValidator, Json, Tag
from pydantic.fields import FieldInfo

from straightway.analyse.shapes import (
    allows_none,
    field_annotation_is_sequence,
    is_bytes_or_nonable_bytes_annotation,
    is_bytes_sequence_annotation,
    is_union,
    models_in,
)
from straightway.declare import params
from straightway.fields import ModelField
from straightway.plan import Group, Location, Lookup, Member
from straightway.runtime.sent import as_model_input


def lookup_of(field: ModelField, *, in_body: bool = False) -> Lookup:
    """Return how the value of `field` is found in a request; `in_body` if it stands there whatever its marker says."""
    info = field.field_info
    is_form = isinstance(info, params.Form)
    is_body = in_body or isinstance(info, params.Body)
    location: Location = "body" if is_body else info.in_.value  # type: ignore[attr-defined]  # Param
    return Lookup(
        field=field,
        location=location,
        keys=keys_of(info, field.name),
        many=takes_many(info),
        form=is_form,
        json_sequence=_is_json(info) and field_annotation_is_sequence(info.annotation),
        file_bytes=isinstance(info, params.File) and _takes_bytes(info.annotation),
        group=_group(field) if location != "body" or is_form else None,
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
    json: Any = Json  # type checkers take it for `Annotated`; it is a class, whose instances mark a type
    return info.annotation is json or any(isinstance(each, json) or each is json for each in info.metadata)


def _takes_bytes(annotation: Any) -> bool:
    return is_bytes_or_nonable_bytes_annotation(annotation) or is_bytes_sequence_annotation(annotation)


def _group(field: ModelField) -> Group | None:
    info = field.field_info
    models = models_in(info.annotation)
    if not models or _is_json(info) or (len(models) > 1 and not isinstance(info, params.Form)):
        return None
    members = [
        _member(name, each, model, info) for model in models for name, each in model.model_fields.items()
    ]
    renamed = [
        (model_key, key)
        for member in members
        for model_key, key in zip(member.model_keys, member.keys, strict=True)
        if model_key != key
    ]
    by_alias = all(model.model_config.get("loc_by_alias", True) for model in models)
    return Group(
        members=tuple(members),
        refused=frozenset(_unconverted(members)) if isinstance(info, params.Header) else frozenset(),
        renamed=tuple(renamed) if by_alias else (),
        optional=allows_none(info.annotation),
        union=_union_field(field) if len(models) > 1 else None,
        takes_extras=any(model.model_config.get("extra") in {"allow", "forbid"} for model in models),
    )


def _union_field(field: ModelField) -> ModelField:
    """Return the field such that every model of its union sees a form in its own way: one value of a key, or all."""
    info = copy(field.field_info)
    info.annotation = _reading_forms(info.annotation)
    return ModelField(field_info=info, name=field.name)


def _reading_forms(annotation: Any) -> Any:
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return Annotated[(_reading_forms(arguments[0]), *arguments[1:])]
    if is_union(annotation):
        return Union[tuple(_reading_forms(each) for each in arguments)]  # noqa: UP007  # made of a tuple
    if not models_in(annotation):
        return annotation
    members = tuple(
        _member(name, each, annotation, params.Form()) for name, each in annotation.model_fields.items()
    )
    # The tag keeps the model's name in the place of an error.
    return Annotated[annotation, BeforeValidator(partial(as_model_input, members)), Tag(annotation.__name__)]


def _unconverted(members: list[Member]) -> Iterator[str]:
    """Yield the spellings that headers are converted from, and so never sent under."""
    for member in members:
        for key, spelling in zip(member.model_keys, member.keys, strict=True):
            if key != spelling:
                yield key


def _member(name: str, info: FieldInfo, model: type[BaseModel], marker: FieldInfo) -> Member:
    keys = list(dict.fromkeys(_model_keys(name, info, model)))
    return Member(
        keys=tuple(spelled(key, name, info, marker) for key in keys),
        model_keys=tuple(keys),
        many=takes_many(info),
        file_bytes=isinstance(info, params.File) and _takes_bytes(info.annotation),
        json_sequence=_is_json(info) and field_annotation_is_sequence(info.annotation),
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
