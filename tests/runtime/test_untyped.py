import dataclasses
import json
import math
import sys
import uuid
from collections import OrderedDict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import PurePosixPath
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from straightway.encoders import ENCODERS_BY_TYPE, jsonable_encoder
from straightway.runtime.untyped import (
    fastest_writer,
    json_by_standard_library,
    strict_json,
    untyped_writer,
    without_nan,
)

Pair = namedtuple("Pair", "x y")  # noqa: PYI024  # without annotations, as many libraries have them


class Colour(Enum):
    """A plain enumeration."""

    red = "rouge"


class Name(StrEnum):
    """An enumeration of texts."""

    ada = "Ada"


class Level(IntEnum):
    """An enumeration of numbers."""

    high = 3


class Model(BaseModel):
    """A model with an alias and a secret."""

    n: int = Field(1, alias="N")
    at: datetime = datetime(2026, 11, 21, tzinfo=UTC)
    secret: SecretStr = SecretStr("s")


@dataclasses.dataclass
class Point:
    """A dataclass."""

    x: Decimal
    names: set[str]


class Keyed(dict):
    """A mapping of its own class."""


class Text(str):
    """A text of its own class."""

    __slots__ = ()


class Whole(int):
    """A whole number of its own class."""


class Real(float):
    """A number of its own class."""


class Ids(list):
    """A list that says itself what is in it."""

    def __iter__(self):
        """Give other items than a list would."""
        return iter([9, 9])


class Row(dict):
    """A mapping that says itself what is in it, as multidicts do."""

    def __getitem__(self, key):
        """Give another value than the items."""
        raise KeyError(key)

    def items(self):
        """Give one value of many."""
        return [(key, values[0]) for key, values in super().items()]


def moved():
    """Return a mapping whose order is not that of its insertions."""
    mapping = OrderedDict(a=1, b=2)
    mapping.move_to_end("a")
    return mapping


@pytest.fixture(scope="module", params=[json_by_standard_library, untyped_writer()], ids=["json", "orjson"])
def write(request):
    """Give each of the two writers."""
    return request.param


def test_standard_library_writes_where_orjson_is_missing(monkeypatch):
    """The two writers under test are two; without orjson the standard library's remains."""
    assert untyped_writer() is not json_by_standard_library

    monkeypatch.setitem(sys.modules, "orjson", None)

    assert fastest_writer.__wrapped__() is json_by_standard_library


def plainly(value):
    """Return what JSON a value is, the long way."""
    data = jsonable_encoder(value)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def is_written_plainly(number):
    """Tell whether Python writes a number without an exponent; the notations of exponents differ."""
    return "e" not in repr(number)


VALUES = [
    None,
    True,
    1,
    -0.0,
    123456789.125,
    0.1,
    10**40,
    'é\u2028😀\x00"\\/',
    [],
    {},
    [[]],
    {"a": {"b": [1, None]}},
    (1, 2),
    Pair(1, "y"),
    {1},
    frozenset({"a"}),
    deque([1, 2]),
    Decimal("1.10"),
    Decimal(3),
    Decimal("1E+2"),
    datetime(2026, 11, 21, 5, 4, 3, 2, tzinfo=UTC),
    date(2026, 11, 21),
    time(5, 4),
    timedelta(days=1, microseconds=5),
    uuid.UUID(int=7),
    PurePosixPath("/a/b"),
    b"bytes",
    Colour.red,
    Name.ada,
    Level.high,
    Text("text"),
    Keyed(a=1),
    OrderedDict(b=1, a=2),
    moved(),
    {"a": [moved()]},
    [Text("é"), Whole(3), Real(1.5), Keyed(a=Text("b"))],
    Row(a=[1, 2]),
    SimpleNamespace(a=1, b=[Colour.red]),
    Model(),
    Point(Decimal("1.5"), {"a"}),
    [Model(N=5), {"point": Point(Decimal(2), set())}],
    {0: "a", 2.5: "b", None: "c", True: "d"},
    {Colour.red: 1, Name.ada: 2, Level.high: 3},
    {Decimal("1.5"): 1},
    {uuid.UUID(int=1): {date(2026, 1, 1): 1}},
    {"_sa_instance_state": object, "a": 1},
    {"a": {"_sad": 1, "b_sa": 2}},
    {"a": '"_sa'},
    ['"_sa_x": 1', "_sa"],
    {"a": SimpleNamespace(_sa_instance_state=1, b=2)},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_untyped_json_is_what_the_encoder_says(write, value):
    """Bytes are those of `json.dumps` over `jsonable_encoder`, without spaces and in UTF-8."""
    assert write(value) == plainly(value)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False).filter(is_written_plainly)
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.dates()
        | st.uuids()
        | st.sampled_from([*Colour, *Name, *Level]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.tuples(inner)
            | st.dictionaries(
                st.sampled_from(["a", "_sa", "_sax", "b_sa", 1, 2.5, None, True, Colour.red, Name.ada])
                | st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
                inner,
                max_size=3,
            )
        ),
        max_leaves=6,
    )
)
def test_any_value_is_what_the_encoder_says(write, value):
    """No nesting of values and keys makes a difference."""
    assert write(value) == plainly(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_is_the_same_number(write, number):
    """Very small and very large numbers may be written otherwise, 1e-5 for 1e-05, and are read as what they were."""
    assert json.loads(write([number])) == [number]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_cannot_write_are_null(write, value):
    """NaN and infinities become null wherever they stand (RFC 8259 has no word for them)."""
    assert write(value) == b"null"
    assert write({"a": [value, 1.5], "b": (value,)}) == b'{"a":[null,1.5],"b":[null]}'
    assert without_nan({"a": (value, 1)}) == {"a": [None, 1]}


@pytest.mark.parametrize("other", [math.nan, {"_sa": 1}, {Colour.red: 1}], ids=["nan", "sqlalchemy", "key"])
def test_generator_is_read_once(write, other):
    """Items of a generator are all there, also when something beside it has to be written the long way."""
    value = [(number for number in (1, 2)), other]

    assert write(value).startswith(b"[[1,2],")


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(lambda inner: deque([inner]), id="deque"),
        pytest.param(lambda inner: Pair(1, inner), id="named tuple"),
        pytest.param(lambda inner: SimpleNamespace(rows=inner), id="attribute"),
    ],
)
@pytest.mark.parametrize("other", [math.nan, {"_sa": 1}, {1: 2}], ids=["nan", "sqlalchemy", "key"])
def test_generator_inside_of_another_object_is_read_once(write, around, other):
    """No items are lost where the generator is deep in what is written beside the odd value."""
    value = [around(number for number in (1, 2)), other]

    assert b"[1,2]" in write(value)


