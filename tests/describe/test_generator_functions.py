"""The parts of the generator that applications and packages call on their own."""

# ruff: noqa: D101  # the models say nothing but their fields

import dataclasses
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from straightway import Body, Depends, Form, Header, Query, Security, Straightway
from straightway.analyse.bodies import body_field, get_body_field, should_embed_body_fields
from straightway.analyse.dependant import body_params_of
from straightway.analyse.graph import get_dependant
from straightway.describe.requirements import get_flat_params
from straightway.describe.schemas import (
    get_definitions,
    get_flat_models_from_fields,
    get_model_name_map,
    get_schema_from_model_field,
)
from straightway.exceptions import StraightwayDeprecationWarning
from straightway.fields import ModelField
from straightway.openapi import utils
from straightway.security import OAuth2PasswordBearer

SCHEME = OAuth2PasswordBearer("token")


class Size(Enum):
    small = 1


class Pot(BaseModel):
    size: Size = Size.small


@dataclasses.dataclass
class Shelf:
    pots: list[Pot]


def _user(limit: int, token=Security(SCHEME, scopes=["me"])): ...


def _endpoint(pot: Pot, x_trace: Annotated[str, Header()], order: str = "", user=Depends(_user)) -> Shelf: ...


@pytest.fixture
def route() -> Any:
    """Return a route with a body, parameters of two locations, a security scheme and a response model."""
    app = Straightway()
    app.post("/pots")(_endpoint)
    return app.routes[-1]


def test_path_of_one_route(route):
    """A route's path item comes with the schemes and schemas that it needs beside those of the fields."""
    mapping, _ = get_definitions(fields=utils.get_fields_from_routes([route]), model_name_map={})
    ids: set[str] = set()

    item, schemes, schemas = utils.get_openapi_path(
        route=route, operation_ids=ids, model_name_map={}, field_mapping=mapping
    )

    assert list(item) == ["post"]
    assert item["post"]["security"] == [{"OAuth2PasswordBearer": ["me"]}]
    assert schemes == {
        "OAuth2PasswordBearer": {"type": "oauth2", "flows": {"password": {"scopes": {}, "tokenUrl": "token"}}}
    }
    assert schemas == {
        "ValidationError": utils.validation_error_definition,
        "HTTPValidationError": utils.validation_error_response_definition,
    }
    assert ids == {"_endpoint_pots_post"}


def test_path_of_a_route_that_is_left_out(route):
    """A route with `include_in_schema=False` has an empty path item."""
    route.include_in_schema = False

    assert utils.get_openapi_path(route=route, operation_ids=set(), field_mapping={}) == ({}, {}, {})


def test_fields_of_routes(route):
    """The document is made of the fields of body, response and parameters, in which direction each is used."""
    fields = utils.get_fields_from_routes([route, object()])

    assert [(field.name, field.mode) for field in fields] == [
        ("pot", "validation"),
        ("Response__endpoint_pots_post", "serialization"),
        ("order", "validation"),
        ("limit", "validation"),
        ("x_trace", "validation"),
    ]


