"""One parameter of a signature: a value to read, a dependency, or an object to inject."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, replace
from typing import Annotated, Any, get_args, get_origin

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from starlette.background import BackgroundTasks
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from straightway.analyse.dependant import Dependant
from straightway.analyse.remedies import refuse_unmade_marker, remedy_for_type
from straightway.analyse.shapes import (
    field_annotation_is_scalar,
    field_annotation_is_scalar_sequence,
    is_uploadfile_or_nonable_uploadfile_annotation,
    is_uploadfile_sequence_annotation,
    lenient_issubclass,
    models_in,
)
from straightway.analyse.signature import without_alias
from straightway.declare import params
from straightway.declare.depends import Depends
from straightway.declare.schemes import SecurityScopes
from straightway.errors import DeclarationError, StraightwayError
from straightway.fields import ModelField, Undefined, copy_field_info, create_model_field
from straightway.optional import ensure_multipart_is_installed
from straightway.wording import type_name

_EMPTY = inspect.Signature.empty
_INJECTED: tuple[tuple[type[Any], str], ...] = (
    (Request, "request_param_name"),
    (WebSocket, "websocket_param_name"),
    (HTTPConnection, "http_connection_param_name"),
    (Response, "response_param_name"),
    (BackgroundTasks, "background_tasks_param_name"),
    (SecurityScopes, "security_scopes_param_name"),
)
_INJECTED_TYPES = tuple(kind for kind, _ in _INJECTED)


@dataclass
class ParamDetails:
    """What one parameter turned out to be: at most one of `depends` and `field` is set."""

    type_annotation: Any
    depends: Depends | None
    field: ModelField | None


def analyze_param(
    *, param_name: str, annotation: Any, value: Any, path_param_names: Collection[str]
) -> ParamDetails:
    """Decide what a parameter is from its annotation, its default and the path.

    Raises `DeclarationError` where marker, annotation and default contradict each other.
    """
    annotation = Any if annotation is _EMPTY else without_alias(annotation)
    is_path = param_name in path_param_names
    refuse_unmade_marker(param_name, annotation, value)
    bare, marker = _split(param_name, annotation, value, is_path=is_path)
    if isinstance(marker, Depends):
        return ParamDetails(bare, _with_dependency(marker, bare), None)
    if _injected_as(bare) is not None:
        if marker is not None:
            raise DeclarationError(
                f"Cannot specify FastAPI annotation for type {bare!r}",
                instead=f"{param_name}: {type_name(bare)}, without {type(marker).__name__}(): its type says what it is",
            )
        return ParamDetails(bare, None, None)
    if marker is None:
        marker = _guessed(bare, annotation, value, is_path=is_path)
    if isinstance(marker, params.Path):
        _settle_key(marker, path_param_names)
    return ParamDetails(bare, None, _field_of(param_name, marker, is_path=is_path))


def add_non_field_param_to_dependency(
    *, param_name: str, type_annotation: Any, dependant: Dependant
) -> bool | None:
    """Note that the parameter takes the request, the response, … ; None if the type is not one of those."""
    attribute = _injected_as(type_annotation)
    if attribute is None:
        return None
    setattr(dependant, attribute, param_name)
    return True


def add_param_to_fields(*, field: ModelField, dependant: Dependant) -> None:
    """Put a field into the dependant's list for its location."""
    info = field.field_info
    if isinstance(info, params.Body):
        dependant.body_params.append(field)
        return
    location = getattr(getattr(info, "in_", None), "value", None)
    if location is None:
        raise DeclarationError(
            f"non-body parameters must be in path, query, header or cookie: {field.name}",
            instead=f"{field.name}: {type_name(info.annotation)} = Query(), or Header(), Cookie(), Path(), Body(): "
            "Field() is for the fields of a model",
        )
    getattr(dependant, f"{location}_params").append(field)


def _split(
    name: str, annotation: Any, value: Any, *, is_path: bool
) -> tuple[Any, FieldInfo | Depends | None]:
    """Return the type without markers, and the one marker that counts."""
    bare, marker = annotation, None
    if get_origin(annotation) is Annotated:
        bare, *metadata = get_args(annotation)
        markers = [each for each in metadata if isinstance(each, params.Param | params.Body | Depends)]
        marker = markers[-1] if markers else None
    if isinstance(marker, FieldInfo):
        _refuse_default(name, bare, marker, value, is_path=is_path)
    if isinstance(value, Depends):
        _refuse_two_markers(name, bare, marker)
        return bare, value
    if isinstance(marker, Depends):
        return bare, marker
    if isinstance(value, FieldInfo):
        if marker is not None:
            raise DeclarationError(
                f"Cannot specify FastAPI annotations in `Annotated` and default value together for {name!r}",
                instead=f"{name}: {type_name(bare)} = {type(value).__name__}(), with the options of both",
            )
        return bare, _annotated_info(value, bare, annotation, merge=False)
    if marker is None:
        return bare, None
    return bare, _with_default(_annotated_info(marker, bare, annotation, merge=True), value)


def _refuse_two_markers(name: str, bare: Any, marker: object) -> None:
    if isinstance(marker, Depends):
        call = getattr(marker.dependency, "__name__", "")
        raise DeclarationError(
            f"Cannot specify `Depends` in `Annotated` and default value together for {name!r}",
            instead=f"{name}: Annotated[{type_name(bare)}, Depends({call})], without a default",
        )
    if marker is not None:
        raise DeclarationError(
            "Cannot specify a FastAPI annotation in `Annotated` and `Depends` as a default value "
            f"together for {name!r}",
            instead=f"{name}: {type_name(bare)} = Depends(...), or {type(marker).__name__}(), not both",
        )


