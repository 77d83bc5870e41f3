"""The responses of an operation: its own, those declared beside it, and the validation error."""

from __future__ import annotations

import http.client
import inspect
from collections.abc import Collection
from copy import deepcopy
from functools import lru_cache
from typing import Any, Final

from starlette.responses import JSONResponse

from straightway.analyse.shapes import lenient_issubclass
from straightway.datastructures import DefaultPlaceholder
from straightway.describe.route_view import RouteView
from straightway.describe.schemas import FieldSchemas, get_schema_from_model_field
from straightway.fields import ModelField
from straightway.spec import REF_PREFIX
from straightway.utils import deep_dict_update, is_body_allowed_for_status_code

validation_error_definition: Final[dict[str, Any]] = {
    "title": "ValidationError",
    "type": "object",
    "properties": {
        "loc": {
            "title": "Location",
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "msg": {"title": "Message", "type": "string"},
        "type": {"title": "Error Type", "type": "string"},
        "input": {"title": "Input"},
        "ctx": {"title": "Context", "type": "object"},
    },
    "required": ["loc", "msg", "type"],
}
"""One item of `detail` in the answer to a request that does not fit its declaration."""

validation_error_response_definition: Final[dict[str, Any]] = {
    "title": "HTTPValidationError",
    "type": "object",
    "properties": {
        "detail": {"title": "Detail", "type": "array", "items": {"$ref": f"{REF_PREFIX}ValidationError"}}
    },
}
"""The answer to a request that does not fit its declaration."""

status_code_ranges: Final[dict[str, str]] = {
    "1XX": "Information",
    "2XX": "Success",
    "3XX": "Redirection",
    "4XX": "Client Error",
    "5XX": "Server Error",
    "DEFAULT": "Default Response",
}
"""What a response that stands for several status codes is called."""

VALIDATION_ERROR_COMPONENTS: Final = {
    "ValidationError": validation_error_definition,
    "HTTPValidationError": validation_error_response_definition,
}

VALIDATION_ERROR_RESPONSE: Final = {
    "description": "Validation Error",
    "content": {"application/json": {"schema": {"$ref": f"{REF_PREFIX}HTTPValidationError"}}},
}

_COVER_VALIDATION_ERROR: Final = frozenset({"422", "4XX", "default"})

_EVENT: Final[dict[str, Any]] = {
    "event": {"type": "string"},
    "id": {"type": "string"},
    "retry": {"type": "integer", "minimum": 0},
}


def responses_of(route: RouteView, field_mapping: FieldSchemas) -> dict[str, Any]:
    """Return the responses object of an operation.

    Raises ValueError for an additional response whose key is neither a status code nor a range of them.
    """
    own_status = _own_status(route)
    responses: dict[str, Any] = {own_status: {"description": route.response_description}}
    content = _own_content(route, own_status, field_mapping)
    if content:
        responses[own_status]["content"] = content
    for status, declared in route.responses.items():
        _add(responses, status, declared, route, field_mapping)
    return responses


def documented_statuses(route: RouteView) -> set[str]:
    """Return the keys of the responses that an application describes itself."""
    return {_own_status(route), *map(_key, route.responses)}


def covers_validation_error(responses: Collection[str]) -> bool:
    """Tell whether an application describes its validation errors itself."""
    return not _COVER_VALIDATION_ERROR.isdisjoint(responses)


def _own_status(route: RouteView) -> str:
    if route.status_code is not None:
        return str(int(route.status_code))
    return str(_usual_status(_response_class(route)))


def _response_class(route: RouteView) -> Any:
    chosen = route.response_class
    return chosen.value if isinstance(chosen, DefaultPlaceholder) else chosen


@lru_cache(maxsize=64)
def _usual_status(response_class: Any) -> int:
    """Return the status that a class answers with unless told otherwise: 307 for a redirection."""
    parameter = inspect.signature(response_class.__init__).parameters.get("status_code")
    return int(parameter.default) if parameter is not None and isinstance(parameter.default, int) else 200


def _own_content(route: RouteView, status: str, field_mapping: FieldSchemas) -> dict[str, Any] | None:
    if not is_body_allowed_for_status_code(status):
        return None
    if route.is_json_stream:
        return {"application/jsonl": {"itemSchema": _schema(route.stream_item_field, field_mapping)}}
    if route.is_sse_stream:
        return {"text/event-stream": {"itemSchema": _event_schema(route.stream_item_field, field_mapping)}}
    response_class = _response_class(route)
    if not response_class.media_type:
        return None
    schema: dict[str, Any] = {"type": "string"}
    if lenient_issubclass(response_class, JSONResponse):
        schema = _schema(route.response_field, field_mapping)
    return {response_class.media_type: {"schema": schema}}


def _schema(field: ModelField | None, field_mapping: FieldSchemas) -> dict[str, Any]:
    if field is None:
        return {}
    return get_schema_from_model_field(field=field, field_mapping=field_mapping)


def _event_schema(item: ModelField | None, field_mapping: FieldSchemas) -> dict[str, Any]:
    """Return what one event of a stream looks like (WHATWG HTML, section 9.2)."""
    if item is None:
        return {"type": "object", "properties": {"data": {"type": "string"}, **_EVENT}}
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": _schema(item, field_mapping),
    }
    return {"type": "object", "properties": {"data": data, **_EVENT}, "required": ["data"]}


def _key(status: int | str) -> str:
    key = str(status).upper()
    return "default" if key == "DEFAULT" else key


def _add(
    responses: dict[str, Any],
    status: int | str,
    declared: dict[str, Any],
    route: RouteView,
    field_mapping: FieldSchemas,
) -> None:
    """Merge one additional response into those of the operation."""
    key = _key(status)
    phrase = status_code_ranges.get(key.upper())
    if phrase is None:
        phrase = http.client.responses.get(int(status), "Additional Response")
    # A copy: the operation's own response holds schemas that other operations share.
    response = deepcopy(responses.get(key, {}))
    added = deepcopy(
        {name: value for name, value in declared.items() if name not in {"model", "description"}}
    )
    field = route.response_fields.get(status)
    if field is not None:
        media_type = _response_class(route).media_type or "application/json"
        content = added.setdefault("content", {}).setdefault(media_type, {})
        deep_dict_update(content.setdefault("schema", {}), _schema(field, field_mapping))
    description = declared.get("description") or response.get("description") or phrase
    deep_dict_update(response, added)
    response["description"] = description
    responses[key] = response
