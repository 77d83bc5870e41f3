"""Every type of the application to JSON schema, in one generation, so that names are unique and shared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from straightway.analyse.bodies import FormBody
from straightway.analyse.shapes import lenient_issubclass
from straightway.describe.forms import flat_form_schema
from straightway.fields import ModelField
from straightway.spec import REF_PREFIX, REF_TEMPLATE

Mode = Literal["validation", "serialization"]
FieldSchemas = Mapping[tuple[ModelField, Mode], JsonSchemaValue]
ModelNames = Mapping[type[Any], str]


def get_definitions(
    *,
    fields: Sequence[ModelField],
    model_name_map: ModelNames | None = None,
    separate_input_output_schemas: bool = True,
) -> tuple[dict[tuple[ModelField, Mode], JsonSchemaValue], dict[str, JsonSchemaValue]]:
    """Return the schema of each field, by field and direction, and the components that they refer to.

    Without `separate_input_output_schemas` a type has one schema, that of the input, unless it has computed
    fields. `model_name_map` is not needed: Pydantic names the components.
    """
    del model_name_map
    bodies = [each for each in fields if _form_body(each) is not None]
    parts = [part for each in bodies for part in _parts(each)]
    inputs: list[tuple[ModelField, Mode, core_schema.CoreSchema]] = [
        (each, _mode(each, separate=separate_input_output_schemas), each.core_schema)
        for each in (*fields, *parts)
    ]
    schemas, components = _Generator(ref_template=REF_TEMPLATE).generate_definitions(inputs)
    definitions: dict[str, JsonSchemaValue] = dict(components.items())
    for definition in definitions.values():
        _cut_description(definition)
    for each in bodies:
        part_schemas = [(part, schemas[part, "validation"]) for part in _parts(each)]
        name = schemas[each, "validation"]["$ref"].removeprefix(REF_PREFIX)
        definitions[name] = flat_form_schema(definitions[name]["title"], part_schemas, definitions)
    return schemas, definitions


def get_schema_from_model_field(
    *,
    field: ModelField,
    model_name_map: ModelNames | None = None,
    field_mapping: FieldSchemas,
    separate_input_output_schemas: bool = True,
) -> dict[str, Any]:
    """Return the schema of `field` with a title, unless it is a reference to a component, which has its own."""
    del model_name_map, separate_input_output_schemas
    return titled(schema_of(field, field_mapping), field, field.validation_alias or field.alias)


def schema_of(field: ModelField, field_mapping: FieldSchemas) -> JsonSchemaValue:
    """Return the schema that was generated for `field`, in whichever direction that was."""
    own = field_mapping.get((field, field.mode))
    return own if own is not None else field_mapping[field, "validation"]


def titled(schema: JsonSchemaValue, field: ModelField, name: str) -> dict[str, Any]:
    """Return `schema` with the field's title, or one made from `name`, unless it is a reference."""
    if "$ref" in schema:
        return schema
    return {**schema, "title": field.field_info.title or title_of(name)}


def title_of(name: str) -> str:
    """Return a name in words, as Pydantic makes titles."""
    return name.title().replace("_", " ")


def get_flat_models_from_fields(
    fields: Iterable[ModelField], known_models: set[type[Any]] | None = None
) -> set[type[Any]]:
    """Return the models, dataclasses and enums that the fields' types consist of, at any depth."""
    found = known_models if known_models is not None else set()
    for each in fields:
        _collect(each.field_info.annotation, found)
    return found


def get_model_name_map(unique_models: Iterable[type[Any]]) -> dict[type[Any], str]:
    """Return a name for each model: its own, or one with its module where several are called the same."""
    models = sorted(unique_models, key=lambda each: (each.__module__, each.__qualname__))
    by_name: dict[str, list[type[Any]]] = {}
    for each in models:
        by_name.setdefault(_component_name(each.__name__), []).append(each)
    names: dict[type[Any], str] = {}
    for name, namesakes in by_name.items():
        for each in namesakes:
            names[each] = name if len(namesakes) == 1 else _long_name(each)
    return names


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with binary data as JSON Schema 2020-12 (section 8) and OpenAPI 3.1 describe it."""

    def encode_default(self, dft: Any) -> Any:
        # PERF: Pydantic builds a type adapter for every default; benchmarks/document.py is 20 % faster without.
        if dft is None or type(dft) in {str, int, bool}:
            return dft
        return super().encode_default(dft)

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:
        config = self._config
        encoding = config.ser_json_bytes if self.mode == "serialization" else config.val_json_bytes
        json_schema: JsonSchemaValue = {"type": "string", "contentMediaType": "application/octet-stream"}
        if encoding == "base64":
            json_schema["contentEncoding"] = "base64"
        self.update_with_validations(json_schema, schema, self.ValidationsMapping.bytes)
        return json_schema


def _form_body(field: ModelField) -> type[FormBody] | None:
    annotation = field.field_info.annotation
    return annotation if lenient_issubclass(annotation, FormBody) else None


def _parts(field: ModelField) -> tuple[ModelField, ...]:
    form = _form_body(field)
    return form.parts if form is not None else ()


def _mode(field: ModelField, *, separate: bool) -> Mode:
    if separate or field.mode == "validation" or _has_computed_fields(field.core_schema):
        return field.mode
    return "validation"


def _has_computed_fields(schema: object) -> bool:
    """Tell whether a core schema, at any depth, serialises properties that it does not validate."""
    if isinstance(schema, dict):
        return bool(schema.get("computed_fields")) or any(map(_has_computed_fields, schema.values()))
    return isinstance(schema, list | tuple) and any(map(_has_computed_fields, schema))


def _cut_description(definition: JsonSchemaValue) -> None:
    """Keep of a docstring what stands before its first form feed; the rest is for readers of the source."""
    description = definition.get("description")
    if isinstance(description, str):
        definition["description"] = description.partition("\f")[0]


def _collect(annotation: Any, found: set[type[Any]]) -> None:
    if isinstance(annotation, type) and annotation in found:
        return
    if lenient_issubclass(annotation, Enum):
        found.add(annotation)
    elif lenient_issubclass(annotation, BaseModel) or (
        isinstance(annotation, type) and is_dataclass(annotation)
    ):
        found.add(annotation)
        for each in _member_types(annotation):
            _collect(each, found)
    for argument in get_args(annotation):
        _collect(argument, found)


def _member_types(model: Any) -> Iterator[Any]:
    if lenient_issubclass(model, BaseModel):
        yield from (each.annotation for each in model.model_fields.values())
    else:
        yield from (each.type for each in dataclass_fields(model))


def _component_name(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", name)


def _long_name(model: type[Any]) -> str:
    return _component_name(f"{model.__module__}__{model.__qualname__}").replace(".", "__")
