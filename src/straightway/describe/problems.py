"""The problems that an operation may answer with, among its responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from straightway.analyse.callables import unwrapped
from straightway.analyse.dependant import Dependant, walk
from straightway.describe.answers import covers_validation_error, documented_statuses
from straightway.describe.requirements import Requirements
from straightway.describe.route_view import RouteView
from straightway.describe.schemas import FieldSchemas, schema_of
from straightway.fields import ModelField, create_model_field
from straightway.problems import InvalidRequest
from straightway.problems.problem import Problem, model_of
from straightway.problems.raising import raised_by
from straightway.problems.words import MEDIA_TYPE


def problems_of(route: RouteView, requirements: Requirements) -> list[type[Problem]]:
    """Return what an endpoint may answer with, by status: what route and dependencies declare, and what validation does."""
    found = [*route.raises, *raised_by(_functions(route.dependant))]
    if route.answers_problems and may_be_invalid(route, requirements):
        found.append(InvalidRequest)
    return sorted(dict.fromkeys(found), key=lambda each: each.status)


def _functions(dependant: Dependant) -> Iterator[object]:
    for node in walk(dependant):
        if node.call is not None:
            yield from (node.call, unwrapped(node.call), getattr(node.call, "__call__", None))  # noqa: B004  # the method


def may_be_invalid(route: RouteView, requirements: Requirements) -> bool:
    """Tell whether a request can fail to fit the declaration, and the application does not say itself what it gets then."""
    reads = route.body_field is not None or bool(requirements.parameters)
    return reads and not covers_validation_error(documented_statuses(route))


_FIELDS: dict[type[Problem], ModelField] = {}


def problem_field(kind: type[Problem]) -> ModelField:
    """Return the field whose schema is that of a problem, the same one for all operations."""
    if kind not in _FIELDS:
        _FIELDS[kind] = create_model_field(kind.__name__, model_of(kind), mode="serialization")
    return _FIELDS[kind]


def add_problems(
    responses: dict[str, Any],
    problems: Sequence[type[Problem]],
    route: RouteView,
    field_mapping: FieldSchemas,
) -> None:
    """Add to the responses of an operation those that are problems; what the application has described stays as it is."""
    by_status: dict[str, list[type[Problem]]] = {}
    for each in problems:
        by_status.setdefault(str(int(each.status)), []).append(each)
    described = {str(status) for status, declared in route.responses.items() if _has_content(declared)}
    for status, kinds in by_status.items():
        if status in described:
            continue
        titles = dict.fromkeys(each.title for each in kinds)
        known = responses.get(status, {"description": ", or ".join(titles)})
        content = {**known.get("content", {}), MEDIA_TYPE: {"schema": _schema(kinds, field_mapping)}}
        responses[status] = {**known, "content": content}


def _has_content(declared: dict[str, Any]) -> bool:
    return bool(declared.get("model") or declared.get("content"))


def _schema(kinds: Sequence[type[Problem]], field_mapping: FieldSchemas) -> dict[str, Any]:
    """Return the schema of one of several problems, which their types tell apart where each has another one."""
    schemas = [schema_of(problem_field(each), field_mapping) for each in kinds]
    if len(schemas) == 1:
        return schemas[0]
    by_type = {each.type: schema["$ref"] for each, schema in zip(kinds, schemas, strict=True)}
    if len(by_type) < len(schemas):
        return {"anyOf": schemas}
    return {"oneOf": schemas, "discriminator": {"propertyName": "type", "mapping": by_type}}
