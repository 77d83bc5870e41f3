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
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import ValidationError, from_json

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
