"""The request body of an operation."""

from __future__ import annotations

from typing import Any

from straightway.describe.parameters import examples_of
from straightway.describe.schemas import FieldSchemas, ModelNames, get_schema_from_model_field
from straightway.fields import ModelField


def get_openapi_operation_request_body(
    *,
    body_field: ModelField | None,
    model_name_map: ModelNames | None = None,
    field_mapping: FieldSchemas,
    separate_input_output_schemas: bool = True,
) -> dict[str, Any] | None:
    """Return the request body object of a route's body field, or None if it has none."""
    if body_field is None:
        return None
    schema = get_schema_from_model_field(
        field=body_field,
        model_name_map=model_name_map,
        field_mapping=field_mapping,
        separate_input_output_schemas=separate_input_output_schemas,
    )
    media_type = getattr(body_field.field_info, "media_type", "application/json")
    required = {"required": True} if body_field.required else {}
    return {**required, "content": {media_type: {"schema": schema, **examples_of(body_field)}}}
