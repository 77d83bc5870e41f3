"""What can be said about a route, once for all: the options, their layers, and how layers combine.

An absent key is "not given". Application, router, inclusion and route are layers over each other; `combine` knows
for every option whether the inner one overrides, adds to, or is and-ed with the outer one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from typing_extensions import TypedDict

from straightway.datastructures import Default, DefaultPlaceholder
from straightway.declare.depends import Depends
from straightway.declare.keywords import refuse_unknown_keywords
from straightway.fields import IncEx
from straightway.problems.problem import Problem
from straightway.utils import generate_unique_id


class FormLimits(TypedDict, total=False):
    """Bounds on a form that is parsed for an endpoint."""

    max_fields: int
    max_files: int
    max_part_size: int


class RouteOptions(TypedDict, total=False):
    """Keyword arguments of `get()`, `post()`, … on applications and routers."""

    response_model: Any
    """The type the return value is validated as, filtered by and documented with; None turns that off."""
    status_code: int | None
    """The status of a successful response."""
    tags: Sequence[str | Enum] | None
    """Groups of the operation in the documentation."""
    dependencies: Sequence[Depends] | None
    """Dependencies that run for their effect; their values are dropped."""
    summary: str | None
    """A short title; the function's name by default."""
    description: str | None
    """What the operation does, in Markdown; the function's docstring by default."""
    response_description: str
    """What the successful response is."""
    responses: Mapping[int | str, dict[str, Any]] | None
    """Further responses to document, by status."""
    deprecated: bool | None
    """Mark the operation as deprecated in the documentation."""
    operation_id: str | None
    """The OpenAPI operation id; made by `generate_unique_id_function` by default."""
    response_model_include: IncEx
    """Only these fields of the response model are sent."""
    response_model_exclude: IncEx
    """These fields of the response model are not sent."""
    response_model_by_alias: bool
    """Send fields under their aliases (the default) or under their names."""
    response_model_exclude_unset: bool
    """Leave out fields that were not set."""
    response_model_exclude_defaults: bool
    """Leave out fields that have their default."""
    response_model_exclude_none: bool
    """Leave out fields that are None."""
    include_in_schema: bool
    """Show the operation in the documentation."""
    response_class: type[Response]
    """The class that renders the return value; without one a model goes straight to JSON."""
    name: str | None
    """The name for `url_path_for`; the function's name by default."""
    callbacks: Sequence[BaseRoute] | None
    """Requests that the API will send to its client, to document."""
    openapi_extra: dict[str, Any] | None
    """Merged into the generated operation."""
    generate_unique_id_function: Callable[[Any], str]
    """Makes the operation id of a route."""
    max_body_size: int | None
    """The largest request body in bytes; more is answered with 413."""
    form_limits: FormLimits | None
    """Bounds on parsed forms."""
    raises: Sequence[type[Problem]] | None
    """Problems (RFC 9457) that the endpoint may answer with, to document."""


class ApiRouteOptions(RouteOptions, total=False):
    """Keyword arguments of `api_route()`: one function for several methods."""

    methods: Sequence[str] | set[str] | None
    """HTTP methods; GET by default."""


class AddRouteOptions(ApiRouteOptions, total=False):
    """Keyword arguments of `add_api_route()`."""

    strict_content_type: bool
    """Parse a body as JSON only if Content-Type says so."""
    route_class_override: type[Any] | None
    """The class of the route instead of the router's `route_class`."""


class RouteArguments(ApiRouteOptions, total=False):
    """Keyword arguments of `APIRoute()`."""

    strict_content_type: bool
    dependency_overrides_provider: Any | None


