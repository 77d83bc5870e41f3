"""Request bodies that are one value or the keys of an object."""

# ruff: noqa: D101  # a docstring would be a description in the document

from typing import Annotated

import pytest
from pydantic import AliasChoices, BaseModel, Field

from straightway import Body, Depends, File, Form, Straightway, UploadFile
from tests.describe.documents import assert_describes_itself


class Pot(BaseModel):
    colour: str
    litres: float = 1


class Shelf(BaseModel):
    height: int = 3


def test_one_body_parameter_is_the_body():
    """The only body parameter is the body itself, whatever its type, and required unless it has a default."""
    app = Straightway(title="One")

    @app.post("/model")
    def model(pot: Pot): ...

    @app.post("/described")
    def described(
        pot: Annotated[Pot, Body(title="A pot", description="To add", examples=[{"colour": "red"}])],
    ): ...

    @app.post("/optional")
    def optional(pot: Pot | None = None): ...

    @app.post("/nullable")
    def nullable(pot: Annotated[Pot | None, Body()]): ...

    @app.post("/list")
    def several(pots: list[Pot]): ...

    @app.post("/mapping")
    def mapping(pots: dict[str, Pot] = {}): ...  # noqa: B006

    @app.post("/union")
    def union(thing: Pot | Shelf): ...

    @app.post("/scalar")
    def scalar(number: Annotated[int, Body(alias="how-many", ge=1, media_type="text/plain")]): ...

    @app.post("/sampled")
    def sampled(pot: Annotated[Pot, Body(openapi_examples={"red": {"value": {"colour": "red"}}})]): ...

    assert_describes_itself(app, "one_body_parameter")


def test_several_body_parameters_are_keys_of_an_object():
    """Several parameters, or one with `embed`, are properties of a component named after the operation."""
    app = Straightway(title="Several")

    @app.post("/two")
    def two(pot: Pot, shelf: Annotated[Shelf, Body(alias="on-shelf", description="Where")]): ...

    @app.post("/optional")
    def optional(pot: Pot | None = None, shelf: Shelf = Shelf(), count: Annotated[int, Body(ge=1)] = 1): ...

    @app.post("/embedded")
    def embedded(pot: Annotated[Pot, Body(embed=True)]): ...

    @app.post("/choices")
    def choices(
        count: Annotated[int, Body(embed=True, validation_alias=AliasChoices("count", "number"))],
    ): ...

    @app.post("/media-type")
    def media_type(
        one: Annotated[int, Body(media_type="application/x-one")],
        two: Annotated[int, Body(media_type="application/x-one")],
    ): ...

    @app.post("/media-types")
    def media_types(one: Annotated[int, Body(media_type="application/x-one")], two: Pot): ...

    assert_describes_itself(app, "several_body_parameters")


def test_body_parameters_of_dependencies():
    """A dependency's body parameter embeds both, unless it has the name of the endpoint's: then it is the same one."""
    app = Straightway(title="Dependencies")

    def pot_of(pot: Pot): ...

    def shelf_of(shelf: Shelf): ...

    @app.post("/same")
    def same(pot: Pot, other=Depends(pot_of)): ...

    @app.post("/other")
    def other(pot: Pot, shelf=Depends(shelf_of), again=Depends(shelf_of)): ...

    @app.post("/only")
    def only(pot=Depends(pot_of)): ...

    assert_describes_itself(app, "body_parameters_of_dependencies")


def test_bodies_are_described_for_methods_that_usually_have_one():
    """A body is described for GET as well, but not for OPTIONS and TRACE, where only the validation error shows."""
    app = Straightway(title="Methods")
    for method in ("get", "head", "post", "put", "delete", "patch", "options", "trace"):

        def endpoint(pot: Pot): ...

        endpoint.__name__ = method
        getattr(app, method)("/pot")(endpoint)

    assert_describes_itself(app, "bodies_by_method")


def test_fields_and_files_of_a_form():
    """Single fields of a form are properties; files make it a multipart form and are binary text in the schema."""
    app = Straightway(title="Forms")

    @app.post("/fields")
    def fields(
        name: Annotated[str, Form(alias="full-name")], age: Annotated[int | None, Form(ge=0)] = None
    ): ...

    @app.post("/lists")
    def lists(tags: Annotated[list[str], Form()]): ...

    @app.post("/files")
    def files(
        photo: UploadFile,
        name: Annotated[str, Form()],
        raw: Annotated[bytes, File(description="Raw data")],
        more: list[UploadFile],
        maybe: UploadFile | None = None,
        parts: Annotated[list[bytes], File()] = [],  # noqa: B006
    ): ...

    @app.post("/multipart")
    def multipart(
        name: Annotated[str, Form(media_type="multipart/form-data")], age: Annotated[int, Form()] = 1
    ): ...

    @app.post("/media-type")
    def media_type(name: Annotated[str, Form(media_type="application/x-form")]): ...

    @app.post("/mixed")
    def mixed(name: Annotated[str, Form()], pot: Annotated[Pot, Body()]): ...

    assert_describes_itself(app, "form_fields")


@pytest.mark.filterwarnings("ignore::straightway.exceptions.StraightwayDeprecationWarning")
def test_a_single_example_of_a_body():
    """The former `example` of a body stands beside its schema."""
    app = Straightway(title="Example")

    @app.post("/")
    def add(pot: Annotated[Pot, Body(example={"colour": "red"})]): ...

    assert_describes_itself(app, "body_example")


def test_metadata_of_fields_in_annotations():
    """What `Field` says in the annotation of a body parameter counts as if its marker said it."""
    app = Straightway(title="Fields")

    @app.post("/lone")
    def lone(pot: Annotated[Pot, Field(title="A pot", description="To add")]): ...

    @app.post("/keys")
    def keys(
        pot: Annotated[Pot, Field(description="To add")],
        count: Annotated[int, Body(), Field(alias="how-many", gt=0, description="How many")] = 1,
    ): ...

    assert_describes_itself(app, "body_fields")
