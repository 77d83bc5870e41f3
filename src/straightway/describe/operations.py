"""One route to the operations of its path."""

from __future__ import annotations

import warnings
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from straightway.describe.answers import (
    VALIDATION_ERROR_COMPONENTS,
    VALIDATION_ERROR_RESPONSE,
    responses_of,
)
from straightway.describe.bodies import get_openapi_operation_request_body
from straightway.describe.parameters import parameters_of
from straightway.describe.problems import add_problems, may_be_invalid, problems_of
from straightway.describe.requirements import requirements_of
from straightway.describe.route_view import RouteView, is_endpoint
from straightway.describe.schemas import FieldSchemas, ModelNames
from straightway.describe.security import security_of
from straightway.errors import warn_deprecated
from straightway.spec import METHODS_WITH_BODY
from straightway.utils import deep_dict_update, generate_operation_id_for_path

PathParts = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def get_openapi_path(
    *,
    route: RouteView,
    operation_ids: set[str],
    model_name_map: ModelNames | None = None,
    field_mapping: FieldSchemas,
    separate_input_output_schemas: bool = True,
) -> PathParts:
    """Return a route's path item, and the security schemes and schemas it needs beside those of `field_mapping`.

    A route that is left out of the document has an empty one.
    `operation_ids` are those already given; this route's are added, and one that is there already warns.
    """
    del model_name_map, separate_input_output_schemas
    if not route.include_in_schema:
        return {}, {}, {}
    requirements = requirements_of(route.dependant)
    schemes, security = security_of(requirements)
    parameters = parameters_of(requirements, field_mapping)
    responses = responses_of(route, field_mapping)
    components: dict[str, Any] = {}
    if may_be_invalid(route, requirements) and not route.answers_problems:
        responses["422"] = VALIDATION_ERROR_RESPONSE
        components.update(VALIDATION_ERROR_COMPONENTS)
    add_problems(responses, problems_of(route, requirements), route, field_mapping)
    body = get_openapi_operation_request_body(body_field=route.body_field, field_mapping=field_mapping)
    path_item: dict[str, Any] = {}
    for method in sorted(route.methods):
        operation = get_openapi_operation_metadata(route=route, method=method, operation_ids=operation_ids)
        operation.update(_given(security=security, parameters=parameters))
        if body is not None and method in METHODS_WITH_BODY:
            operation["requestBody"] = body
        path_item[method.lower()] = operation
    called = _callbacks(route, operation_ids, field_mapping)
    for method, operation in path_item.items():
        operation.update(called.described, responses=responses)
        path_item[method] = _extended(operation, route.openapi_extra)
    return path_item, schemes | called.schemes, components | called.components


@dataclass(slots=True)
class _Called:
    """The requests that the API may send while it handles one, and what they need."""

    described: dict[str, Any] = field(default_factory=dict)
    schemes: dict[str, Any] = field(default_factory=dict)
    components: dict[str, Any] = field(default_factory=dict)


def _callbacks(route: RouteView, operation_ids: set[str], field_mapping: FieldSchemas) -> _Called:
    called = _Called()
    if not route.callbacks:
        return called
    callbacks = called.described["callbacks"] = {}
    for each in filter(is_endpoint, route.callbacks):
        item, schemes, components = get_openapi_path(
            route=each, operation_ids=operation_ids, field_mapping=field_mapping
        )
        callbacks[each.name] = {each.path: item}
        called.schemes.update(schemes)
        called.components.update(components)
    return called


def get_openapi_operation_metadata(
    *, route: RouteView, method: str, operation_ids: set[str]
) -> dict[str, Any]:
    """Return what an operation is called: tags, summary, description, id, and whether it is deprecated."""
    operation: dict[str, Any] = {}
    if route.tags:
        operation["tags"] = [each.value if isinstance(each, Enum) else each for each in route.tags]
    operation["summary"] = generate_operation_summary(route=route, method=method)
    if route.description:
        operation["description"] = route.description
    operation_id = route.operation_id or route.unique_id
    if operation_id in operation_ids:
        _warn_duplicate(operation_id, route)
    operation_ids.add(operation_id)
    operation["operationId"] = operation_id
    if route.deprecated:
        operation["deprecated"] = True
    return operation


def generate_operation_summary(*, route: RouteView, method: str) -> str:
    """Return the summary given, or the route's name in words."""
    del method
    return route.summary or route.name.replace("_", " ").title()


def generate_operation_id(*, route: RouteView, method: str) -> str:
    """Return the operation id of a route for one method. Nothing uses this any more; it warns."""
    warn_deprecated("`generate_operation_id()` has been deprecated, please use `route.unique_id` instead")
    if route.operation_id:
        return route.operation_id
    return generate_operation_id_for_path(name=route.name, path=route.path_format, method=method)


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _extended(operation: dict[str, Any], extra: dict[str, Any] | None) -> dict[str, Any]:
    if not extra:
        return operation
    extended = deepcopy(operation)
    deep_dict_update(extended, deepcopy(extra))
    return extended


def _warn_duplicate(operation_id: str, route: RouteView) -> None:
    function = getattr(route.endpoint, "__name__", type(route.endpoint).__name__)
    message = f"Duplicate Operation ID {operation_id} for function {function}"
    file = getattr(route.endpoint, "__globals__", {}).get("__file__")
    warnings.warn(f"{message} at {file}" if file else message, stacklevel=1)
