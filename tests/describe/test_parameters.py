"""Path, query, header and cookie parameters: names, order, schemas, and what is left out."""

# ruff: noqa: D101  # a docstring would be a description in the document

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, Json

from straightway import Cookie, Depends, Header, Path, Query, Straightway
from straightway.exceptions import StraightwayDeprecationWarning
from tests.describe.documents import assert_describes_itself


class Size(StrEnum):
    small = "s"
    large = "l"


class Page(BaseModel):
    limit: Annotated[int, Field(gt=0, description="How many", examples=[10])]
    offset: int = 0
    tags: list[str] = Field(default_factory=list)
    note: Annotated[str | None, Field(deprecated=True, title="A note")] = None
    size: Size = Query(Size.small, openapi_examples={"big": {"value": "l"}})


def test_parameters_of_the_whole_tree_by_location():
    """Parameters of an endpoint and its dependencies are listed by location: path, query, header, cookie."""
    app = Straightway(title="Locations")

    def paging(limit: int = 10, x_trace: Annotated[str | None, Header()] = None):
        return limit, x_trace

    def user(session: Annotated[str, Cookie()], pages=Depends(paging)):
        return session, pages

    @app.get("/shops/{shop}/pots/{pot:int}")
    def read(
        x_shop: Annotated[str, Header()],
        pot: int,
        colour: Annotated[list[str], Query(max_length=2)] = [],  # noqa: B006
        pages=Depends(paging),
        owner=Depends(user),
        *,
        shop: str,
    ): ...

    assert_describes_itself(app, "parameters_by_location")


def test_names_of_parameters():
    """A parameter is named by the first name a request may use; header names have hyphens unless they are given."""
    app = Straightway(title="Names")

    @app.get("/queries")
    def queries(
        plain_name: int,
        by_alias: Annotated[int, Query(alias="aliased-name")],
        by_validation: Annotated[int, Query(alias="ignored", validation_alias="validated")],
        by_choice: Annotated[int, Query(validation_alias=AliasChoices("first", "second"))],
        by_path: Annotated[int, Query(validation_alias=AliasPath("items", 0))],
        by_field: Annotated[int, Field(alias="from_field", title="Titled", description="Described")],
    ): ...

    @app.get("/headers")
    def headers(
        x_token: Annotated[str, Header()],
        given_name: Annotated[str, Header(alias="given_alias")],
        as_written: Annotated[str, Header(convert_underscores=False)],
        validated: Annotated[str, Header(validation_alias="validated_name")],
    ): ...

    @app.get("/paths/{number}")
    def paths(value: Annotated[int, Path(alias="unused", validation_alias=AliasChoices("id", "number"))]): ...

    assert_describes_itself(app, "parameter_names")


def test_schemas_of_parameters():
    """Constraints, defaults, examples and texts of a parameter are in its schema, texts and samples beside it too."""
    app = Straightway(title="Schemas")

    @app.get("/single")
    def single(
        constrained: Annotated[
            int, Query(ge=1, lt=9, multiple_of=2, title="T", description="D", examples=[4])
        ],
        sampled: Annotated[str, Query(openapi_examples={"one": {"value": "1", "summary": "S"}})],
        extended: Annotated[str, Query(json_schema_extra={"x-unit": "kg"}, pattern="^a", deprecated="use b")],
        parsed: Annotated[Json[list[int]], Query()],
        anything,
        anyhow: Any,
        raw: bytes,
        nullable: str | None,
        size: Size,
        chosen: Annotated[Size, Query(description="Which", title="Chosen")] = Size.large,
        maybe: Size | None = None,
        one_of: Literal["a", 1] = "a",
        *,
        made: Annotated[int, Query(default_factory=lambda: 3)],
    ): ...

    @app.get("/several")
    def several(
        sizes: Annotated[list[Size], Query()],
        unique: Annotated[set[int], Query()] = {1},  # noqa: B006
        pair: Annotated[tuple[int, str], Query()] = (1, "a"),
        headers: Annotated[list[str] | None, Header()] = None,
        mapping: Annotated[dict[str, int], Header()] = {},  # noqa: B006
    ): ...

    assert_describes_itself(app, "parameter_schemas")


