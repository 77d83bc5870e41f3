"""Endpoints that run without a route: a dependency tree and settings to a function of a request or a WebSocket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
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
from straightway.compile.handler import Carrier
from straightway.datastructures import Default, DefaultPlaceholder
from straightway.declare import params
from straightway.fields import IncEx, ModelField
from straightway.interop.replaced import MAKER, current, is_staged
from straightway.interop.staged import staged_handler, staged_websocket
from straightway.plan import Answer, Plan
from straightway.serve.planned import with_overrides
from straightway.serve.routes import APIRoute, as_set
from straightway.serve.websocket_routes import APIWebSocketRoute
from straightway.sse import EventSourceResponse

_label: ContextVar[str | None] = ContextVar("straightway.label", default=None)
"""Method and path of the route whose handler is being made."""


@dataclass
class _Endpoint:
    """What a route has that is needed to run its endpoint."""

    plan_for: Callable[[Overrides | None], Plan]
    dependency_overrides_provider: Any
    staged: Callable[[Any], Awaitable[Any]] | None = None
    """The handler that goes through the functions which agents replace, once it was needed."""


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

    label = _label.get() or dependant.path or "/"

    def plan_for(overrides: Overrides | None) -> Plan:
        return plan_of(
            dependant, answer, label=label, body=body, embed=embed_body_fields, overrides=overrides
        )

    def staged() -> Callable[[Request], Awaitable[Response]]:
        return staged_handler(
            dependant,
            answer,
            label=label,
            body=body,
            embed=embed_body_fields,
            provider=dependency_overrides_provider,
        )

    return _handler(_Endpoint(plan_for, dependency_overrides_provider), "request", staged)


def get_websocket_app(
    dependant: Dependant, dependency_overrides_provider: Any = None, embed_body_fields: bool = False
) -> Callable[[WebSocket], Awaitable[None]]:
    """Return the function that runs a WebSocket endpoint; `websocket_session` makes it an application."""
    label = f"WS {dependant.path or '/'}"

    def plan_for(overrides: Overrides | None) -> Plan:
        return plan_of(
            dependant,
            Answer("value"),
            label=label,
            embed=embed_body_fields,
            overrides=overrides,
            websocket=True,
        )

    def staged() -> Callable[[WebSocket], Awaitable[None]]:
        return staged_websocket(
            dependant, label=label, embed=embed_body_fields, provider=dependency_overrides_provider
        )

    return _handler(_Endpoint(plan_for, dependency_overrides_provider), "websocket", staged)


def _handler(
    endpoint: _Endpoint, carrier: Carrier, staged: Callable[[], Callable[[Any], Awaitable[Any]]]
) -> Callable[[Any], Awaitable[Any]]:
    """Return a function that runs the compiled endpoint, or its stages while an agent has replaced one of them."""
    answer = with_overrides(endpoint, carrier)

    async def run(connection: Any) -> Any:
        if not is_staged():
            return await answer(connection)
        if endpoint.staged is None:
            endpoint.staged = staged()
        return await endpoint.staged(connection)

    return run


def handler_of_route(route: APIRoute) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of a route, made by what stands in the place of `get_request_handler`."""
    token = _label.set(route._label)  # noqa: SLF001  # for people, as its own handler says it
    try:
        make = current(MAKER)
        handler: Callable[[Request], Awaitable[Response]] = make(
            dependant=route.dependant,
            body_field=route.body_field,
            status_code=route.status_code,
            response_class=route.response_class,
            response_field=route.response_field,
            response_model_include=route.response_model_include,
            response_model_exclude=route.response_model_exclude,
            response_model_by_alias=route.response_model_by_alias,
            response_model_exclude_unset=route.response_model_exclude_unset,
            response_model_exclude_defaults=route.response_model_exclude_defaults,
            response_model_exclude_none=route.response_model_exclude_none,
            dependency_overrides_provider=route.dependency_overrides_provider,
            embed_body_fields=route._embed_body_fields,  # noqa: SLF001  # FastAPI's name for it
            strict_content_type=route.strict_content_type,
            stream_item_field=route.stream_item_field,
            is_json_stream=route.is_json_stream,
            form_limits=route.form_limits,
        )
    finally:
        _label.reset(token)
    return handler


def websocket_handler_of_route(route: APIWebSocketRoute) -> Callable[[WebSocket], Awaitable[None]]:
    """Return the handler of a WebSocket route, whose dependencies are solved by what stands in that place."""
    return get_websocket_app(
        route.dependant,
        dependency_overrides_provider=route.dependency_overrides_provider,
        embed_body_fields=route._embed_body_fields,  # noqa: SLF001  # FastAPI's name for it
    )


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
