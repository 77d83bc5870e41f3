"""HTTP endpoints as routes: Starlette's shape outside, a plan and its compiled functions inside."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from enum import IntEnum
from functools import cached_property
from typing import Any
from weakref import ref

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import (
    BaseRoute,
    Match,
    Route,
    get_name,
)
from starlette.types import ASGIApp, Scope
from typing_extensions import Unpack

from straightway.analyse.answers import ReturnType, return_type
from straightway.analyse.bodies import body_field, should_embed_body_fields
from straightway.analyse.dependant import Dependant, body_params_of
from straightway.analyse.endpoint import body_of, plan_of
from straightway.analyse.graph import endpoint_dependant
from straightway.analyse.places import place_of
from straightway.analyse.shortcuts import answers_rsgi
from straightway.analyse.steps import Overrides
from straightway.datastructures import Default, DefaultPlaceholder
from straightway.declare import params
from straightway.declare.keywords import spell_out
from straightway.declare.options import DEFAULTS, RouteArguments, checked_options
from straightway.errors import (
    DeclarationError,
    PydanticV1NotSupportedError,
    StraightwayError,
    calling_place,
)
from straightway.fields import ModelField, create_model_field
from straightway.plan import Answer, Plan
from straightway.problems.problem import Problem
from straightway.problems.raising import checked_problems
from straightway.serve.agents import agents, keeps_handler
from straightway.serve.limits import checked_form_limits, checked_max_body_size
from straightway.serve.path_regex import PathRegex, parsed_path
from straightway.serve.planned import UNWATCHED, Watched, compiled, is_analysed_later, with_overrides
from straightway.serve.refused_options import check_options, refuse_model
from straightway.serve.sessions import request_response
from straightway.utils import generate_unique_id, is_body_allowed_for_status_code


class APIRoute(Route):
    """One function that answers HTTP requests at one path.

    What is known from the declaration is an attribute; what analysis finds (`dependant`, `body_field`,
    `response_field`, …) is worked out once, at declaration, and may be replaced until the first request.
    Raises `DeclarationError`, `StraightwayError` and their kin for what cannot work.
    """

    @spell_out(RouteArguments, DEFAULTS)
    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Unpack[RouteArguments]) -> None:
        given = checked_options(type(self).__name__, options, RouteArguments)
        self.path = path
        self.endpoint = endpoint
        check_options(given, calling_place)
        self._take(given)
        self.path_format, self.param_convertors = parsed_path(path)
        if not callable(endpoint):
            raise DeclarationError(
                f"An endpoint must be a callable: {endpoint!r} at {path!r}",
                at=calling_place(path=self._label),
                instead=f'@app.get("{path}") above def read(): or add_api_route("{path}", read), the function itself',
            )
        if not is_analysed_later():
            self.analyse()

    def _take(self, given: dict[str, Any]) -> None:
        """Set the attributes that the options stand for."""
        self.name = get_name(self.endpoint) if given.get("name") is None else given["name"]
        self.methods = {method.upper() for method in (given.get("methods") or ["GET"])}
        status_code = given.get("status_code")
        self.status_code = int(status_code) if isinstance(status_code, IntEnum) else status_code
        self.tags = list(given.get("tags") or [])
        self.dependencies = list(given.get("dependencies") or [])
        self.responses = dict(given.get("responses") or {})
        self.summary = given.get("summary")
        self.description = _description(given.get("description"), self.endpoint)
        self.response_description = given.get("response_description", "Successful Response")
        self.response_class = given.get("response_class", Default(JSONResponse))
        self.generate_unique_id_function = given.get(
            "generate_unique_id_function", Default(generate_unique_id)
        )
        self.strict_content_type = given.get("strict_content_type", Default(True))
        self.include_in_schema = given.get("include_in_schema", True)
        # Under its own name, though a property stands before it: packages hand `route.__dict__` on as options.
        self.__dict__["response_model"] = given.get("response_model", Default(None))
        self.response_model_by_alias = given.get("response_model_by_alias", True)
        for name in ("exclude_unset", "exclude_defaults", "exclude_none"):
            setattr(self, f"response_model_{name}", given.get(f"response_model_{name}", False))
        self.response_model_include = as_set(given.get("response_model_include"))
        self.response_model_exclude = as_set(given.get("response_model_exclude"))
        for name in (
            "deprecated",
            "operation_id",
            "callbacks",
            "openapi_extra",
            "dependency_overrides_provider",
        ):
            setattr(self, name, given.get(name))
        self.max_body_size = checked_max_body_size(given.get("max_body_size"))
        self.form_limits = checked_form_limits(given.get("form_limits"))
        self.raises = checked_problems(given.get("raises"), lambda: place_of(self.endpoint, self.path))

    raises: tuple[type[Problem], ...] = ()
    """The problems that it may answer with, as far as it, its router or an inclusion say."""
    path_regex: re.Pattern[str] = PathRegex()  # type: ignore[assignment]  # a descriptor, which makes it when it is needed
    _replaced_app: ASGIApp | None = None
    _made_under = 0
    _targets: tuple[ref[Any], ...] = ()
    """What the route tables keep about this route."""
    deprecated: bool | None
    operation_id: str | None
    callbacks: list[BaseRoute] | None
    openapi_extra: dict[str, Any] | None
    dependency_overrides_provider: Any
    response_model_exclude_unset: bool
    response_model_exclude_defaults: bool
    response_model_exclude_none: bool

    def analyse(self) -> None:
        """Work everything out now, so that mistakes are reported where the route is declared."""
        try:
            _ = (
                self.dependant,
                self.response_field,
                self.response_fields,
                self.stream_item_field,
                self.body_field,
            )
        except StraightwayError as error:
            error.located(place_of(self.endpoint, self._label))
            raise

    @property
    def _label(self) -> str:  # classes made for FastAPI may have a `label` of their own
        """Method and path, for people."""
        return f"{min(self.methods or ())} {self.path_format}"

    @cached_property
    def unique_id(self) -> str:
        """The operation id in the OpenAPI document."""
        function = self.generate_unique_id_function
        if isinstance(function, DefaultPlaceholder):
            function = function.value
        return str(self.operation_id or function(self))

    @cached_property
    def dependant(self) -> Dependant:
        """The tree of what the endpoint needs; packages may change it until the first request."""
        return endpoint_dependant(self.path_format, self.endpoint, self.dependencies)

    @cached_property
    def _embed_body_fields(self) -> bool:
        return should_embed_body_fields(body_params_of(self.dependant))

    @cached_property
    def body_field(self) -> ModelField | None:
        """The one field that stands for the whole body; None where nothing is read from it."""
        return body_field(self.dependant, name=self.unique_id, embed=self._embed_body_fields)

    @cached_property
    def _returned(self) -> ReturnType:
        return return_type(self.endpoint, self._response_model, self.response_class)

    @property
    def _response_model(self) -> Any:
        """The response model as it was given, a placeholder where none was."""
        return self.__dict__["response_model"]

    @property
    def response_model(self) -> Any:
        """The type that the return value is validated as; None for no validation."""
        return self._returned.model

    @response_model.setter
    def response_model(self, model: Any) -> None:
        self.__dict__["response_model"] = model
        for name in ("_returned", "response_field", "stream_item_field", "is_json_stream", "is_sse_stream"):
            self.__dict__.pop(name, None)

    @property
    def stream_item_type(self) -> Any:
        """The type that each item of a stream is validated as; None for no validation, or no stream."""
        return self._returned.item

    @cached_property
    def is_sse_stream(self) -> bool:
        """Whether the endpoint is a generator of server-sent events."""
        return self._returned.kind == "events" and self._returned.streams

    @cached_property
    def is_json_stream(self) -> bool:
        """Whether the endpoint is a generator of JSON Lines."""
        return self._returned.kind == "json lines"

    @cached_property
    def response_field(self) -> ModelField | None:
        """The response model with its validator and serialiser."""
        if not self.response_model:
            return None
        if not is_body_allowed_for_status_code(self.status_code):
            raise DeclarationError(
                f"Status code {self.status_code} must not have a response body",
                at=place_of(self.endpoint, self._label),
                instead=f"def {get_name(self.endpoint)}(...) -> None:"
                if isinstance(self._response_model, DefaultPlaceholder)
                else f"status_code={self.status_code} without response_model, or another status",
            )
        return self._field_of_model(f"Response_{self.unique_id}", self.response_model)

    def _field_of_model(self, name: str, model: Any) -> ModelField:
        try:
            return create_model_field(name, model, mode="serialization")
        except PydanticV1NotSupportedError:
            raise
        except StraightwayError as error:
            is_annotation = isinstance(self._response_model, DefaultPlaceholder)
            place = place_of(self.endpoint, self._label)
            raise refuse_model(model, error, place, is_annotation=is_annotation) from error.__cause__

    @cached_property
    def stream_item_field(self) -> ModelField | None:
        """The type of a stream's items with its validator and serialiser."""
        if self.stream_item_type is None:
            return None
        return self._field_of_model(f"StreamItem_{self.unique_id}", self.stream_item_type)

    @cached_property
    def response_fields(self) -> dict[int | str, ModelField]:
        """The models of further responses, by status."""
        fields: dict[int | str, ModelField] = {}
        for status, response in self.responses.items():
            if not isinstance(response, dict):
                name = getattr(response, "__name__", "Message")
                raise DeclarationError(
                    "An additional response must be a dict",
                    at=place_of(self.endpoint, self._label),
                    instead=f'responses={{{status!r}: {{"model": {name}}}}}',
                )
            if not (model := response.get("model")):
                continue
            if not is_body_allowed_for_status_code(status):
                raise DeclarationError(
                    f"Status code {status} must not have a response body",
                    at=place_of(self.endpoint, self._label),
                    instead=f'responses={{{status!r}: {{"description": "..."}}}}, without a model',
                )
            fields[status] = self._field_of_model(f"Response_{status}_{self.unique_id}", model)
        return fields

    @property
    def answers_problems(self) -> bool:
        """Whether the application that it belongs to answers its errors with problem details."""
        return getattr(self.dependency_overrides_provider, "problem_details", False) is True

    def plan_for(self, overrides: Overrides | None = None) -> Plan:
        """Return the plan of this endpoint, with replaced dependencies where `overrides` names them."""
        field = self.body_field
        is_form = field is not None and isinstance(field.field_info, params.Form)
        strict = self.strict_content_type
        body = body_of(
            is_form=is_form,
            strict_content_type=bool(strict.value if isinstance(strict, DefaultPlaceholder) else strict),
            form_limits=self.form_limits,  # type: ignore[arg-type]  # a TypedDict of integers is a mapping of them
        )
        return plan_of(
            self.dependant,
            self._answer(),
            label=self._label,
            body=body if field is not None else None,
            embed=self._embed_body_fields,
            overrides=overrides,
        )

    def _answer(self) -> Answer:
        chosen = self.response_class
        is_default = isinstance(chosen, DefaultPlaceholder)
        return Answer(
            kind=self._returned.kind,
            status_code=self.status_code,
            response_class=None
            if is_default and chosen.value is JSONResponse
            else (chosen.value if is_default else chosen),
            field=self.response_field,
            include=self.response_model_include,
            exclude=self.response_model_exclude,
            by_alias=self.response_model_by_alias,
            exclude_unset=self.response_model_exclude_unset,
            exclude_defaults=self.response_model_exclude_defaults,
            exclude_none=self.response_model_exclude_none,
            item=self.stream_item_field,
        )

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:
        """Return the function from request to response, to be wrapped by subclasses that override this."""
        if agents.handler is not None:
            return agents.handler(self)
        handler: Callable[[Request], Awaitable[Response]] = with_overrides(self, "request")
        return handler

    @property
    def app(self) -> ASGIApp:  # an attribute in Starlette, made on first use here
        """The endpoint as an ASGI application; may be replaced at any time."""
        if self._replaced_app is not None:
            return self._replaced_app
        if self._made_under != agents.version:
            self.__dict__.pop("_own_app", None)
            self._made_under = agents.version
        return self._own_app

    @app.setter
    def app(self, app: ASGIApp) -> None:
        self._replaced_app = app
        for reference in self._targets:
            if (target := reference()) is not None:
                target.forget()

    @cached_property
    def _own_app(self) -> ASGIApp:
        if type(self).get_route_handler is _GET_ROUTE_HANDLER and agents.handler is None:
            app: ASGIApp = with_overrides(self, "asgi")
            return app
        return request_response(self.get_route_handler())

    def is_target_of(self, target: Any) -> None:
        """Have `target.forget()` called when the application of this route is replaced."""
        self._targets = (*(each for each in self._targets if each() is not None), ref(target))
        keeps_handler(target)

    def handler_for(self, overrides: Overrides | None, watched: Watched = UNWATCHED) -> Any:
        """Return the compiled ASGI function for the overrides in force; compiled once for each set of them."""
        return compiled(self, "asgi", overrides, watched)

    def native_handler(self) -> Any:
        """Return the compiled RSGI function; None where the endpoint asks for what only ASGI has."""
        return compiled(self, "rsgi", None) if answers_rsgi(self.plan_for()) else None

    @property
    def is_compiled(self) -> bool:
        """Whether nothing of it has been replaced or overridden, so that the compiled function can be called directly."""
        own = type(self)
        return (
            self._replaced_app is None
            and agents.handler is None
            and own.get_route_handler is _GET_ROUTE_HANDLER
            and own.handle is _HANDLE
            and own.matches is _MATCHES
        )

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the route answers the connection, and what it adds to the scope."""
        match, child_scope = super().matches(scope)
        if match is not Match.NONE:
            child_scope["route"] = self
        return match, child_scope


# The methods as they are here: loggers and tracers replace them on the class, which has to count.
_GET_ROUTE_HANDLER, _HANDLE, _MATCHES = APIRoute.get_route_handler, Route.handle, APIRoute.matches


def _description(given: str | None, endpoint: Callable[..., Any]) -> str:
    text = given or inspect.cleandoc(endpoint.__doc__ or "")
    return text.split("\f")[0].strip()


def as_set(given: Any) -> Any:
    """Return field names as a set, which is how Pydantic takes them."""
    return set(given) if isinstance(given, list | tuple) else given