def test_body_of_one_route(route):
    """The request body is made from the body field alone; there is none without one."""
    mapping, _ = get_definitions(fields=[route.body_field])

    assert utils.get_openapi_operation_request_body(
        body_field=route.body_field, model_name_map={}, field_mapping=mapping
    ) == {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pot"}}}, "required": True}
    assert utils.get_openapi_operation_request_body(body_field=None, field_mapping={}) is None


def test_parameters_of_a_dependency():
    """A package can list the parameters of a callable that is no endpoint."""
    dependant = get_dependant(path="/", call=_user)
    data = utils._get_openapi_dependency_data(dependant)
    mapping, _ = get_definitions(fields=get_flat_params(dependant))

    parameters = utils._get_openapi_operation_parameters(
        dependency_data=data, model_name_map={}, field_mapping=mapping
    )

    assert parameters == [
        {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer", "title": "Limit"}}
    ]
    assert [scopes for _, scopes in data.security_dependencies] == [["me"]]


def test_names_of_an_operation(route):
    """Summary and metadata can be had alone; the function for operation ids warns, because nothing uses it."""
    assert utils.generate_operation_summary(route=route, method="POST") == " Endpoint"
    assert utils.get_openapi_operation_metadata(route=route, method="POST", operation_ids=set()) == {
        "summary": " Endpoint",
        "operationId": "_endpoint_pots_post",
    }
    with pytest.warns(StraightwayDeprecationWarning, match="unique_id"):
        assert utils.generate_operation_id(route=route, method="POST") == "_endpoint_pots_post"


def test_document_of_chosen_routes(route):
    """`get_openapi` describes the routes it is given, whatever application they belong to."""
    document = utils.get_openapi(title="Chosen", version="1", routes=[route])

    assert list(document["paths"]) == ["/pots"]
    assert set(document["components"]["schemas"]) == {
        "HTTPValidationError",
        "Pot",
        "Shelf",
        "Size",
        "ValidationError",
    }


def test_models_in_the_types_of_fields():
    """Models, dataclasses and enumerations are found at any depth, and named apart where their names clash."""
    other = type("Pot", (BaseModel,), {"__module__": "shop.parts"})
    field = ModelField(field_info=FieldInfo(annotation=dict[str, list[Shelf | None]]), name="shelves")

    models = get_flat_models_from_fields([field], known_models=set())
    names = get_model_name_map({*models, other})

    assert models == {Shelf, Pot, Size}
    assert names == {
        Shelf: "Shelf",
        Size: "Size",
        Pot: "tests__describe__test_generator_functions__Pot",
        other: "shop__parts__Pot",
    }


def test_schema_of_one_field():
    """A field's schema has a title made from its name, unless it is a reference."""
    plain = ModelField(field_info=FieldInfo(annotation=int), name="how_many")
    model = ModelField(field_info=FieldInfo(annotation=Pot), name="pot")
    mapping, definitions = get_definitions(fields=[plain, model], model_name_map={})

    assert get_schema_from_model_field(field=plain, model_name_map={}, field_mapping=mapping) == {
        "type": "integer",
        "title": "How Many",
    }
    assert get_schema_from_model_field(field=model, model_name_map={}, field_mapping=mapping) == {
        "$ref": "#/components/schemas/Pot"
    }
    assert set(definitions) == {"Pot", "Size"}


def _no_body(limit: int): ...
def _one_model(pot: Pot): ...
def _embedded(pot: Annotated[Pot, Body(embed=True)]): ...
def _two(pot: Pot, count: Annotated[int, Body()] = 1): ...
def _one_field(name: Annotated[str, Form()]): ...
def _one_form(pot: Annotated[Pot, Form()]): ...
def _optional_form(pot: Annotated[Pot | None, Form(media_type="multipart/form-data")] = None): ...
def _same_name(pot: Pot, again=Depends(_one_model)): ...


@pytest.mark.parametrize(
    ("endpoint", "embed", "name", "required", "media_type"),
    [
        (_one_model, False, "pot", True, "application/json"),
        (_embedded, True, "body", True, "application/json"),
        (_two, True, "body", True, "application/json"),
        (_one_field, True, "body", True, "application/x-www-form-urlencoded"),
        (_one_form, False, "pot", True, "application/x-www-form-urlencoded"),
        (_optional_form, False, "pot", False, "multipart/form-data"),
        (_same_name, False, "pot", True, "application/json"),
    ],
)
def test_body_field_of_an_endpoint(
    endpoint: Callable[..., Any], embed: bool, name: str, required: bool, media_type: str
):
    """One field stands for the body: the only parameter, or an object that embeds the parameters."""
    dependant = get_dependant(path="/", call=endpoint)
    fields = body_params_of(dependant)

    found = body_field(dependant, name="unique", embed=should_embed_body_fields(fields))

    assert should_embed_body_fields(fields) is embed
    assert found is not None
    assert (found.name, found.required) == (name, required)
    assert getattr(found.field_info, "media_type", None) == media_type
    assert get_body_field(body_params=fields, name="unique", embed_body_fields=embed) is not None


def test_an_endpoint_without_body_parameters():
    """There is no body field without body parameters, and nothing to embed."""
    dependant = get_dependant(path="/", call=_no_body)

    assert body_field(dependant, name="unique", embed=False) is None
    assert should_embed_body_fields([]) is False


def test_a_parameter_of_a_shared_dependency_is_listed_once():
    """A dependency that is called once is described once; with other scopes it is another call."""

    def page(limit: Annotated[int, Query()]): ...

    def endpoint(
        one=Depends(page), two=Depends(page, use_cache=False), three=Security(page, scopes=["other"])
    ): ...

    fields = get_flat_params(get_dependant(path="/", call=endpoint))

    assert [field.name for field in fields] == ["limit", "limit"]
