"""The schema of a form in which models lie flat beside single fields: a condition for each model, all of them to hold.

A model that may be left out is left out as a whole: either no field of it is sent, or what is sent fits it. What a
model accepts under several names is required under one of them. OpenAPI has no words of its own for either, so
both are said in JSON Schema (2020-12, section 10.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue

from straightway.analyse.bodies import is_form_group
from straightway.analyse.lookups import keys_of
from straightway.analyse.shapes import allows_none, models_in
from straightway.fields import ModelField
from straightway.spec import REF_PREFIX

Components = Mapping[str, JsonSchemaValue]


def flat_form_schema(
    title: str, parts: Sequence[tuple[ModelField, JsonSchemaValue]], components: Components
) -> JsonSchemaValue:
    """Return the schema of the whole form, made of the schemas of its parts."""
    conditions: list[JsonSchemaValue] = []
    properties: dict[str, JsonSchemaValue] = {}
    required: list[str] = []
    for field, schema in parts:
        if is_form_group(field):
            conditions.extend(_group_conditions(field, schema, components))
            continue
        key = keys_of(field.field_info, field.name)[0]
        member = _member(field, schema, components)
        if key in properties:
            conditions.append({"properties": {key: member}})
        else:
            properties[key] = member
        if field.required and key not in required:
            required.append(key)
    form: JsonSchemaValue = {"type": "object", "title": title, "allOf": conditions}
    if properties:
        form["properties"] = properties
    if required:
        form["required"] = required
    return form


def _group_conditions(
    field: ModelField, schema: JsonSchemaValue, components: Components
) -> Iterator[JsonSchemaValue]:
    annotation = field.field_info.annotation
    models = models_in(annotation)
    # The default belongs to the parameter, not to a key of the form.
    schema = {key: value for key, value in schema.items() if key != "default"}
    if not allows_none(annotation):
        yield _accepting(schema, models, components) if "$ref" in schema else _titled(schema, field)
        return
    absent = _absent(models)
    present = _titled(_without_null(schema, models, components), field)
    if field.required:
        yield {"not": absent}
        yield present
    else:
        yield {"anyOf": [absent, present]}


def _without_null(
    schema: JsonSchemaValue, models: Sequence[type[BaseModel]], components: Components
) -> JsonSchemaValue:
    members = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not members:
        return schema
    if len(members) == 1 and "$ref" in members[0]:
        members = [_accepting(members[0], models, components)]
    return {**schema, "anyOf": members}


def _absent(models: Sequence[type[BaseModel]]) -> JsonSchemaValue:
    """Return what a form without any field of the models looks like."""
    if any(model.model_config.get("extra") in {"allow", "forbid"} for model in models):
        return {"maxProperties": 0}
    keys = {
        key
        for model in models
        for name, info in model.model_fields.items()
        for key in _keys(model, name, info)
    }
    return {"not": {"anyOf": [{"required": [key]} for key in sorted(keys)]}} if keys else {}


def _accepting(
    reference: JsonSchemaValue, models: Sequence[type[BaseModel]], components: Components
) -> JsonSchemaValue:
    """Return the reference to a model's schema, or that schema rewritten if forms accept other keys than it says."""
    component = components[reference["$ref"].removeprefix(REF_PREFIX)]
    renamed, choices = _differences(models[0], component)
    if not renamed and not choices:
        return reference
    properties = {renamed.get(key, key): value for key, value in component["properties"].items()}
    required = [renamed.get(key, key) for key in component.get("required", ()) if key not in choices]
    rewritten = {**component, **reference, "properties": properties, "required": required}
    del rewritten["$ref"]
    if choices:
        rewritten["allOf"] = [{"anyOf": [{"required": [key]} for key in keys]} for keys in choices.values()]
    return rewritten


def _differences(
    model: type[BaseModel], component: JsonSchemaValue
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the properties that a form names differently, and the required ones that have several names."""
    renamed: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    properties = component.get("properties", {})
    for name, info in model.model_fields.items():
        keys = _keys(model, name, info)
        documented = next((each for each in (*keys, *_aliases(info)) if each in properties), None)
        if documented is not None and documented not in keys:
            renamed[documented] = keys[0]
        elif documented is not None and info.is_required() and len(keys) > 1:
            choices[documented] = keys
    return renamed, choices


def _aliases(info: FieldInfo) -> Iterator[str]:
    chosen = info.validation_alias
    choices = chosen.choices if isinstance(chosen, AliasChoices) else ()
    return (each for each in choices if isinstance(each, str))


def _keys(model: type[BaseModel], name: str, info: FieldInfo) -> tuple[str, ...]:
    """Return the keys under which a form may send a field of the model."""
    config = model.model_config
    by_alias = keys_of(info, name) if config.get("validate_by_alias", True) else ()
    by_name = config.get("validate_by_name") or config.get("populate_by_name") or not by_alias
    return tuple(dict.fromkeys((*by_alias, name) if by_name else by_alias))


def _member(field: ModelField, schema: JsonSchemaValue, components: Components) -> JsonSchemaValue:
    reference = schema.get("$ref")
    own_title = components[reference.removeprefix(REF_PREFIX)].get("title") if reference else None
    member = _titled(schema, field)
    return schema if own_title == member["title"] else member


def _titled(schema: JsonSchemaValue, field: ModelField) -> dict[str, Any]:
    return {**schema, "title": field.field_info.title or field.name.title().replace("_", " ")}