class IncludeOptions(TypedDict, total=False):
    """Keyword arguments of `include_router()`."""

    prefix: str
    """Stands before the path of every route; begins with a slash and does not end with one."""
    tags: Sequence[str | Enum] | None
    dependencies: Sequence[Depends] | None
    default_response_class: type[Response]
    responses: Mapping[int | str, dict[str, Any]] | None
    callbacks: Sequence[BaseRoute] | None
    deprecated: bool | None
    include_in_schema: bool
    generate_unique_id_function: Callable[[Any], str]
    max_body_size: int | None
    form_limits: FormLimits | None
    raises: Sequence[type[Problem]] | None


DEFAULTS: dict[str, Any] = {
    "default_response_class": Default(JSONResponse),
    "generate_unique_id_function": Default(generate_unique_id),
    "include_in_schema": True,
    "prefix": "",
    "response_class": Default(JSONResponse),
    "response_description": "Successful Response",
    "response_model": Default(None),
    "response_model_by_alias": True,
    "response_model_exclude_defaults": False,
    "response_model_exclude_none": False,
    "response_model_exclude_unset": False,
    "strict_content_type": Default(True),
}
"""What an option means that is not given, as far as it is not None."""

LAYERED = (
    "tags",
    "dependencies",
    "callbacks",
    "responses",
    "deprecated",
    "include_in_schema",
    "response_class",
    "generate_unique_id_function",
    "strict_content_type",
    "max_body_size",
    "form_limits",
    "raises",
)
"""The options that outer layers have a say in; all others are the route's own."""


def combine(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one set of layered options over another.

    Tags, dependencies, callbacks and raises add up (outer first); responses and form limits merge key by key (inner wins);
    `deprecated` is or-ed, `include_in_schema` and-ed; of the rest the inner one counts if it is given.
    """
    combined = {name: value for name, value in inner.items() if name not in LAYERED}
    for name in LAYERED:
        value = _COMBINERS[name](outer.get(name), inner.get(name))
        if value is not None:
            combined[name] = value
    return combined


def _added(outer: Sequence[Any] | None, inner: Sequence[Any] | None) -> list[Any] | None:
    return [*(outer or ()), *(inner or ())] or None


def _merged(outer: Mapping[Any, Any] | None, inner: Mapping[Any, Any] | None) -> dict[Any, Any] | None:
    return {**(outer or {}), **(inner or {})} or None


def _either(outer: bool | None, inner: bool | None) -> bool | None:
    return inner or outer


def _both(outer: bool | None, inner: bool | None) -> bool:
    return outer is not False and inner is not False


def _nearest(outer: Any, inner: Any) -> Any:
    """Return the inner value if somebody gave it: neither absent nor a default placeholder."""
    if inner is None or (isinstance(inner, DefaultPlaceholder) and outer is not None):
        return outer
    return inner


_COMBINERS: dict[str, Callable[[Any, Any], Any]] = {
    "tags": _added,
    "dependencies": _added,
    "callbacks": _added,
    "responses": _merged,
    "deprecated": _either,
    "include_in_schema": _both,
    "response_class": _nearest,
    "generate_unique_id_function": _nearest,
    "strict_content_type": _nearest,
    "max_body_size": _nearest,
    "form_limits": _merged,
    "raises": _added,
}


def filled(options: Mapping[str, Any], known: Any) -> dict[str, Any]:
    """Return the options with those that were not given: what is called with them may be a user's override.

    FastAPI hands on all of them, and code written for it reads `options["tags"]`. What FastAPI does not have is left out
    unless it was given: such code may list all keywords that it takes.
    """
    return {**_defaults_of(known), **options}


@cache
def _defaults_of(known: Any) -> dict[str, Any]:
    return {name: DEFAULTS.get(name) for name in known.__annotations__ if name not in _ADDED}


_ADDED = frozenset({"raises"})
"""The options that FastAPI does not have."""


def checked_options(owner: str, options: Mapping[str, Any], known: Any) -> dict[str, Any]:
    """Return the options given; raise TypeError with a suggestion for one that does not exist."""
    refuse_unknown_keywords(owner, options, known.__optional_keys__)
    return dict(options)