def _refuse_default(name: str, bare: Any, marker: FieldInfo, value: Any, *, is_path: bool) -> None:
    """Refuse a default inside `Annotated`, and one beside it for what cannot be left out or has one already."""
    kind = type(marker).__name__
    annotated = f"{name}: Annotated[{type_name(bare)}, {kind}()]"
    if marker.default is not Undefined and marker.default is not Ellipsis:
        default = marker.default if value is _EMPTY else value
        raise DeclarationError(
            f"`{kind}` default value cannot be set in `Annotated` for {name!r}. "
            "Set the default value with `=` instead.",
            instead=f"{annotated} = {default!r}",
        )
    if value is _EMPTY:
        return
    if is_path:
        raise DeclarationError(
            "Path parameters cannot have default values",
            instead=f"{annotated}, without `= {value!r}`: a path without the value is a different path",
        )
    if marker.default_factory is not None and not isinstance(value, FieldInfo | Depends):
        raise DeclarationError(
            f"{name!r} has a default and a default_factory",
            instead=f"{annotated} = {value!r}, without default_factory",
        )


def _annotated_info(marker: FieldInfo, bare: Any, annotation: Any, *, merge: bool) -> FieldInfo:
    """Return a copy of the marker that knows its type and, with `merge`, what else the annotation says.

    A copy, because one `Annotated` alias or one default may serve many parameters.
    """
    is_annotated = get_origin(annotation) is Annotated
    info = copy_field_info(marker, annotation) if merge and is_annotated else copy(marker)
    info.annotation = bare
    return info


def _with_default(info: FieldInfo, value: Any) -> FieldInfo:
    info.default = Undefined if value is _EMPTY else value
    return info


def _guessed(bare: Any, annotation: Any, value: Any, *, is_path: bool) -> FieldInfo:
    """Return the marker of a parameter that has none: path, file, body or query."""
    if is_path:
        return _annotated_info(params.Path(), bare, annotation, merge=True)
    default = Undefined if value is _EMPTY else value
    kind: type[FieldInfo]
    if is_uploadfile_or_nonable_uploadfile_annotation(bare) or is_uploadfile_sequence_annotation(bare):
        kind = params.File
    elif not field_annotation_is_scalar(bare):
        kind = params.Body
    else:
        kind = params.Query
    info = kind(default)
    if get_origin(annotation) is Annotated:
        return _annotated_info(info, bare, annotation, merge=True)
    info.annotation = bare
    return info


def _settle_key(info: params.Path, path_param_names: Collection[str]) -> None:
    """Choose, of several names a path parameter may have, the first that is in the path, otherwise its alias."""
    chosen = info.validation_alias
    if isinstance(chosen, AliasChoices) and all(isinstance(each, str) for each in chosen.choices):
        info.validation_alias = next((each for each in chosen.choices if each in path_param_names), None)


def _field_of(name: str, info: FieldInfo, *, is_path: bool) -> ModelField:
    if is_path and not isinstance(info, params.Path):
        raise DeclarationError(
            f"Cannot use `{type(info).__name__}` for path param {name!r}",
            instead=f"{name}: {type_name(info.annotation)} = Path(), or another name in one of the two places",
        )
    if isinstance(info, params.Param) and getattr(info, "in_", None) is None:
        info.in_ = params.ParamTypes.query  # type: ignore[misc]  # a Param() that says no location
    if not info.alias:
        converts = isinstance(info, params.Header) and info.convert_underscores
        info.alias = name.replace("_", "-") if converts and not info.validation_alias else name
    if isinstance(info, params.Form):
        ensure_multipart_is_installed()
    try:
        field = create_model_field(name=name, type_=info.annotation, field_info=info)
    except StraightwayError as error:
        error.instead = error.instead or remedy_for_type(
            name, info.annotation, (info.default, *info.metadata)
        )
        raise
    _refuse_unreadable(name, field, is_path=is_path)
    return field


def _refuse_unreadable(name: str, field: ModelField, *, is_path: bool) -> None:
    info, annotation = field.field_info, field.field_info.annotation
    if is_path and not field_annotation_is_scalar(annotation):
        raise DeclarationError(
            "Path params must be of one of the supported types",
            instead=f"{name}: str, or int, UUID, an enumeration: a path holds single values, not {type_name(annotation)}",
        )
    if isinstance(info, params.Query) and not (
        field_annotation_is_scalar(annotation)
        or field_annotation_is_scalar_sequence(annotation)
        or len(models_in(annotation)) == 1
    ):
        is_file = is_uploadfile_or_nonable_uploadfile_annotation(annotation)
        marker = "File()" if is_file else "Body(), or a single value, a list of single values, or one model"
        raise DeclarationError(
            f"Query parameter {name!r} must be one of the supported types",
            instead=f"{name}: {type_name(annotation)} = {marker}",
        )


def _injected_as(annotation: Any) -> str | None:
    if not lenient_issubclass(annotation, _INJECTED_TYPES):
        return None
    for kind, attribute in _INJECTED:
        if lenient_issubclass(annotation, kind):
            return attribute
    return None


def _with_dependency(depends: Depends, annotation: Any) -> Depends:
    return depends if depends.dependency is not None else replace(depends, dependency=annotation)
