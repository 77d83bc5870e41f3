"""The OpenAPI document of an application: routes in, a plain dictionary out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from straightway.describe.operations import get_openapi_path
from straightway.describe.parameters import schema_fields
from straightway.describe.problems import problem_field, problems_of
from straightway.describe.requirements import requirements_of
from straightway.describe.route_view import RouteView, described
from straightway.describe.schemas import FieldSchemas, get_definitions
from straightway.encoders import jsonable_encoder
from straightway.fields import ModelField
from straightway.spec import OpenAPI


def get_openapi(
    *,
    title: str,
    version: str,
    openapi_version: str = "3.1.0",
    summary: str | None = None,
    description: str | None = None,
    routes: Sequence[object],
    webhooks: Sequence[object] | None = None,
    tags: list[dict[str, Any]] | None = None,
    servers: list[dict[str, Any]] | None = None,
    terms_of_service: str | None = None,
    contact: dict[str, Any] | None = None,
    license_info: dict[str, Any] | None = None,
    separate_input_output_schemas: bool = True,
    external_docs: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the OpenAPI document of the given routes; routes that are no HTTP endpoints are passed over.

    Raises `pydantic.ValidationError` where what is given here does not fit OpenAPI 3.1.
    """
    about = {
        "summary": summary,
        "description": description,
        "termsOfService": terms_of_service,
        "contact": contact,
        "license": license_info,
    }
    served, sent = list(described(routes)), list(described(webhooks or ()))
    field_mapping, schemas = get_definitions(
        fields=get_fields_from_routes([*served, *sent]),
        separate_input_output_schemas=separate_input_output_schemas,
    )
    found = _Found(schemas=schemas)
    paths, hooks = _path_items(served, field_mapping, found), _path_items(sent, field_mapping, found)
    optional = {
        "servers": servers,
        "webhooks": hooks,
        "components": _components(found),
        "tags": tags,
        "externalDocs": external_docs,
    }
    document = OpenAPI.model_validate(
        {
            "openapi": openapi_version,
            "info": {"title": title, "version": version} | _given(about),
            "paths": paths,
        }
        | _given(optional)
    )
    # A model is encoded as a dictionary.
    return cast("dict[str, Any]", jsonable_encoder(document, by_alias=True, exclude_none=True))


@dataclass(slots=True)
class _Found:
    """What describing one path after the other brings to light."""

    schemas: dict[str, Any]
    schemes: dict[str, Any] = field(default_factory=dict)
    operation_ids: set[str] = field(default_factory=set)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _path_items(
    routes: Iterable[RouteView], field_mapping: FieldSchemas, found: _Found
) -> dict[str, dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    for route in routes:
        item, schemes, schemas = get_openapi_path(
            route=route, operation_ids=found.operation_ids, field_mapping=field_mapping
        )
        items.setdefault(route.path_format, {}).update(item)
        found.schemes.update(schemes)
        found.schemas.update(schemas)
    return items


def _components(found: _Found) -> dict[str, Any]:
    schemas = {name: found.schemas[name] for name in sorted(found.schemas)}
    return _given({"schemas": schemas, "securitySchemes": found.schemes})


def get_fields_from_routes(routes: Iterable[object]) -> list[ModelField]:
    """Return every field whose schema the document of the routes, and of their callbacks, is made of."""
    fields: list[ModelField] = []
    for route in described(routes):
        own = (
            route.body_field,
            route.response_field,
            *route.response_fields.values(),
            route.stream_item_field,
        )
        fields.extend(each for each in own if each is not None)
        requirements = requirements_of(route.dependant)
        fields.extend(schema_fields(requirements))
        fields.extend(map(problem_field, problems_of(route, requirements)))
        fields.extend(get_fields_from_routes(route.callbacks or ()))
    return list(dict.fromkeys(fields))  # a problem has one field, wherever it is raised
