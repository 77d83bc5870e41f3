"""Requests that were refused, though the client sent what the endpoint was probably meant to take.

The usual mistakes about where a parameter is read from: each rule recognises one by an error of the request, its
Content-Type, and the declaration. The order of the rules is that of how sure they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import dropwhile
from math import inf
from typing import Any

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from straightway.analyse.dependant import Dependant, walk
from straightway.analyse.places import as_written, place_of, place_of_parameter
from straightway.analyse.shapes import allows_none, field_annotation_is_scalar_sequence
from straightway.declare import params
from straightway.errors import DeclarationError, Place, RequestValidationError
from straightway.fields import ModelField
from straightway.wording import nearest, source_line

__all__ = ["advice_on"]

_READING = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
"""Methods whose requests have no body as a rule: RFC 9110, section 9.3."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One error of a request, and what the rules look at."""

    error: dict[str, Any]
    route: Any
    scope: Scope

    @property
    def location(self) -> tuple[Any, ...]:
        """Where the error is: `("query", "name")`."""
        return tuple(self.error["loc"])

    @property
    def is_missing(self) -> bool:
        """Whether something was not sent at all."""
        return bool(self.error["type"] == "missing")

    @property
    def content(self) -> str:
        """What the body is: "json", "form", or nothing that is known."""
        kind = Headers(scope=self.scope).get("content-type", "").partition(";")[0].lower()
        if kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
            return "form"
        return "json" if kind.endswith(("/json", "+json")) else ""


def advice_on(error: RequestValidationError, scope: Scope) -> DeclarationError | None:
    """Return what to write instead in the endpoint, worded as a mistake in its declaration; None where nothing fits."""
    route: Any = scope.get("route")
    if not isinstance(getattr(route, "dependant", None), Dependant):
        return None
    for each in error.errors():
        refusal = Refusal(each, route, scope)
        for rule in _RULES:
            advice = rule(refusal)
            if advice is not None:
                advice.located(Place(path=f"{scope['method']} {route.path_format}"))
                return advice
    return None


def _method_as_endpoint(refusal: Refusal) -> DeclarationError | None:
    """A function in a class, decorated there: nothing fills its `self`."""
    endpoint = refusal.route.endpoint
    if not refusal.is_missing or refusal.location != ("query", "self") or "." not in endpoint.__qualname__:
        return None
    owner, name = endpoint.__qualname__.split(".")[-2:]
    return DeclarationError(
        f"{owner}.{name} is declared inside its class, where nothing can be its `self`",
        at=place_of_parameter(endpoint, "self"),
        instead=f'router.add_api_route("{refusal.route.path_format}", {owner}().{name}) below the class, '
        "or a function outside of it",
    )


def _misspelt_path_name(refusal: Refusal) -> DeclarationError | None:
    """A name in the path that nothing reads, and a parameter of nearly that name that the query lacks."""
    found = _lacking(refusal, "query")
    if found is None:
        return None
    call, field = found
    read = {each.alias for node in walk(refusal.route.dependant) for each in node.path_params}
    unread = [name for name in refusal.route.param_convertors if name not in read]
    meant = nearest(field.alias, unread, cutoff=0.5) or next(
        (name for name in unread if field.alias in name.split("_") or name in field.alias.split("_")), None
    )
    if meant is None:
        return None
    return DeclarationError(
        f"{field.name!r} is read from the query string, since the path has {{{meant}}}: did you mean {meant!r}?",
        at=place_of_parameter(call, field.name),
        instead=f"def {_name(call)}({as_written(call, field.name, None).replace(field.name, meant, 1)})",
    )


def _optional_without_default(refusal: Refusal) -> DeclarationError | None:
    """`str | None` without a default may be None and has to be sent all the same."""
    found = _lacking(refusal, "query") or _lacking(refusal, "header") or _lacking(refusal, "cookie")
    if found is None or not allows_none(found[1].field_info.annotation):
        return None
    call, field = found
    return DeclarationError(
        f"{field.name!r} may be None, and is required all the same, since it has no default",
        at=place_of_parameter(call, field.name),
        instead=f"def {_name(call)}({as_written(call, field.name, field.field_info.annotation)} = None)",
    )


def _sent_in_the_body(refusal: Refusal) -> DeclarationError | None:
    """Plain types are read from the query string; the request has a body."""
    found = _lacking(refusal, "query")
    if found is None or not refusal.content or refusal.scope["method"] in _READING:
        return None
    if any(_body_parameters(refusal)):  # what is missing was meant for the query, then
        return None
    call, field = found
    written = as_written(call, field.name, field.field_info.annotation, bare=True)
    if refusal.content == "form":
        remedy = f"def {_name(call)}({written} = Form())"
    else:
        remedy = (
            f"def {_name(call)}({written} = Body()), or one model with all fields: class Item(BaseModel):"
        )
    return DeclarationError(
        f"{field.name!r} is read from the query string, as plain types are, and the request has a {refusal.content} body",
        at=place_of_parameter(call, field.name),
        instead=remedy,
    )


def _list_in_the_query(refusal: Refusal) -> DeclarationError | None:
    """A list without a marker is a body, which a GET does not have."""
    if refusal.location[:1] != ("body",) or not refusal.is_missing or refusal.scope["method"] not in _READING:
        return None
    for node in walk(refusal.route.dependant):
        for field in node.body_params:
            kind = field.field_info.annotation
            if node.call is not None and field_annotation_is_scalar_sequence(kind):
                return DeclarationError(
                    f"{field.name!r} is a list, and so read from the body, which a {refusal.scope['method']} has not",
                    at=place_of_parameter(node.call, field.name),
                    instead=f"def {_name(node.call)}({as_written(node.call, field.name, kind, bare=True)} = Query())",
                )
    return None