def test_iterator_of_pairs_is_read_once(write):
    """An iterator of keys and values is an object, also beside an odd value."""
    assert write([zip(["a"], [1], strict=True), math.nan]) == b'[{"a":1},null]'


def test_orjson_asks_containers_of_their_own_class_what_is_in_them():
    """A list that overrides its iteration is what it says, as for the encoder."""
    assert untyped_writer()({"ids": Ids([1])}) == b'{"ids":[9,9]}'


def test_replaced_encoder_of_uuids_counts(monkeypatch):
    """The encoder of UUIDs, which orjson has of its own, may be replaced like any other."""
    monkeypatch.setitem(ENCODERS_BY_TYPE, uuid.UUID, lambda each: each.hex)

    assert untyped_writer()([uuid.UUID(int=1)]) == b'["00000000000000000000000000000001"]'


def test_lone_surrogates_are_escaped(write):
    """What UTF-8 cannot hold is written as an escape; the rest of the document keeps its meaning."""
    value = {"a\ud800": ["é", "\udfff"]}

    content = write(value)

    assert rb"\ud800" in content
    assert json.loads(content) == value


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("number", "content"),
    [
        ("1E+3", b"1000"),
        ("1E+4299", b"1" + b"0" * 4299),
        ("1E+4300", b"null"),
        ("-1E+999999999", b"null"),
        ("1E-999999999", b"0.0"),
    ],
)
def test_decimals_of_a_billion_digits_are_not_written_out(write, number, content):
    """A few bytes in a query cannot make an answer of gigabytes, nor keep the server busy while it is made."""
    assert write(Decimal(number)) == content


@pytest.mark.parametrize("value", [object(), [{"a": object()}]], ids=["alone", "inside"])
def test_what_has_neither_items_nor_attributes_is_refused(write, value):
    """A value that nobody can write is an error of the endpoint, not an empty answer."""
    with pytest.raises(ValueError, match="object"):
        write(value)


def test_circle_is_an_error(write):
    """A list that holds itself ends in an error, not in a crash."""
    circle = []
    circle.append(circle)

    with pytest.raises(RecursionError):
        write(circle)


def test_strict_json_is_the_same_json():
    """What JSON can express is written as by the standard library, objects by the encoder."""
    value = {"detail": [{"loc": ("body", "é"), "ctx": {"ge": Decimal("1.5")}, "input": None}]}

    assert strict_json(value) == json_by_standard_library(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(float("nan"), id="not a number"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param({"_sa_instance_state": 1}, id="SQLAlchemy"),
    ],
)
def test_strict_json_leaves_the_rest_to_others(value):
    """Nothing is replaced or left out: the caller knows what to do."""
    with pytest.raises(ValueError):  # noqa: PT011  # the class is the contract
        strict_json(value)
