"""The path, query, header and cookie parameters of an operation, from the whole dependency tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from pydantic.errors import PydanticUserError

from straightway.analyse.lookups import keys_of, lookup_of, spelled
from straightway.analyse.shapes import models_in
from straightway.datastructures import _Unset
from straightway.describe.requirements import Requirements
from straightway.describe.schemas import FieldSchemas, ModelNames, schema_of, titled
from straightway.fields import ModelField


@dataclass(frozen=True, slots=True)
class Documented:
    """One parameter as the document names it; a model stands for as many as it has fields."""

    field: ModelField
    location: str
    name: str
    title: str
    """What a title is made from where none was given."""
    required: bool


def schema_fields(requirements: Requirements) -> Iterator[ModelField]:
    """Yield the fields whose schemas the parameters are made of, shown or not."""
    return (each.field for each in _documented(requirements.parameters))


def parameters_of(requirements: Requirements, field_mapping: FieldSchemas) -> list[dict[str, Any]]:
    """Return the parameter objects of an operation.

    Of two parameters with one name the last is documented, where the first stood, except that an optional one
    never hides a required one.
    """
    shown = [each for each in requirements.parameters if getattr(each.field_info, "include_in_schema", True)]
    chosen: dict[tuple[str, str], Documented] = {}
    for each in _documented(shown):
        known = chosen.get((each.location, each.name))
        if known is None or each.required or not known.required:
            chosen[each.location, each.name] = each
    return [_parameter(each, field_mapping) for each in chosen.values()]


def get_openapi_operation_parameters(
    *,
    dependency_data: Requirements,
    model_name_map: ModelNames | None = None,
    field_mapping: FieldSchemas,
    separate_input_output_schemas: bool = True,
) -> list[dict[str, Any]]:
    """Return what `parameters_of` does, under the names that packages use."""
    del model_name_map, separate_input_output_schemas
    return parameters_of(dependency_data, field_mapping)


def _documented(fields: Iterable[ModelField]) -> Iterator[Documented]:
    for field in fields:
        lookup = lookup_of(field)
        if lookup.group is not None:
            yield from _members(field, lookup.location)
        else:
            name, location = lookup.keys[0], lookup.location
            # OpenAPI 3.1, section 4.8.12.2: a path parameter is required, whatever happens where it is missing.
            required = field.required or location == "path"
            yield Documented(field, location, name, title=name, required=required)


def _members(field: ModelField, location: str) -> Iterator[Documented]:
    info = field.field_info
    (model,) = models_in(info.annotation)
    # Without a default, `Model | None` has to be sent, and with it what the model requires.
    may_be_left_out = not field.required and info.annotation is not model
    for member in fields_of_model(model):
        by_alias = model.model_config.get("validate_by_alias", True)
        key = keys_of(member.field_info, member.name)[0] if by_alias else member.name
        name = spelled(key, member.name, member.field_info, info)
        required = member.required and not may_be_left_out
        yield Documented(member, location, name, title=key, required=required)


# Kept, because the same field objects are asked for when schemas are generated and when they are used.
_fields_of_models: WeakKeyDictionary[type[BaseModel], tuple[ModelField, ...]] = WeakKeyDictionary()


def fields_of_model(model: type[BaseModel]) -> tuple[ModelField, ...]:
    """Return a field for each of the model's own, always the same objects for the same model."""
    fields = _fields_of_models.get(model)
    if fields is None:
        fields = tuple(_model_field(model, name) for name in model.model_fields)
        _fields_of_models[model] = fields
    return fields


def _model_field(model: type[BaseModel], name: str) -> ModelField:
    info = model.model_fields[name]
    # Pydantic refuses a configuration for types that have their own, such as another model.
    with suppress(PydanticUserError):
        return ModelField(field_info=info, name=name, config=model.model_config)
    return ModelField(field_info=info, name=name)


def _parameter(documented: Documented, field_mapping: FieldSchemas) -> dict[str, Any]:
    field = documented.field
    info = field.field_info
    parameter: dict[str, Any] = {
        "name": documented.name,
        "in": documented.location,
        "required": documented.required,
        "schema": titled(schema_of(field, field_mapping), field, documented.title),
    }
    if info.description:
        parameter["description"] = info.description
    parameter.update(examples_of(field))
    if info.deprecated:
        parameter["deprecated"] = True
    return parameter


def examples_of(field: ModelField) -> dict[str, Any]:
    """Return the samples that stand beside a schema, as opposed to in it."""
    by_name = getattr(field.field_info, "openapi_examples", None)
    if by_name:
        return {"examples": by_name}
    single = getattr(field.field_info, "example", _Unset)
    return {} if single is _Unset else {"example": single}