def test_a_single_example_stands_beside_the_schema():
    """The former `example` is OpenAPI's `example` of the parameter, and warns."""
    app = Straightway(title="Example")

    with pytest.warns(StraightwayDeprecationWarning):
        marker = Query(example="one")

    @app.get("/")
    def read(value: Annotated[str, marker]): ...

    assert_describes_itself(app, "parameter_example")


def test_models_of_parameters_are_spread_in_place():
    """A model's fields are parameters of their own, between those that stand before and after it."""
    app = Straightway(title="Models")

    class Tracing(BaseModel):
        trace_id: str
        as_written: str = Header("", convert_underscores=False)
        named: Annotated[str, Field(alias="X_Named")] = ""
        first_of: Annotated[str, Field(validation_alias=AliasChoices("first_of", "X-Second"))] = ""

    class ByName(BaseModel):
        model_config = ConfigDict(validate_by_alias=False)
        shop_id: Annotated[int, Field(alias="shop")]

    class Taste(BaseModel):
        colour: str = "red"

    @app.get("/spread")
    def spread(
        before: int,
        page: Annotated[Page, Query()],
        after: int,
        tracing: Annotated[Tracing, Header()],
        by_name: Annotated[ByName, Header()],
        taste: Annotated[Taste, Cookie()],
    ): ...

    @app.get("/unconverted")
    def unconverted(tracing: Annotated[Tracing, Header(convert_underscores=False)]): ...

    assert_describes_itself(app, "parameter_models")


def test_a_parameter_model_with_a_default_requires_nothing():
    """`Model | None` with a default may be left out; without one, and for a plain model, its fields are required."""
    app = Straightway(title="Optional models")

    @app.get("/optional")
    def optional(page: Annotated[Page | None, Query()] = None): ...

    @app.get("/nullable")
    def nullable(page: Annotated[Page | None, Query()]): ...

    @app.get("/defaulted")
    def defaulted(page: Annotated[Page, Query()] = Page(limit=1)): ...

    assert_describes_itself(app, "optional_parameter_models")


def test_parameters_of_one_name():
    """Of several parameters of one location and name the last is described, but an optional never hides a required."""
    app = Straightway(title="Namesakes")

    def required(token: int): ...

    def optional(token: str | None = None): ...

    @app.get("/required-first")
    def required_first(a: int, b=Depends(required), c=Depends(optional)): ...

    @app.get("/optional-first")
    def optional_first(a: int, b=Depends(optional), c=Depends(required)): ...

    @app.get("/both-optional")
    def both_optional(
        a: Annotated[int, Query(alias="token")] = 1,
        b: Annotated[str, Query(alias="token")] = "",
        c: Annotated[str, Cookie(alias="token")] = "",
    ): ...

    assert_describes_itself(app, "parameters_of_one_name")


def test_hidden_parameters():
    """`include_in_schema=False` hides a parameter, or all of a model's, and leaves the validation error described."""
    app = Straightway(title="Hidden")

    @app.get("/")
    def read(
        page: Annotated[Page, Query(include_in_schema=False)],
        secret: Annotated[int, Header(include_in_schema=False)] = 0,
    ): ...

    assert_describes_itself(app, "hidden_parameters")


def test_parameters_in_the_path_are_always_required():
    """A default cannot make a part of the path optional (OpenAPI 3.1, section 4.8.12.2)."""
    app = Straightway(title="Path")

    @app.get("/")
    @app.get("/{number}")
    def read(number: Annotated[int, Field(default_factory=lambda: 3)]): ...

    assert_describes_itself(app, "path_parameters")
