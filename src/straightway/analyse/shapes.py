"""What an annotation looks like on the wire: one value, several values, or a structure."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from starlette.datastructures import UploadFile as StarletteUploadFile
from typing_extensions import TypeIs

_MODEL_CLASS: type[type] = type(BaseModel)
sequence_types = (Sequence, list, tuple, set, frozenset, deque)


def lenient_issubclass(cls: Any, class_or_tuple: Any) -> TypeIs[type[Any]]:
    """Like `issubclass`, but False for what is not a class.

    PERF: a model is what it derives from. Abstract classes remember every class that they were ever asked about: 2.5 KiB
    less for each model on 3.11, benchmarks (start).
    """
    if isinstance(cls, _MODEL_CLASS):
        bases = cls.__mro__
        if not isinstance(class_or_tuple, tuple):
            return class_or_tuple in bases
        return not set(class_or_tuple).isdisjoint(bases)
    try:
        return isinstance(cls, type) and issubclass(cls, class_or_tuple)
    except TypeError:  # `list[int]` passes for a class in `isinstance` on some versions
        return False


def is_union(annotation: Any) -> bool:
    """Tell whether the annotation is `X | Y`, in either spelling."""
    origin = get_origin(annotation)
    return origin is Union or origin is types.UnionType


def annotation_is_sequence(annotation: Any) -> bool:
    """Tell whether a class holds several values; text and bytes are single ones."""
    if lenient_issubclass(annotation, (str, bytes)):
        return False
    return lenient_issubclass(annotation, sequence_types)


def field_annotation_is_sequence(annotation: Any) -> bool:
    """Tell whether several values are expected: a sequence, or a union with a sequence in it."""
    if is_union(annotation):
        return any(field_annotation_is_sequence(each) for each in get_args(annotation))
    if get_origin(annotation) is Annotated:
        return field_annotation_is_sequence(get_args(annotation)[0])
    return annotation_is_sequence(annotation) or annotation_is_sequence(get_origin(annotation))


def field_annotation_is_complex(annotation: Any) -> bool:
    """Tell whether a value is a structure: a model, mapping, sequence, dataclass, file, or a union with one."""
    origin = get_origin(annotation)
    if is_union(annotation):
        return any(field_annotation_is_complex(each) for each in get_args(annotation))
    if origin is Annotated:
        return field_annotation_is_complex(get_args(annotation)[0])
    return (
        _class_is_complex(annotation)
        or _class_is_complex(origin)
        or hasattr(origin, "__pydantic_core_schema__")
        or hasattr(origin, "__get_pydantic_core_schema__")
    )


def _class_is_complex(annotation: Any) -> bool:
    return (
        lenient_issubclass(annotation, (BaseModel, Mapping, StarletteUploadFile))
        or annotation_is_sequence(annotation)
        or (isinstance(annotation, type) and is_dataclass(annotation))
    )


def field_annotation_is_scalar(annotation: Any) -> bool:
    """Tell whether a value is a single one, such as a text can stand for."""
    return annotation is Ellipsis or not field_annotation_is_complex(annotation)


def field_annotation_is_scalar_sequence(annotation: Any) -> bool:
    """Tell whether it is a sequence of single values, possibly in a union with None."""
    if is_union(annotation):
        found = False
        for each in get_args(annotation):
            if field_annotation_is_scalar_sequence(each):
                found = True
            elif not field_annotation_is_scalar(each):
                return False
        return found
    if get_origin(annotation) is Annotated:
        return field_annotation_is_scalar_sequence(get_args(annotation)[0])
    return field_annotation_is_sequence(annotation) and all(
        field_annotation_is_scalar(each) for each in get_args(annotation)
    )


def _is_or_may_be(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def answer(annotation: Any) -> bool:
        if test(annotation):
            return True
        if is_union(annotation):
            return any(answer(each) for each in get_args(annotation))
        if get_origin(annotation) is Annotated:
            return answer(get_args(annotation)[0])
        return False

    return answer


def _sequence_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def answer(annotation: Any) -> bool:
        if is_union(annotation):
            return any(answer(each) for each in get_args(annotation))
        if get_origin(annotation) is Annotated:
            return answer(get_args(annotation)[0])
        # `all` of nothing is true: a bare `list` counts as a list of files, as in FastAPI.
        return field_annotation_is_sequence(annotation) and all(
            test(each) for each in get_args(annotation) if each is not Ellipsis
        )

    return answer


is_bytes_or_nonable_bytes_annotation = _is_or_may_be(lambda each: lenient_issubclass(each, bytes))
is_uploadfile_or_nonable_uploadfile_annotation = _is_or_may_be(
    lambda each: lenient_issubclass(each, StarletteUploadFile)
)
is_bytes_sequence_annotation = _sequence_of(is_bytes_or_nonable_bytes_annotation)
is_uploadfile_sequence_annotation = _sequence_of(is_uploadfile_or_nonable_uploadfile_annotation)


def models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the model classes an annotation consists of, if it is a model, or a union of models and None; else ()."""
    if get_origin(annotation) is Annotated:
        return models_in(get_args(annotation)[0])
    if is_union(annotation):
        members = [each for each in get_args(annotation) if each is not type(None)]
        found = [models_in(each) for each in members]
        return tuple(model for models in found for model in models) if all(found) else ()
    return (annotation,) if lenient_issubclass(annotation, BaseModel) else ()


def allows_none(annotation: Any) -> bool:
    """Tell whether None is among the values of the annotation."""
    if get_origin(annotation) is Annotated:
        return allows_none(get_args(annotation)[0])
    return (
        annotation is None
        or annotation is type(None)
        or (is_union(annotation) and any(map(allows_none, get_args(annotation))))
    )
