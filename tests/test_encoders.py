import dataclasses
import ipaddress
import json
import math
import re
import uuid
import warnings
from collections import OrderedDict, UserDict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path, PureWindowsPath

import pytest
from pydantic import AnyUrl, BaseModel, Field, NameEmail, RootModel, SecretBytes, SecretStr
from pydantic_core import PydanticUndefined, Url

from straightway.encoders import (
    ENCODERS_BY_TYPE,
    decimal_encoder,
    encoders_by_class_tuples,
    generate_encoders_by_class_tuples,
    jsonable_encoder,
)
from straightway.errors import PydanticV1NotSupportedError


class Item(BaseModel):
    """A model with an alias, a default and room for anything."""

    name: str = Field("n", alias="Name")
    price: float | None = None
    extra: dict = {}


@dataclasses.dataclass
class Point:
    """A dataclass."""

    x: int
    y: Decimal | None = None


class Plain:
    """An object with attributes, one of them of the kind SQLAlchemy sets."""

    def __init__(self):
        self.a = Decimal(1)
        self.b = None
        self._sa_state = object()


class Slotted:
    """An object without a dictionary of attributes."""

    __slots__ = ("a",)


class Keyed:
    """An object that is a mapping by its behaviour only."""

    def keys(self):
        """Return the only key."""
        return ["a"]

    def __getitem__(self, key):
        return Decimal(1)


class Text(str):
    """Text that is not exactly of the class str."""

    __slots__ = ()


class Colour(str, Enum):  # noqa: UP042  # the way most applications write it
    """An enumeration of text."""

    red = "r"


class Level(IntEnum):
    """An enumeration of numbers."""

    low = 1


Pair = namedtuple("Pair", "a b")  # noqa: PYI024  # both kinds of named tuples are tuples


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (1, 1),
        (1.5, 1.5),
        (True, True),
        (None, None),
        (PydanticUndefined, None),
        (Colour.red, "r"),
        (Level.low, 1),
        (Path("/a/b"), "/a/b"),
        (PureWindowsPath("a", "b"), "a\\b"),
        (b"bytes", "bytes"),
        (date(2020, 1, 2), "2020-01-02"),
        (datetime(2020, 1, 2, tzinfo=UTC), "2020-01-02T00:00:00+00:00"),
        (time(1, 2), "01:02:00"),
        (timedelta(seconds=90), 90.0),
        (Decimal("1.10"), 1.1),
        (Decimal("1E+2"), 100),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (ipaddress.ip_address("1.2.3.4"), "1.2.3.4"),
        (ipaddress.ip_network("::/8"), "::/8"),
        (re.compile("a+"), "a+"),
        (SecretStr("x"), "**********"),
        (SecretBytes(b"x"), "b'**********'"),
        (AnyUrl("http://a.b"), "http://a.b/"),
        (Url("http://a.b"), "http://a.b/"),
        (NameEmail("A", "a@b.c"), "A <a@b.c>"),
        ([1, (2, {3})], [1, [2, [3]]]),
        (deque([Decimal(1)]), [1]),
        ((n for n in (1, 2)), [1, 2]),
        (frozenset({1}), [1]),
        (Pair(1, 2), [1, 2]),
        ({"a": Decimal(1)}, {"a": 1}),
        ({Colour.red: 1, Path("/"): 2}, {"r": 1, "/": 2}),
        (OrderedDict(a=1), {"a": 1}),
        (UserDict(a=1), {"a": 1}),
        (Item(Name="x"), {"Name": "x", "price": None, "extra": {}}),
        (RootModel[list[int]]([1]), [1]),
        (Point(1, Decimal("0.5")), {"x": 1, "y": 0.5}),
        (Plain(), {"a": 1, "b": None}),
        (Keyed(), {"a": 1}),
        (Exception("x"), {}),
        (lambda: None, {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_becomes(value, expected):
    """Each kind of object has its form in JSON, and the result is JSON."""
    encoded = jsonable_encoder(value)

    assert encoded == expected
    assert type(encoded) is type(expected)
    json.dumps(encoded)


def test_subclass_of_text_is_returned_unchanged():
    """Text, numbers and their subclasses are JSON already."""
    text = Text("x")

    assert jsonable_encoder(text) is text


def test_not_a_number_is_returned_unchanged():
    """Whether it may be sent is for the JSON encoder to say."""
    assert math.isnan(jsonable_encoder(float("nan")))
    assert math.isnan(jsonable_encoder(Decimal("NaN")))
    assert math.isinf(decimal_encoder(Decimal("-Infinity")))


@pytest.mark.parametrize(
    "value", [object(), Slotted(), range(3), memoryview(b"x"), map(str, [1])], ids=lambda v: type(v).__name__
)
def test_object_without_items_and_attributes_is_refused(value):
    """The error holds both reasons: why it is no mapping and why it has no attributes."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is a list of exceptions
        jsonable_encoder(value)

    assert len(caught.value.args[0]) == 2


@pytest.mark.parametrize("key", [(1, 2), [Decimal(1)]], ids=["tuple", "list"])
def test_key_that_becomes_a_list_is_refused(key):
    """JSON has no such keys."""
    with pytest.raises(TypeError, match="unhashable"):
        jsonable_encoder({tuple(key): 1})


@pytest.mark.parametrize(
    "value",
    [Item(Name="x", price=2), Point(2), {"Name": 1, "price": 2, "x": 3}],
    ids=["model", "dataclass", "dict"],
)
@pytest.mark.parametrize("selection", [set(), [], {}], ids=["set", "list", "dict"])
def test_empty_selection(value, selection):
    """Nothing included leaves nothing, nothing excluded leaves everything."""
    assert jsonable_encoder(value, include=selection) == {}
    assert jsonable_encoder(value, exclude=selection) == jsonable_encoder(value)


def test_include_and_exclude_name_the_outermost_keys():
    """Inner objects are whole."""
    value = {"a": {"a": 1, "b": 2}, "b": 3}

    assert jsonable_encoder(value, include={"a"}) == {"a": {"a": 1, "b": 2}}
    assert jsonable_encoder(value, exclude=["a"]) == {"b": 3}


def test_include_and_exclude_hold_for_each_item_of_a_list():
    """A list is not a level of its own."""
    assert jsonable_encoder([{"a": 1, "b": 2}], include={"a"}) == [{"a": 1}]
    assert jsonable_encoder([Item(Name="x", price=1)], exclude={"extra"}) == [{"Name": "x", "price": 1.0}]


def test_nested_selection_reaches_into_models():
    """Pydantic's nested form works where Pydantic does the work."""
    item = Item(extra={"a": 1, "b": 2})

    assert jsonable_encoder(item, include={"extra": {"a"}}) == {"extra": {"a": 1}}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"by_alias": False}, {"name": "n", "price": None, "extra": {"k": None}}),
        ({"exclude_unset": True}, {"price": None, "extra": {"k": None}}),
        ({"exclude_defaults": True}, {"extra": {"k": None}}),
        ({"exclude_none": True}, {"Name": "n", "extra": {}}),
    ],
    ids=lambda value: next(iter(value)),
)
@pytest.mark.parametrize("wrap", [lambda item: item, lambda item: [item], lambda item: {"in": item}])
def test_options_hold_for_models_at_any_depth(options, expected, wrap):
    """Models in lists and dicts are dumped like outermost ones."""
    item = Item(price=None, extra={"k": None})

    assert jsonable_encoder(wrap(item), **options) == wrap(expected)


