"""A type with its validator: which types may be validated straight from JSON text."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    RootModel,
    TypeAdapter,
    model_validator,
)
from pydantic_core import CoreSchema, ValidationError, from_json

from straightway import Body
from straightway.fields import ModelField, create_model_field, validates_json_alike


class Colour(Enum):
    """An enumeration with values of two kinds."""

    red = "red"
    one = 1


class Line(BaseModel):
    """A model with aliases, constraints and itself in it."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)
    name: Annotated[str, Field(alias="Name", min_length=1)]
    count: int = 1
    parts: list["Line"] = []
    notes: dict[str, Any] = {}


class StrictLine(BaseModel):
    """A model that takes no value for another."""

    model_config = ConfigDict(strict=True)
    on: date


class Checked(BaseModel):
    """A model with a validator in Python."""

    name: Annotated[str, AfterValidator(str.upper)]


class Recursive(BaseModel):
    """A model with definitions in its schema."""

    line: Line
    others: list["Recursive"] = []


class Open(BaseModel):
    """A model with settings for its own fields."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)
    Name: str
    later: Any = None


class Upright(BaseModel):
    """A model with a validator of the whole."""

    name: str = "n"

    @model_validator(mode="after")
    def is_upright(self) -> "Upright":
        """Refuse one name."""
        if self.name == "bad":
            raise ValueError("bad name")
        return self


class Numbers(RootModel[list[int]]):
    """A model without fields."""


class Hidden(BaseModel):
    """A model whose settings say how its errors are shown."""

    model_config = ConfigDict(hide_input_in_errors=True)
    name: str


class Infinite(BaseModel):
    """A model whose settings say how its values are written."""

    model_config = ConfigDict(ser_json_inf_nan="constants")
    value: Any


class Peculiar(BaseModel):
    """A model that makes its own schema."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)


LONE = [Open, Checked, Recursive, Upright, Numbers]

ALIKE = [
    str,
    int,
    float,
    bool,
    None,
    Any,
    int | None,
    list[int],
    dict[str, int],
    dict[int, float],
    date,
    datetime,
    time,
    UUID,
    Colour,
    Literal["red", 1, True],
    Line,
    list[Line],
    Line | None,
]
DIFFERENT = [
    date | str,
    Decimal,
    timedelta,
    StrictLine,
    Checked,
    Annotated[int, Field(strict=True)],
    list[date | str],
]

TEXTS = [
    *map(
        json.dumps,
        [
            None,
            True,
            False,
            0,
            1,
            -1,
            1.0,
            1.5,
            1e30,
            2**63,
            10**40,
            1577836800,
            1577836800.5,
            "",
            "a",
            "1",
            "1.0",
            "red",
        ],
    ),
    *map(
        json.dumps,
        [
            "true",
            "2020-01-01",
            "2020-01-01T00:00:00Z",
            "12:00",
            "PT1S",
            " 1 ",
            "\u0661",
            "nan",
            str(UUID(int=5)),
        ],
    ),
    *map(
        json.dumps,
        [
            [],
            [1],
            ["1", 2.0],
            {},
            {"a": 1},
            {"1": "2"},
            {"Name": "n"},
            {"name": "n", "count": "3", "x": [None]},
        ],
    ),
    *map(
        json.dumps,
        [
            {"Name": "", "name": "n"},
            {"Name": "n", "parts": [{"Name": "m", "notes": {"k": {}}}]},
            [{"Name": "n"}],
        ],
    ),
    '{"Name": "a", "Name": "b"}',
    "NaN",
    "-Infinity",
    "1e400",
    "-0",
    "0.1",
]


def outcomes(field: ModelField) -> Iterator[tuple[str, object, object]]:
    """Yield each text with what it gives when it is validated as text, and when it is parsed first."""
    validator = field.type_adapter.validator
    for text in TEXTS:
        straight = partial(validator.validate_json, text)
        parsed = partial(validator.validate_python, from_json(text), from_attributes=True)
        yield text, outcome(straight), outcome(parsed)


def outcome(validate) -> object:
    """Return the value with its type, or that there is none."""
    try:
        value = validate()
    except ValidationError:
        return "invalid"
    return type(value), repr(value), getattr(value, "model_fields_set", None)


@pytest.mark.parametrize("type_", ALIKE, ids=str)
def test_types_that_json_does_not_change_are_validated_from_its_text(type_):
    """For these, text and parsed value give the same result for every kind of JSON value."""
    field = create_model_field("value", type_)

    assert validates_json_alike(field)
    assert [text for text, straight, parsed in outcomes(field) if straight != parsed] == []


@pytest.mark.parametrize("type_", DIFFERENT, ids=str)
def test_types_that_json_may_change_are_not(type_):
    """A strict type, a union, a decimal, a time span and a validator in Python see the parsed value, as in FastAPI."""
    assert not validates_json_alike(create_model_field("value", type_))


def test_the_difference_is_real():
    """A date in a union is a text when it was parsed first, and a date when it was not."""
    field = create_model_field("value", date | str)

    assert '"2020-01-01"' in [text for text, straight, parsed in outcomes(field) if straight != parsed]


VALUES: list[Any] = [
    None,
    {},
    {"Name": "n", "more": 1},
    {"name": "bad"},
    {"name": 3},
    {"line": {"Name": "n"}, "others": [{"line": {"Name": ""}}]},
    {"line": {"Name": "n"}, "others": [{"line": {"Name": "m", "notes": {"k": 1}}}]},
    [1, "2"],
    ["x"],
]


def validated(validator: Any, value: object) -> object:
    """Return the value, or its errors; what they are of as a whole is not asked, which is the model in any case."""
    try:
        found = validator.validate_python(value, from_attributes=True)
    except ValidationError as error:
        return repr(error.errors())
    return found


@pytest.mark.parametrize("model", LONE)
def test_a_lone_model_is_validated_by_itself_as_an_adapter_would(model):
    """Values, errors, output and schemas are the same, and nothing was built for them."""
    info = Body()
    info.annotation = model
    field = create_model_field("thing", model, field_info=info)
    adapter = TypeAdapter(Annotated[model, Body()])
    assert field.validator is model.__pydantic_validator__
    assert field.serializer is model.__pydantic_serializer__
    for value in VALUES:
        found = validated(field.validator, value)
        assert found == validated(adapter.validator, value)
        if isinstance(found, model):
            assert field.serialize_json(found) == adapter.dump_json(found, by_alias=True)
            assert field.serialize(found) == adapter.dump_python(found, mode="json", by_alias=True)
    assert field.core_schema == adapter.core_schema
    assert field.type_adapter.json_schema() == adapter.json_schema()


@pytest.mark.parametrize(
    ("type_", "info"),
    [
        (Line, Body(default=None)),
        (Line, Body(strict=True)),
        (Line | None, Body()),
        (list[Line], Body()),
        (Line, Body()),
        (Hidden, Body()),
        (Infinite, Body()),
        (Peculiar, Body()),
    ],
)
def test_what_adds_something_to_a_model_has_an_adapter(type_, info):
    """A default, a constraint, another type around it, or settings of the model that reach further than its fields."""
    info.annotation = type_
    field = create_model_field("thing", type_, field_info=info)
    assert field.validator is field.type_adapter.validator
    assert field.serializer is field.type_adapter.serializer


def test_what_is_said_about_a_lone_model_is_in_its_schema():
    """The description of a parameter is not the model's own."""
    info = Body(description="the thing")
    info.annotation = Checked
    field = create_model_field("thing", Checked, field_info=info)
    assert field.validator is Checked.__pydantic_validator__
    assert "the thing" in repr(field.core_schema)
