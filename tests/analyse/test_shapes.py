# ruff: noqa: D101  # what the classes under test stand for is their name
# ruff: noqa: UP006, UP007, UP035, UP045  # the older spellings of types must be understood, too
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Generic,
    List,
    Literal,
    NamedTuple,
    Optional,
    TypedDict,
    TypeVar,
    Union,
)  # the older spellings mean the same
from uuid import UUID

import pytest
from pydantic import BaseModel, Json, RootModel, SecretStr

from straightway import UploadFile
from straightway.analyse import shapes

T = TypeVar("T")


class Model(BaseModel):
    value: int


class Other(BaseModel):
    value: str


class Boxed(BaseModel, Generic[T]):
    value: T


class Root(RootModel[list[int]]): ...


@dataclass
class Data:
    value: int


class Color(Enum):
    red = "red"


class Row(TypedDict):
    value: int


class Pair(NamedTuple):
    left: int
    right: int


SCALARS = [
    int, str, bytes, bool, float, None, type(None), Any, object, datetime, UUID, Decimal, Color, SecretStr,
    Literal["a"], Iterable[int], Json, int | None, Optional[str], int | str, Annotated[int, "x"],
    Annotated[int | None, "x"], ForwardRef("Session"), Ellipsis, T,
]  # fmt: skip
SEQUENCES = [
    list, tuple, set, frozenset, deque, Sequence, list[int], List[int], set[str], frozenset[int], deque[int],
    tuple[int, str], tuple[int, ...], Sequence[int], list[Model], Pair, Annotated[list[int], "x"],
]  # fmt: skip
STRUCTURES = [
    Model, Boxed[int], Root, Data, dict, dict[str, int], Mapping, Mapping[str, int], Row, UploadFile,
    Model | None, int | Model, Union[Model, Other], Optional[Data], Annotated[Model, "x"], Annotated[Model | None, "x"],
]  # fmt: skip


@pytest.mark.parametrize("annotation", SCALARS, ids=repr)
def test_single_values(annotation):
    """What a text can stand for is a scalar, neither a sequence nor a structure."""
    assert shapes.field_annotation_is_scalar(annotation)
    assert not shapes.field_annotation_is_sequence(annotation)


@pytest.mark.parametrize(
    "annotation", [*SEQUENCES, list[int] | None, Annotated[Optional[list[int]], "x"]], ids=repr
)
def test_several_values(annotation):
    """A sequence of any kind takes several values, also where it may be None."""
    assert shapes.field_annotation_is_sequence(annotation)
    assert not shapes.field_annotation_is_scalar(annotation)


@pytest.mark.parametrize("annotation", STRUCTURES, ids=repr)
def test_structures(annotation):
    """Models, dataclasses, mappings, files and unions with one of them are no single values."""
    assert not shapes.field_annotation_is_scalar(annotation)
    assert not shapes.field_annotation_is_sequence(annotation)


@pytest.mark.parametrize(
    "annotation",
    [
        list, list[int], set[str], tuple[int, str], Sequence[int], list[int | None], list[int] | None,
        Optional[list[str]], list[int] | int, Annotated[list[int], "x"], list[Annotated[int, "x"]],
    ],
    ids=repr,
)  # fmt: skip
def test_sequences_of_single_values(annotation):
    """What repeated keys can stand for: a sequence of scalars, alone or beside scalars."""
    assert shapes.field_annotation_is_scalar_sequence(annotation)


@pytest.mark.parametrize(
    "annotation",
    [int, str, bytes, Model, list[Model], list[list[int]], dict, list[int] | Model, int | None],
    ids=repr,
)
def test_no_sequences_of_single_values(annotation):
    """A sequence of structures is none, nor is what is no sequence."""
    assert not shapes.field_annotation_is_scalar_sequence(annotation)


@pytest.mark.parametrize(
    "annotation", [UploadFile, UploadFile | None, Optional[UploadFile], Annotated[UploadFile, 1]]
)
def test_files(annotation):
    """A file is a file where it may be left out, too."""
    assert shapes.is_uploadfile_or_nonable_uploadfile_annotation(annotation)
    assert shapes.is_uploadfile_sequence_annotation(list[annotation])
    assert shapes.is_uploadfile_sequence_annotation(Optional[list[annotation]])
    assert not shapes.is_uploadfile_sequence_annotation(annotation)
    assert not shapes.is_bytes_or_nonable_bytes_annotation(annotation)


@pytest.mark.parametrize("annotation", [bytes, bytes | None, Annotated[bytes, "x"]], ids=repr)
def test_bytes(annotation):
    """Bytes are told from files and from text."""
    assert shapes.is_bytes_or_nonable_bytes_annotation(annotation)
    assert shapes.is_bytes_sequence_annotation(list[annotation])
    assert shapes.is_bytes_sequence_annotation(tuple[annotation, ...])
    assert not shapes.is_bytes_sequence_annotation(list[str])
    assert not shapes.is_uploadfile_or_nonable_uploadfile_annotation(annotation)


@pytest.mark.parametrize(
    ("annotation", "models"),
    [
        (Model, (Model,)),
        (Model | None, (Model,)),
        (Annotated[Model | None, "x"], (Model,)),
        (Model | Other, (Model, Other)),
        (Optional[Union[Model, Other]], (Model, Other)),
        (Annotated[Annotated[Model, "a"] | Annotated[Other, "b"], "x"], (Model, Other)),
        (Model | int, ()),
        (list[Model], ()),
        (Data, ()),
        (None, ()),
    ],
    ids=repr,
)
def test_models(annotation, models):
    """A model, or a choice of models, is told from what merely has a model in it."""
    assert shapes.models_in(annotation) == models


@pytest.mark.parametrize(
    ("annotation", "allows"),
    [
        (None, True),
        (type(None), True),
        (int | None, True),
        (Optional[int], True),
        (Annotated[int | None, "x"], True),
        (Annotated[int, "x"] | Annotated[None, "y"], True),
        (int, False),
        (int | str, False),
        (list[int | None], False),
        (Any, False),
    ],
    ids=repr,
)
def test_none(annotation, allows):
    """Only what names None allows it."""
    assert shapes.allows_none(annotation) is allows


@pytest.mark.parametrize("annotation", [list[int], int | None, "text", None, 3], ids=repr)
def test_what_is_no_class_is_no_subclass(annotation):
    """Unlike `issubclass`, the question may be asked of anything."""
    assert not shapes.lenient_issubclass(annotation, list)
    assert shapes.lenient_issubclass(list, list)