def test_exclude_none_holds_for_dicts_and_dataclasses():
    """Of the options for models, only this one concerns everything that has keys."""
    assert jsonable_encoder({"a": None, "b": {"c": None}}, exclude_none=True) == {"b": {}}
    assert jsonable_encoder(Point(1), exclude_none=True) == {"x": 1}
    assert jsonable_encoder([None], exclude_none=True) == [None]


def test_keys_of_sqlalchemy_are_dropped():
    """SQLAlchemy keeps its state in attributes that cannot be encoded."""
    assert jsonable_encoder({"_sa_state": 1, "a": 2}) == {"a": 2}
    assert jsonable_encoder(Item(extra={"_sa_state": 1}))["extra"] == {}
    assert jsonable_encoder({"_sa_state": 1}, sqlalchemy_safe=False) == {"_sa_state": 1}


def test_custom_encoder_takes_precedence():
    """It is found by exact class, then by base class, at any depth."""
    custom = {datetime: lambda moment: moment.year, date: lambda day: day.month, int: str}

    assert jsonable_encoder([datetime(2020, 5, 1, tzinfo=UTC), date(2020, 5, 1), 3], custom_encoder=custom) == [
        2020, 5, "3",
    ]  # fmt: skip
    assert jsonable_encoder(Item(), custom_encoder={BaseModel: lambda _model: "model"}) == "model"
    assert jsonable_encoder({"a": Point(1)}, custom_encoder={Point: repr}) == {"a": "Point(x=1, y=None)"}


def test_custom_encoder_does_not_reach_into_models():
    """What is in a model is dumped by Pydantic."""
    assert jsonable_encoder(Item(price=1), custom_encoder={float: str})["price"] == 1.0


def test_encoders_by_type_can_be_extended():
    """A class added at run time is recognised, its subclasses are not."""

    class Money:
        def __init__(self):
            self.cents = 5

    class Tip(Money): ...

    ENCODERS_BY_TYPE[Money] = lambda money: f"{money.cents} cents"
    try:
        assert jsonable_encoder([Money(), Tip()]) == ["5 cents", {"cents": 5}]
    finally:
        del ENCODERS_BY_TYPE[Money]


def test_subclasses_are_found_by_the_table_of_classes():
    """The table groups the classes of each encoder."""

    class Moment(datetime): ...

    assert jsonable_encoder(Moment(2020, 1, 2)) == "2020-01-02T00:00:00"
    assert encoders_by_class_tuples == generate_encoders_by_class_tuples(ENCODERS_BY_TYPE)
    assert generate_encoders_by_class_tuples({int: str, float: str, bytes: repr}) == {
        str: (int, float), repr: (bytes,),
    }  # fmt: skip


@pytest.mark.parametrize("module", ["pydantic.color", "pydantic_extra_types.color"])
def test_colours_become_their_names(module):
    """Both classes are known, the deprecated one and its successor."""
    classes = pytest.importorskip(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        colour = classes.Color("blue")

    assert jsonable_encoder(colour) == "blue"


def test_models_of_pydantic_1_are_refused():
    """The error names the model that has to be changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # warned of on Python 3.14, where it does not work
        from pydantic import v1

    class Old(v1.BaseModel):
        name: str

    with pytest.raises(PydanticV1NotSupportedError, match=r"Old\(name='x'\)"):
        jsonable_encoder({"a": Old(name="x")})