def _body_of_a_reading_method(refusal: Refusal) -> DeclarationError | None:
    if refusal.location != ("body",) or not refusal.is_missing or refusal.scope["method"] not in _READING:
        return None
    call, field = next(_body_parameters(refusal))
    method = refusal.scope["method"]
    return DeclarationError(
        f"{field.name!r} is a model, and so read from the body, which a {method} has not",
        at=place_of_parameter(call, field.name),
        instead=f'{as_written(call, field.name, field.field_info.annotation, bare=True)} = Query(), or @app.post("{refusal.route.path_format}")',
    )


def _model_beside_form(refusal: Refusal) -> DeclarationError | None:
    """A model without Form() beside an upload: one body cannot be JSON and a form."""
    if refusal.location[:1] != ("body",) or refusal.location == ("body",):
        return None
    parameters = list(_body_parameters(refusal))
    if not any(isinstance(field.field_info, params.Form) for _, field in parameters):
        return None
    call, field = next((each for each in parameters if each[1].alias == refusal.location[1]), parameters[0])
    if isinstance(field.field_info, params.Form):
        return _json_for_form(refusal, call, field)
    name = getattr(field.field_info.annotation, "__name__", "Item")
    return DeclarationError(
        f"{field.name!r} is JSON beside a form or an upload, and one body cannot be both",
        at=place_of_parameter(call, field.name),
        instead=f"{field.name}: Json[{name}] = Form(), with from pydantic import Json, and the JSON text as a form field",
    )


def _json_for_form(refusal: Refusal, call: Callable[..., Any], field: ModelField) -> DeclarationError | None:
    if refusal.content != "json":
        return None
    return DeclarationError(
        f"{field.name!r} is read from a form, and the request has a JSON body",
        at=place_of_parameter(call, field.name),
        instead=f"{as_written(call, field.name, field.field_info.annotation, bare=True)} = Body(), or a request that sends a form",
    )


def _form_for_json(refusal: Refusal) -> DeclarationError | None:
    """The body is declared as JSON, and a form was sent."""
    if refusal.location[:1] != ("body",) or refusal.content != "form":
        return None
    parameters = list(_body_parameters(refusal))
    if not parameters or any(isinstance(field.field_info, params.Form) for _, field in parameters):
        return None
    call, field = parameters[0]
    return DeclarationError(
        f"{field.name!r} is read as JSON, and the request has a form",
        at=place_of_parameter(call, field.name),
        instead=f"{as_written(call, field.name, field.field_info.annotation, bare=True)} = Form(), or a request that sends JSON",
    )


def _hidden_by_an_earlier_route(refusal: Refusal) -> DeclarationError | None:
    """`/users/{user_id}` before `/users/me`: the first one that matches is taken."""
    if refusal.location[:1] != ("path",):
        return None
    later = _later_match(refusal)
    if later is None:
        return None
    place = place_of(later.endpoint)
    line = source_line(place.file, place.line) or f"{later.path_format}"
    return DeclarationError(
        f"{refusal.route.path_format} is declared before {later.path_format} and taken for it, "
        f"so that {_name(later.endpoint)}() is never called",
        at=place_of(refusal.route.endpoint),
        instead=f"{line} (line {place.line}) and its function above {_name(refusal.route.endpoint)}()",
    )


def _later_match(refusal: Refusal) -> Any:
    """Return a later route that has fewer parameters and answers this very request."""
    routes: list[BaseRoute] = getattr(refusal.scope.get("app"), "routes", None) or []
    following = dropwhile(lambda each: each is not refusal.route, routes)
    fewer = (each for each in following if _parameters(each) < _parameters(refusal.route))
    return next((each for each in fewer if each.matches(dict(refusal.scope))[0] is Match.FULL), None)


def _parameters(route: BaseRoute) -> float:
    """Return how many parameters a path has; infinitely many where that is not known, as of a mounted application."""
    return len(route.param_convertors) if isinstance(route, Route) else inf


def _lacking(refusal: Refusal, location: str) -> tuple[Callable[..., Any], ModelField] | None:
    """Return the function and the field of a parameter that is missing in a location."""
    if not refusal.is_missing or refusal.location[:1] != (location,) or len(refusal.location) < 2:
        return None
    for node in walk(refusal.route.dependant):
        for field in getattr(node, f"{location}_params"):
            if node.call is not None and field.alias == refusal.location[1]:
                return node.call, field
    return None


def _body_parameters(refusal: Refusal) -> Iterator[tuple[Callable[..., Any], ModelField]]:
    for node in walk(refusal.route.dependant):
        for field in node.body_params:
            if node.call is not None:
                yield node.call, field


def _name(call: Callable[..., Any]) -> str:
    return getattr(call, "__name__", type(call).__name__)


_RULES: tuple[Callable[[Refusal], DeclarationError | None], ...] = (
    _method_as_endpoint,
    _misspelt_path_name,
    _hidden_by_an_earlier_route,
    _optional_without_default,
    _sent_in_the_body,
    _list_in_the_query,
    _body_of_a_reading_method,
    _model_beside_form,
    _form_for_json,
)
