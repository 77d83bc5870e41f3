"""Endpoints that run without a route: a dependency tree and settings to a function of a request or a WebSocket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from straightway.analyse.callables import is_generator, kind_of
from straightway.analyse.dependant import Dependant
from straightway.analyse.endpoint import body_of, plan_of
from straightway.analyse.shapes import lenient_issubclass
from straightway.analyse.steps import Overrides
from straightway.datastructures import Default, DefaultPlaceholder
from straightway.declare import params
from straightway.fields import IncEx, ModelField
from straightway.plan import Answer, Plan
from straightway.serve.planned import with_overrides
from straightway.serve.routes import as_set
from straightway.sse import EventSourceResponse


@dataclass
class _Endpoint:
    """What a route has that is needed to run its endpoint."""

    plan_for: Callable[[Overrides | None], Plan]
    dependency_overrides_provider: Any


def get_request_handler(
    dependant: Dependant,
    body_field: ModelField | None = None,
    status_code: int | None = None,
    response_class: type[Response] = Default(JSONResponse),
    response_field: ModelField | None = None,
    response_model_include: IncEx = None,
    response_model_exclude: IncEx = None,
    response_model_by_alias: bool = True,
    response_model_exclude_unset: bool = False,
    response_model_exclude_defaults: bool = False,
    response_model_exclude_none: bool = False,
    dependency_overrides_provider: Any = None,
    embed_body_fields: bool = False,
    strict_content_type: bool = Default(True),
    stream_item_field: ModelField | None = None,
    is_json_stream: bool = False,
    form_limits: Mapping[str, int] | None = None,
) -> Callable[[Request], Awaitable[Response]]:
    """Return the function from request to response of an endpoint; `request_response` makes it an application.

    The endpoint is `dependant.call`; what is changed in `dependant` before the first request counts.
    """
    answer = Answer(
        kind=_kind(dependant, response_class, is_json_stream=is_json_stream),
        status_code=status_code,
        response_class=_chosen(response_class),
        field=response_field,
        include=as_set(response_model_include),
        exclude=as_set(response_model_exclude),
        by_alias=response_model_by_alias,
        exclude_unset=response_model_exclude_unset,
        exclude_defaults=response_model_exclude_defaults,
        exclude_none=response_model_exclude_none,
        item=stream_item_field,
    )
    body = None
    if body_field is not None:
        body = body_of(
            is_form=isinstance(body_field.field_info, params.Form),
            strict_content_type=bool(_value(strict_content_type)),
            form_limits=form_limits,
        )

    def plan_for(overrides: Overrides | None) -> Plan:
        label = dependant.path or "/"
        return plan_of(
            dependant, answer, label=label, body=body, embed=embed_body_fields, overrides=overrides
        )

    handler: Callable[[Request], Awaitable[Response]] = with_overrides(
        _Endpoint(plan_for, dependency_overrides_provider), "request"
    )
    return handler


def get_websocket_app(
    dependant: Dependant, dependency_overrides_provider: Any = None, embed_body_fields: bool = False
) -> Callable[[WebSocket], Awaitable[None]]:
    """Return the function that runs a WebSocket endpoint; `websocket_session` makes it an application."""

    def plan_for(overrides: Overrides | None) -> Plan:
        return plan_of(
            dependant,
            Answer("value"),
            label=f"WS {dependant.path or '/'}",
            embed=embed_body_fields,
            overrides=overrides,
            websocket=True,
        )

    handler: Callable[[WebSocket], Awaitable[None]] = with_overrides(
        _Endpoint(plan_for, dependency_overrides_provider), "websocket"
    )
    return handler


def _kind(dependant: Dependant, response_class: Any, *, is_json_stream: bool) -> Any:
    if lenient_issubclass(_value(response_class), EventSourceResponse):
        return "events"
    if dependant.call is None or not is_generator(kind_of(dependant.call)):
        return "value"
    return "json lines" if is_json_stream else "stream"


def _chosen(response_class: Any) -> Any:
    """Return the class that was asked for; None where it is the default, which needs no response object."""
    is_default = isinstance(response_class, DefaultPlaceholder) and response_class.value is JSONResponse
    return None if is_default else _value(response_class)


def _value(given: Any) -> Any:
    return given.value if isinstance(given, DefaultPlaceholder) else given
