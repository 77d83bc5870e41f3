"""Forms in which models lie flat, alone, together, and beside single fields."""

# ruff: noqa: D101  # a docstring would be a description in the document

from typing import Annotated, Literal

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, Json

from straightway import Body, Depends, File, Form, Straightway, UploadFile
from tests.describe.documents import assert_describes_itself


class Profile(BaseModel):
    """Who somebody is."""

    name: str
    age: int = 0


class Address(BaseModel):
    street: str
    lines: list[str] = Field(default_factory=list)


class Card(BaseModel):
    kind: Literal["card"]
    number: str


class Cash(BaseModel):
    kind: Literal["cash"]
    amount: float


def test_one_form_model_is_the_form():
    """A form that is one model, or a choice of models, has that model's schema."""
    app = Straightway(title="One model")

    @app.post("/model")
    def model(profile: Annotated[Profile, Form(description="You")]): ...

    @app.post("/files")
    def files(profile: Annotated[Profile, File()]): ...

    @app.post("/union")
    def union(payment: Annotated[Card | Cash, Form()]): ...

    @app.post("/discriminated")
    def discriminated(payment: Annotated[Card | Cash, Form(discriminator="kind")]): ...

    assert_describes_itself(app, "one_form_model")


def test_several_form_models_all_hold():
    """Models beside others and beside single fields are conditions that the form fulfils together."""
    app = Straightway(title="Several models")

    def address_of(address: Annotated[Address, Form()]): ...

    @app.post("/two")
    def two(profile: Annotated[Profile, Form()], address: Annotated[Address, Form(description="Where")]): ...

    @app.post("/fields")
    def fields(
        profile: Annotated[Profile, Form()],
        payment: Annotated[Card | Cash, Form(discriminator="kind")],
        first_token: Annotated[str, Form(alias="token")],
        photo: UploadFile | None = None,
        place=Depends(address_of),
    ): ...

    @app.post("/defaulted")
    def defaulted(
        profile: Annotated[Profile, Form()] = Profile(name="x"),
        token: Annotated[str, Form(title="A token")] = "",
    ): ...

    @app.post("/body")
    def body(profile: Annotated[Profile, Form()], address: Annotated[Address, Body()]): ...

    assert_describes_itself(app, "several_form_models")


def test_fields_of_one_key_beside_a_model():
    """Several parameters that read one key of such a form are all described; the key is required once."""
    app = Straightway(title="One key")

    @app.post("/")
    def submit(
        profile: Annotated[Profile, Form()],
        files: list[UploadFile],
        last: Annotated[bytes, File(alias="files")],
        text: Annotated[str, Form(alias="files")] = "",
    ): ...

    assert_describes_itself(app, "form_fields_of_one_key")


def test_a_form_model_that_may_be_left_out():
    """An optional model is left out as a whole: no field of it, or all that it requires."""
    app = Straightway(title="Optional")

    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        name: str

    class Empty(BaseModel):
        pass

    @app.post("/optional")
    def optional(profile: Annotated[Profile | None, Form()] = None): ...

    @app.post("/required")
    def required(profile: Annotated[Profile | None, Form()]): ...

    @app.post("/extras")
    def extras(profile: Annotated[Open | None, Form()] = None): ...

    @app.post("/empty")
    def empty(nothing: Annotated[Empty | None, Form()] = None): ...

    @app.post("/beside")
    def beside(token: Annotated[str, Form()], profile: Annotated[Profile | None, Form()] = None): ...

    @app.post("/union")
    def union(payment: Annotated[Card | Cash | None, Form()] = None): ...

    @app.post("/discriminated")
    def discriminated(payment: Annotated[Card | Cash | None, Form(discriminator="kind")]): ...

    @app.post("/media-type")
    def media_type(profile: Annotated[Profile | None, Form(media_type="multipart/form-data")] = None): ...

    @app.post("/sampled")
    def sampled(
        profile: Annotated[Profile | None, Form(openapi_examples={"me": {"value": {"name": "x"}}})] = None,
    ): ...

    assert_describes_itself(app, "optional_form_models")


def test_one_name_for_several_form_models():
    """Form models that share a parameter name in an endpoint and its dependencies hold together as well."""
    app = Straightway(title="One name")

    def address_of(data: Annotated[Address, Form()]): ...

    def same_of(data: Annotated[Profile, Form()]): ...

    def maybe_of(data: Annotated[Profile | None, Form()] = None): ...

    @app.post("/different")
    def different(data: Annotated[Profile, Form()], place=Depends(address_of)): ...

    @app.post("/same")
    def same(data: Annotated[Profile, Form()], again=Depends(same_of)): ...

    @app.post("/optional")
    def optional(data: Annotated[Profile | None, Form()], again=Depends(maybe_of)): ...

    @app.post("/unions")
    def unions(data: Annotated[Card | Cash, Form()], again=Depends(same_of)): ...

    assert_describes_itself(app, "form_models_of_one_name")


def test_fields_of_form_models_with_several_names():
    """A required field that a form may send under several names is required under one of them."""
    app = Straightway(title="Aliases")

    class ByEither(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        name: Annotated[str, Field(alias="display_name")]
        age: Annotated[int, Field(alias="years")] = 0
        place: str

    class ByChoice(BaseModel):
        name: Annotated[str, Field(validation_alias=AliasChoices("first", "second"))]

    class ByName(BaseModel):
        model_config = ConfigDict(validate_by_alias=False)
        name: Annotated[str, Field(alias="unused")]

    class ByPath(BaseModel):
        name: Annotated[str, Field(validation_alias=AliasChoices("documented", AliasPath("names", 0)))]

    @app.post("/beside")
    def beside(
        one: Annotated[ByEither, Form()], two: Annotated[ByChoice, Form()], three: Annotated[ByName, Form()]
    ): ...

    @app.post("/optional")
    def optional(
        one: Annotated[ByEither | None, Form()] = None,
        two: Annotated[ByPath | None, Form()] = None,
        three: Annotated[ByChoice | ByName | None, Form()] = None,
    ): ...

    @app.post("/alone")
    def alone(one: Annotated[ByEither, Form()]): ...

    @app.post("/json")
    def json(one: ByEither): ...

    assert_describes_itself(app, "form_model_aliases")


@pytest.mark.parametrize("words", ["title", "description"])
def test_words_about_an_optional_form_model(words):
    """A title or description of an optional model stands with the model, where it is sent."""
    app = Straightway(title="Words")

    @app.post("/", operation_id="submit")
    def submit(profile: Annotated[Profile | None, Form(**{words: "About you"})] = None): ...

    assert_describes_itself(app, f"optional_form_model_with_{words}")


def test_json_in_a_form_field_is_a_single_field():
    """A model sent as JSON text in one field of a form is no group of fields."""
    app = Straightway(title="JSON")

    @app.post("/")
    def submit(profile: Annotated[Json[Profile], Form()]): ...

    assert_describes_itself(app, "json_in_a_form")


def test_upload_beside_a_model_keeps_what_is_said_of_it():
    """What a file's parameter says of it is in the document where models lie flat in the form, too."""

    class Details(BaseModel):
        name: str

    app = Straightway()

    @app.post("/")
    def endpoint(
        file: Annotated[UploadFile, File(description="The picture", deprecated=True)],
        details: Annotated[Details, Form()],
    ): ...

    file = app.openapi()["components"]["schemas"]["Body_endpoint__post"]["properties"]["file"]

    assert (file["description"], file["deprecated"]) == ("The picture", True)
