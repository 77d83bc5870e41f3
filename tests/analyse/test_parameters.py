# ruff: noqa: D101, D103  # what the classes and functions under test stand for is their name
# ruff: noqa: UP045  # the older spellings of types must be understood, too
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, Optional
from uuid import UUID

import pytest
from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, Json, RootModel
from typing_extensions import TypeAliasType

from straightway import (
    Body,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    Path,
    Query,
    UploadFile,
)
from straightway.analyse.parameters import (
    analyze_param,
)
from straightway.declare import params
from straightway.fields import Undefined
from tests.analyse.parameters import EMPTY, analysed, marker_of, refused


class Model(BaseModel):
    value: int = 1


class Other(BaseModel):
    value: str = ""


class Root(RootModel[list[int]]): ...


@dataclass
class Data:
    value: int = 1


class Color(Enum):
    red = "red"


class Pair(NamedTuple):
    left: int
    right: int


def given(): ...


# Without a marker

ALIAS = TypeAliasType("ALIAS", int)
QUERIES = [
    EMPTY, Any, object, int, str, bool, float, bytes, Color, UUID, datetime, Decimal, Literal["a"], Iterable[int], Json,
    int | None, int | str, Annotated[int, "x"], ALIAS,
]  # fmt: skip
BODIES = [
    list[int], set[int], frozenset[int], deque[int], tuple[int, int], Sequence[str], dict, Mapping, dict[str, int],
    Model, Root, Data, int | Model, Model | None, Model | Other, list[Model], list[int] | None, Json[list[int]],
    Annotated[Model, "x"], TypeAliasType("MODEL", Model),
]  # fmt: skip
FILES = [
    UploadFile, UploadFile | None, list[UploadFile], Optional[list[UploadFile]], list, tuple, set, Pair,
]  # fmt: skip


@pytest.mark.parametrize("annotation", QUERIES, ids=repr)
def test_single_value_is_a_query_parameter(annotation):
    """What a text can stand for is looked for in the query string."""
    assert type(marker_of(annotation)) is params.Query


@pytest.mark.parametrize("annotation", BODIES, ids=repr)
def test_structure_is_the_body(annotation):
    """Models, sequences, mappings and unions with one of them are looked for in the body."""
    assert type(marker_of(annotation)) is params.Body


@pytest.mark.parametrize("annotation", FILES, ids=repr)
def test_upload_is_a_file(annotation):
    """Uploads are looked for in a form; a sequence that says nothing of its items is taken for uploads, as in FastAPI."""
    assert type(marker_of(annotation)) is params.File


@pytest.mark.parametrize("annotation", QUERIES, ids=repr)
def test_name_in_the_path_is_a_path_parameter(annotation):
    """A single value whose name is in the path comes from there."""
    marker = marker_of(annotation, path_names={"p"})

    assert type(marker) is params.Path
    assert marker.is_required()


@pytest.mark.parametrize("value", [5, None, ...], ids=repr)
def test_default_of_a_path_parameter_means_nothing(value):
    """A path that matched has the value: the default is ignored."""
    assert marker_of(int, value, path_names={"p"}).is_required()


@pytest.mark.parametrize(
    ("value", "required"),
    [(EMPTY, True), (..., True), (None, False), (5, False)],
    ids=["none", "...", "None", "5"],
)
@pytest.mark.parametrize("annotation", [int | None, Model | None, UploadFile | None], ids=repr)
def test_default_makes_a_parameter_optional(annotation, value, required):
    """Only a default does: a type that allows None is required without one."""
    marker = marker_of(annotation, value)

    assert marker.is_required() is required
    if not required:
        assert marker.default == value


# Markers

MARKERS = [Query, Header, Cookie, Body, Form, File]


@pytest.mark.parametrize("marker", MARKERS, ids=lambda each: each.__name__)
def test_marker_in_annotated_decides(marker):
    """A marker says where the value is; the default stands after the equals sign."""
    found = marker_of(Annotated[str, marker(title="T")], "default")

    assert type(found) is getattr(params, marker.__name__)
    assert (found.title, found.default, found.annotation) == ("T", "default", str)


@pytest.mark.parametrize("marker", MARKERS, ids=lambda each: each.__name__)
def test_marker_as_default_decides(marker):
    """The older spelling: the marker stands where the default would, and has it."""
    found = marker_of(str, marker("default", title="T"))

    assert type(found) is getattr(params, marker.__name__)
    assert (found.title, found.default, found.annotation) == ("T", "default", str)


@pytest.mark.parametrize("value", [Query(), Query(...)], ids=repr)
def test_marker_without_default_is_required(value):
    """Nothing, and the older `...`, both mean required."""
    assert marker_of(int, value).is_required()
    assert marker_of(Annotated[int, value]).is_required()


def test_ellipsis_beside_annotated_is_a_value():
    """`Annotated[…] = ...` gives Ellipsis as the default, as in FastAPI."""
    assert marker_of(Annotated[Any, Query()], ...).default is ...


