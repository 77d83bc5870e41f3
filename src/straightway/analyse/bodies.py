"""The body parameters of a route, taken together: one value, the keys of an object, or the fields of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, create_model

from straightway.analyse.dependant import Dependant, body_params_of
from straightway.analyse.lookups import lookup_of
from straightway.analyse.shapes import allows_none, models_in
from straightway.declare import params
from straightway.fields import ModelField


class FormBody(BaseModel):
    """The body of a form in which models lie flat beside single fields.

    It has no fields, since several parts may read the same key; `describe.forms` knows its schema.
    """

    parts: ClassVar[tuple[ModelField, ...]] = ()


def body_field(dependant: Dependant, *, name: str, embed: bool) -> ModelField | None:
    """Return the one field that stands for the whole body of a route, or None if it has none.

    `name` is the route's unique id, after which an object that embeds the parameters is called.
    """
    return get_body_field(body_params=body_params_of(dependant), name=name, embed_body_fields=embed)


def should_embed_body_fields(fields: Sequence[ModelField]) -> bool:
    """Tell whether each parameter is a key of the body, as opposed to being the body."""
    if not fields:
        return False
    first = fields[0].field_info
    # The same parameter in an endpoint and in its dependency is one parameter.
    if len({each.name for each in fields}) > 1 or getattr(first, "embed", None):
        return True
    if not isinstance(first, params.Form):
        return False
    return not _is_one_model(fields)


def get_body_field(
    *, body_params: Sequence[ModelField], name: str, embed_body_fields: bool
) -> ModelField | None:
    """Return the one field that stands for several body parameters, or None if there are none."""
    if not body_params:
        return None
    groups = [each for each in body_params if is_form_group(each)]
    if not embed_body_fields and not any(_may_be_absent(each) for each in groups):
        return body_params[0]
    model_name = f"Body_{name}"
    model = _flat_form(model_name, body_params) if groups else _object(model_name, body_params)
    if embed_body_fields:
        return ModelField(field_info=_whole(body_params, model), name="body")
    return ModelField(field_info=_lone(body_params[0], model), name=body_params[0].name)


def is_form_group(field: ModelField) -> bool:
    """Tell whether the field is a model, or a choice of models, whose fields are fields of the form."""
    return isinstance(field.field_info, params.Form) and lookup_of(field).group is not None


def _is_one_model(fields: Sequence[ModelField]) -> bool:
    annotation = fields[0].field_info.annotation
    if not all(is_form_group(each) and each.field_info.annotation == annotation for each in fields):
        return False
    return len(models_in(annotation)) == 1 or len(fields) == 1


def _may_be_absent(field: ModelField) -> bool:
    return allows_none(field.field_info.annotation)


def _object(model_name: str, fields: Sequence[ModelField]) -> type[BaseModel]:
    members: dict[str, Any] = {each.name: (each.field_info.annotation, each.field_info) for each in fields}
    return create_model(model_name, **members)


def _flat_form(model_name: str, fields: Sequence[ModelField]) -> type[BaseModel]:
    model = create_model(model_name, __base__=FormBody)
    model.parts = tuple(fields)
    return model


def _whole(fields: Sequence[ModelField], model: type[BaseModel]) -> params.Body:
    infos = [each.field_info for each in fields]
    options: dict[str, Any] = {"annotation": model, "alias": "body"}
    if not any(each.required for each in fields):
        options["default"] = None
    if any(isinstance(each, params.File) for each in infos):
        return params.File(**options)
    media_types = {each.media_type for each in infos if isinstance(each, params.Body)}
    is_form = any(isinstance(each, params.Form) for each in infos)
    if is_form and "multipart/form-data" in media_types:
        options["media_type"] = "multipart/form-data"
    elif len(media_types) == 1:
        options["media_type"] = media_types.pop()
    return params.Form(**options) if is_form else params.Body(**options)


def _lone(field: ModelField, model: type[BaseModel]) -> params.Body:
    """Return what is said about a body that is one optional form model; the model's own words are in its part."""
    info = field.field_info
    options: dict[str, Any] = {"annotation": model, "alias": field.alias}
    if not field.required:
        options["default"] = None
    lone = params.File(**options) if isinstance(info, params.File) else params.Form(**options)
    if isinstance(info, params.Body):
        lone.media_type, lone.example = info.media_type, info.example
        lone.openapi_examples = info.openapi_examples
    return lone
