# ruff: noqa: D103  # the functions under test are told apart by their parameters
from typing import Annotated

import pytest
from pydantic import BaseModel, Json

from straightway import Body, Depends, File, Form, UploadFile
from straightway.analyse.bodies import FormBody, body_field, is_form_group, should_embed_body_fields
from straightway.analyse.dependant import body_params_of
from straightway.analyse.graph import get_dependant
from straightway.declare import params

APPLICATION_FORM = "application/x-www-form-urlencoded"


class Item(BaseModel):
    """A body, or one of several."""

    name: str


class Owner(BaseModel):
    """Another one, which nobody needs to send."""

    name: str = ""


def takes_item(item: Item): ...


def takes_owner(owner: Owner): ...


def takes_text(text: Annotated[str, Form()]): ...


def body_of(endpoint):
    """Return the body field of an endpoint, and whether its parameters are embedded."""
    dependant = get_dependant(path="/", call=endpoint)
    embed = should_embed_body_fields(body_params_of(dependant))
    return body_field(dependant, name="endpoint", embed=embed), embed


def keys(model):
    """Return the keys of an object that was made to embed parameters."""
    return {field.alias or name: field.is_required() for name, field in model.model_fields.items()}


def test_no_body():
    """An endpoint without body parameters has none."""

    def endpoint(q: int): ...

    assert body_of(endpoint) == (None, False)


# JSON


@pytest.mark.parametrize(
    "annotation", [Item, list[Item], Annotated[int, Body()], Annotated[Item, Body(alias="a")]]
)
def test_lone_parameter_is_the_body(annotation):
    """One parameter is the whole body, whatever its name."""

    def endpoint(item: annotation): ...

    field, embed = body_of(endpoint)

    assert (field.name, field.required, embed) == ("item", True, False)
    assert type(field.field_info) is params.Body


def test_lone_parameter_may_be_embedded():
    """`embed=True` makes it a key of an object."""

    def endpoint(item: Annotated[Item, Body(embed=True, alias="the-item")]): ...

    field, embed = body_of(endpoint)

    assert (field.name, field.alias, embed) == ("body", "body", True)
    assert field.type_.__name__ == "Body_endpoint"
    assert keys(field.type_) == {"the-item": True}


def test_several_parameters_are_keys_of_an_object():
    """Each under its alias."""

    def endpoint(item: Item, owner: Owner = Owner(), count: int = Body(alias="n")): ...

    field, embed = body_of(endpoint)

    assert embed
    assert keys(field.type_) == {"item": True, "owner": False, "n": True}
    assert field.required


def test_object_of_optional_parameters_is_optional():
    """Nothing need be sent where nothing is required."""

    def endpoint(item: Item | None = None, owner: Owner | None = None): ...

    field, _ = body_of(endpoint)

    assert not field.required
    assert field.get_default() is None


def test_parameters_of_dependencies_count():
    """A body parameter of a dependency changes the shape of its endpoint's body."""

    def endpoint(item: Item, owner=Depends(takes_owner)): ...

    field, embed = body_of(endpoint)

    assert embed
    assert list(keys(field.type_)) == ["item", "owner"]


def test_same_parameter_of_endpoint_and_dependency_is_one():
    """Both read the whole body."""

    def endpoint(item: Item, checked=Depends(takes_item)): ...

    field, embed = body_of(endpoint)

    assert (field.name, embed) == ("item", False)


def test_own_parameter_decides_before_that_of_a_dependency():
    """Where both have the name, the endpoint's says whether it is embedded."""

    def embeds(item: Annotated[Item, Body(embed=True)]): ...

    def endpoint(item: Item, value=Depends(embeds)): ...

    def other(item: Annotated[Item, Body(embed=True)], value=Depends(takes_item)): ...

    assert body_of(endpoint)[1] is False
    assert body_of(other)[1] is True


@pytest.mark.parametrize(
    ("second", "media_type"), [("application/x", "application/x"), ("text/x", "application/json")]
)
def test_media_type_of_an_object(second, media_type):
    """It is what all parameters say, or JSON where they contradict each other."""

    def endpoint(
        item: Annotated[Item, Body(media_type="application/x")],
        owner: Annotated[Owner, Body(media_type=second)],
    ): ...

    assert body_of(endpoint)[0].field_info.media_type == media_type


# Forms


def test_lone_value_of_a_form_is_a_field_of_it():
    """A form always has names."""
    field, embed = body_of(takes_text)

    assert embed
    assert (type(field.field_info), field.field_info.media_type) == (params.Form, APPLICATION_FORM)
    assert keys(field.type_) == {"text": True}


def test_file_makes_a_form_multipart():
    """So does one field that says so."""

    def with_file(text: Annotated[str, Form()], file: UploadFile): ...

    def with_part(
        text: Annotated[str, Form()], part: Annotated[str, Form(media_type="multipart/form-data")]
    ): ...

    assert type(body_of(with_file)[0].field_info) is params.File
    assert body_of(with_file)[0].field_info.media_type == "multipart/form-data"
    assert body_of(with_part)[0].field_info.media_type == "multipart/form-data"


def test_form_beside_json_makes_all_a_form():
    """A request has one body."""

    def endpoint(item: Item, text: Annotated[str, Form()]): ...

    def by_dependency(item: Item, text=Depends(takes_text)): ...

    assert type(body_of(endpoint)[0].field_info) is params.Form
    assert type(body_of(by_dependency)[0].field_info) is params.Form


@pytest.mark.parametrize("annotation", [Item, Item | Owner], ids=repr)
def test_lone_model_is_the_form(annotation):
    """Its fields are the fields of the form."""

    def endpoint(item: Annotated[annotation, Form()]): ...

    field, embed = body_of(endpoint)

    assert (field.name, field.type_, embed) == ("item", annotation, False)
    assert is_form_group(field)


def test_lone_model_that_may_be_absent():
    """Then nothing of it need be sent: the body stands for a form with or without it."""

    def endpoint(item: Annotated[Item | None, Form(media_type="application/x")] = None): ...

    field, embed = body_of(endpoint)

    assert (field.name, field.required, embed) == ("item", False, False)
    assert issubclass(field.type_, FormBody)
    assert [part.name for part in field.type_.parts] == ["item"]
    assert field.field_info.media_type == "application/x"


@pytest.mark.parametrize(
    "second", [Annotated[Owner, Form()], Annotated[str, Form()], Annotated[bytes, File()]], ids=repr
)
def test_model_beside_others_in_a_form(second):
    """All lie flat: fields of models beside single fields."""

    def endpoint(item: Annotated[Item, Form()], second: second): ...

    field, embed = body_of(endpoint)

    assert embed
    assert issubclass(field.type_, FormBody)
    assert [part.name for part in field.type_.parts] == ["item", "second"]


def test_model_as_json_text_in_a_form_is_a_field():
    """A text of JSON stands under the parameter's name, alone as well as beside others."""

    def endpoint(item: Annotated[Json[Item], Form()]): ...

    field, embed = body_of(endpoint)

    assert embed
    assert list(keys(field.type_)) == ["item"]
