# ruff: noqa: D101, D103  # what the classes and functions under test stand for is their name
# ruff: noqa: UP045  # the older spellings of types must be understood, too
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Optional

import pytest
import starlette.background
import starlette.datastructures
from pydantic import BaseModel, Field

from straightway import (
    Body,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    Query,
    Request,
    Response,
    Security,
    UploadFile,
)
from straightway.analyse.dependant import Dependant
from straightway.analyse.parameters import (
    add_param_to_fields,
)
from straightway.declare import params
from straightway.errors import DeclarationError, StraightwayError
from tests.analyse.parameters import EMPTY, analysed, marker_of, refused


class Model(BaseModel):
    value: int = 1


class Other(BaseModel):
    value: str = ""


@dataclass
class Data:
    value: int = 1


class Unknown:
    """A class that Pydantic knows nothing about."""


def given(): ...


MARKERS = [Query, Header, Cookie, Body, Form, File]


def test_two_dependencies_are_refused():
    """One parameter has one value, and so one dependency."""
    message = refused(Annotated[int, Depends(given)], Depends(given))

    assert message == "Cannot specify `Depends` in `Annotated` and default value together for 'p'"


@pytest.mark.parametrize("value", [Depends(given), Security(given)], ids=["Depends", "Security"])
def test_dependency_beside_a_marker_is_refused(value):
    """A value is read or it is made, not both."""
    message = refused(Annotated[int, Query()], value)

    assert message == (
        "Cannot specify a FastAPI annotation in `Annotated` and `Depends` as a default value together for 'p'"
    )


@pytest.mark.parametrize("value", [Query(), Header(), Field()], ids=repr)
def test_two_markers_are_refused(value):
    """A marker in Annotated is the one marker."""
    message = refused(Annotated[int, Query()], value)

    assert message == "Cannot specify FastAPI annotations in `Annotated` and default value together for 'p'"


@pytest.mark.parametrize("marker", MARKERS, ids=lambda each: each.__name__)
@pytest.mark.parametrize(
    "value", [EMPTY, 2, Query(), Depends(given)], ids=["nothing", "value", "marker", "Depends"]
)
def test_default_inside_annotated_is_refused(marker, value):
    """An alias of the annotation may be shared; a default belongs to one parameter."""
    message = refused(Annotated[int, marker(1)], value)

    assert message == (
        f"`{marker.__name__}` default value cannot be set in `Annotated` for 'p'. Set the default value with `=` instead."
    )


def test_default_beside_a_factory_is_refused():
    """Two defaults contradict each other: neither is dropped in silence."""
    message = refused(Annotated[int, Query(default_factory=int)], 1)

    assert message == "'p' has a default and a default_factory"


@pytest.mark.parametrize(
    "annotation",
    [dict, dict[str, int], Data, Model | int, Model | Other, list[Model], list[list[int]], UploadFile],
    ids=repr,
)
def test_structure_in_the_query_is_refused(annotation):
    """A query string has single values, several under one key, or the fields of one model."""
    expected = "Query parameter 'p' must be one of the supported types"

    assert refused(Annotated[annotation, Query()]) == expected
    assert refused(annotation, Query()) == expected


@pytest.mark.parametrize(
    "annotation",
    [list[int], Optional[list[int]], set[str], tuple[int, str], Model, Model | None, int | str],
    ids=repr,
)
def test_query_parameter(annotation):
    """Single values, sequences of them and one model can be read from the query string."""
    assert type(marker_of(Annotated[annotation, Query()])) is params.Query


@pytest.mark.parametrize("marker", [Header, Cookie], ids=["Header", "Cookie"])
@pytest.mark.parametrize("annotation", [dict, Data, Model, list[Model], int | Model], ids=repr)
def test_headers_and_cookies_take_any_type(annotation, marker):
    """Nothing is refused here: a validator may make anything of a text."""
    assert type(marker_of(Annotated[annotation, marker()])) is getattr(params, marker.__name__)


def test_field_of_pydantic_as_a_default_is_refused():
    """`Field()` says nothing of where the value is."""
    field = analysed(int, Field(gt=1)).field

    with pytest.raises(DeclarationError) as refusal:
        add_param_to_fields(field=field, dependant=Dependant())

    assert refusal.value.message == "non-body parameters must be in path, query, header or cookie: p"


@pytest.mark.parametrize(
    "annotation",
    [Unknown, Request | None, Optional[Response], Iterator[int], starlette.datastructures.UploadFile],
)
def test_type_without_a_schema_is_refused(annotation):
    """What Pydantic cannot validate cannot be read from a request."""
    with pytest.raises(StraightwayError, match="Invalid args for response field"):
        analysed(annotation)
