"""Values in and out of single fields: what compiled endpoints do in one go, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ForwardRef, get_args, get_origin, get_type_hints

import pydantic
from pydantic import BaseModel, ConfigDict, create_model
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from straightway.analyse.dependant import Dependant
from straightway.analyse.lookups import lookup_of
from straightway.analyse.shapes import (
    annotation_is_sequence,
    field_annotation_is_scalar,
    is_union,
    sequence_types,
)
from straightway.declare import params
from straightway.describe.parameters import fields_of_model
from straightway.encoders import jsonable_encoder
from straightway.errors import EndpointContext, ResponseValidationError
from straightway.fields import ErrorItem, IncEx, ModelField, is_pydantic_v1_model, missing_error
from straightway.runtime.checking import read_form_values, read_json_values, read_values

PYDANTIC_VERSION_MINOR_TUPLE = tuple(int(part) for part in pydantic.VERSION.split(".")[:2])
"""Major and minor version of the Pydantic that is installed."""


def request_params_to_args(
    fields: Sequence[ModelField], received_params: Mapping[str, Any]
) -> tuple[dict[str, Any], list[ErrorItem]]:
    """Return the values of path, query, header or cookie fields by name, and all errors.

    `received_params` is where the values stand, such as `request.query_params`, for fields of one location.
    """
    lookups = [lookup_of(each) for each in fields]
    return read_values(lookups, {each.location: received_params for each in lookups})


async def request_body_to_args(
    body_fields: Sequence[ModelField], received_body: Any, embed_body_fields: bool
) -> tuple[dict[str, Any], list[ErrorItem]]:
    """Return the values of body fields by name, and all errors.

    `received_body` is parsed JSON, a form, or `Undefined` where none was sent.
    """
    lookups = [lookup_of(each) for each in body_fields]
    if not lookups:
        return {}, []
    if any(each.form for each in lookups):
        form = _form_of(received_body) if isinstance(received_body, dict) else received_body
        return await read_form_values(lookups, form)
    return read_json_values(lookups, received_body, embed=embed_body_fields)


def _form_of(values: dict[str, Any]) -> FormData:
    """Return a form with these values; a list is several values of one key."""
    lists = {key: value if isinstance(value, list) else [value] for key, value in values.items()}
    return FormData([(key, each) for key, found in lists.items() for each in found])


async def run_endpoint_function(*, dependant: Dependant, values: dict[str, Any], is_coroutine: bool) -> Any:
    """Call the endpoint of a dependency tree with its arguments, in a worker thread if it is no coroutine function."""
    if dependant.call is None:
        raise TypeError("a dependant without a callable cannot be run")
    if is_coroutine:
        return await dependant.call(**values)
    return await run_in_threadpool(dependant.call, **values)


async def serialize_response(
    *,
    field: ModelField | None = None,
    response_content: Any,
    include: IncEx = None,
    exclude: IncEx = None,
    by_alias: bool = True,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
    exclude_none: bool = False,
    is_coroutine: bool = True,
    endpoint_ctx: EndpointContext | None = None,
    dump_json: bool = False,
) -> Any:
    """Return what an endpoint returned as JSON-able data, checked against `field`; as JSON bytes with `dump_json`.

    Without a field it is data in any case. Raises `ResponseValidationError`.
    """
    if field is None:
        return jsonable_encoder(response_content)
    if is_coroutine:
        value, errors = field.validate(response_content, loc=("response",))
    else:
        value, errors = await run_in_threadpool(field.validate, response_content, {}, loc=("response",))
    if errors:
        raise ResponseValidationError(errors, body=response_content, endpoint_ctx=endpoint_ctx)
    write = field.serialize_json if dump_json else field.serialize
    return write(
        value,
        include=include,
        exclude=exclude,
        by_alias=by_alias,
        exclude_unset=exclude_unset,
        exclude_defaults=exclude_defaults,
        exclude_none=exclude_none,
    )


def create_body_model(
    *, fields: Sequence[ModelField], model_name: str, config: ConfigDict | None = None
) -> type[BaseModel]:
    """Return a model with one field for each of those given."""
    members: dict[str, Any] = {each.name: (each.field_info.annotation, each.field_info) for each in fields}
    return create_model(model_name, __config__=config, **members)


def get_cached_model_fields(model: type[BaseModel]) -> list[ModelField]:
    """Return a field for each of a model's fields, the same ones each time."""
    return list(fields_of_model(model))


def get_missing_field_error(loc: tuple[int | str, ...]) -> ErrorItem:
    """Return the error for a value that was required and not sent."""
    return missing_error(loc)


def evaluate_forwardref(
    value: Any, globalns: dict[str, Any] | None = None, localns: dict[str, Any] | None = None
) -> Any:
    """Return the type that a string stands for, at any depth; a name that cannot be found stays a ForwardRef."""

    def holder() -> None:
        """Carry the annotation to where the standard library looks for it."""

    holder.__annotations__ = {"value": value}
    try:
        return get_type_hints(holder, globalns or {}, localns, include_extras=True)["value"]
    except NameError:
        return ForwardRef(value) if isinstance(value, str) else value


def is_pydantic_v1_model_instance(obj: object) -> bool:
    """Tell whether `obj` is an instance of a model of the `pydantic.v1` namespace."""
    return is_pydantic_v1_model(type(obj))


def is_scalar_field(field: ModelField) -> bool:
    """Tell whether the field is one plain value that is not part of the body."""
    info = field.field_info
    return field_annotation_is_scalar(info.annotation) and not isinstance(info, params.Body)


def value_is_sequence(value: object) -> bool:
    """Tell whether `value` holds several values; text and bytes do not."""
    return isinstance(value, sequence_types) and not isinstance(value, str | bytes)


def serialize_sequence_value(*, field: ModelField, value: Any) -> Any:
    """Return `value` as the kind of sequence that the field is declared to be; a list for an abstract one."""
    annotation = field.field_info.annotation
    for each in get_args(annotation) if is_union(annotation) else (annotation,):
        kind: Any = get_origin(each) or each
        if annotation_is_sequence(kind):
            return list(value) if kind is Sequence else kind(value)
    raise TypeError(f"{field.name!r} is declared to be no sequence but {annotation!r}")