def test_last_of_several_markers_wins():
    """Where markers contradict each other, the last one counts."""
    assert type(marker_of(Annotated[int, Query(gt=1), Header()])) is params.Header
    assert analysed(Annotated[int, Query(), Depends(given)]).depends == Depends(given)
    assert type(marker_of(Annotated[int, Depends(given), Query()])) is params.Query


def test_other_metadata_is_kept():
    """Constraints and validators of Pydantic beside a marker count, on either side of it."""
    for annotation in (
        Annotated[int, Field(gt=3), Query(lt=9)],
        Annotated[int, Query(lt=9), Field(gt=3)],
        Annotated[int, BeforeValidator(lambda value: value), Field(gt=3, lt=9)],
    ):
        field = analysed(annotation).field

        assert field.validate("5") == (5, [])
        assert [error["type"] for error in field.validate("3")[1]] == ["greater_than"]
        assert [error["type"] for error in field.validate("9")[1]] == ["less_than"]


def test_field_of_pydantic_adds_to_a_parameter():
    """What `Field()` says in `Annotated` holds for the parameter that it annotates."""
    found = marker_of(Annotated[int, Field(title="T", alias="a")])

    assert (type(found), found.title, found.alias) == (params.Query, "T", "a")


def test_shared_marker_is_not_changed():
    """One `Annotated` alias serves many parameters, so what is found out about one is not written into it."""
    shared = Query()

    first = analysed(Annotated[int, shared], 1).field.field_info
    second = analyze_param(
        param_name="other_name", annotation=Annotated[str, shared], value=EMPTY, path_param_names=()
    ).field.field_info

    assert (first.alias, first.default, first.annotation) == ("p", 1, int)
    assert (second.alias, second.default, second.annotation) == ("other_name", Undefined, str)
    assert (shared.alias, shared.default) == (None, Undefined)


def test_alias_of_an_annotated_type_is_seen_through():
    """`type Limit = Annotated[int, Query()]` is what it stands for."""
    limit = TypeAliasType("limit", Annotated[int, Header(gt=1)])

    assert type(marker_of(limit)) is params.Header


def test_default_factory_makes_a_parameter_optional():
    """A factory is a default."""
    found = marker_of(Annotated[list[str], Query(default_factory=list)])

    assert not found.is_required()
    assert found.default_factory is list


def test_header_is_spelled_with_hyphens():
    """A header's name is the parameter's with hyphens, unless that, or the name itself, is chosen."""

    def alias_of(marker):
        return analyze_param(
            param_name="x_token", annotation=Annotated[str, marker], value=EMPTY, path_param_names=()
        ).field.alias

    assert alias_of(Header()) == "x-token"
    assert alias_of(Header(convert_underscores=False)) == "x_token"
    assert alias_of(Header(alias="x_other")) == "x_other"
    assert alias_of(Cookie()) == "x_token"


# Path parameters


@pytest.mark.parametrize("annotation", [Annotated[int, Path()], Annotated[int, Path(...)]], ids=repr)
def test_path_marker(annotation):
    """The marker may say what the path says already."""
    assert type(marker_of(annotation, path_names={"p"})) is params.Path


def test_path_marker_for_a_name_that_is_not_in_the_path():
    """A router's prefix may have the name: the declaration stands alone as it is, whatever its type or default."""
    assert type(marker_of(int, Path())) is params.Path
    assert marker_of(Annotated[int, Path()], 1).default == 1
    assert type(marker_of(Annotated[list[int], Path()])) is params.Path


def test_path_parameter_takes_the_first_alias_that_is_in_the_path():
    """Of several names, the one that the path has is meant."""
    marker = Path(validation_alias=AliasChoices("one", "two"))

    assert marker_of(Annotated[int, marker], path_names={"two"}).validation_alias == "two"
    assert marker_of(Annotated[int, marker], path_names={"one", "two"}).validation_alias == "one"
    assert marker_of(Annotated[int, marker]).alias == "p"


@pytest.mark.parametrize("marker", MARKERS, ids=lambda each: each.__name__)
def test_other_marker_for_a_name_in_the_path_is_refused(marker):
    """A name stands for one value: it cannot be in the path and somewhere else."""
    expected = f"Cannot use `{marker.__name__}` for path param 'p'"

    assert refused(Annotated[str, marker()], path_names={"p"}) == expected
    assert refused(str, marker(), path_names={"p"}) == expected


@pytest.mark.parametrize("annotation", [Annotated[int, Path()], Annotated[int, Query()]], ids=repr)
def test_default_beside_annotated_for_a_path_parameter_is_refused(annotation):
    """A path that matched always has the value, so a default is a mistake."""
    assert refused(annotation, 5, path_names={"p"}) == "Path parameters cannot have default values"


@pytest.mark.parametrize("annotation", [list[int], dict, Model, Data, int | Model, Json[list[int]]], ids=repr)
def test_structure_in_the_path_is_refused(annotation):
    """A piece of the path is a text: it cannot stand for a structure."""
    expected = "Path params must be of one of the supported types"

    assert refused(annotation, path_names={"p"}) == expected
    assert refused(Annotated[annotation, Path()], path_names={"p"}) == expected
