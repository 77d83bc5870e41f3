import dataclasses
import json
import math
import uuid
from collections import OrderedDict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr
from pydantic_core import PydanticSerializationError
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse

from straightway import Response, Straightway
from straightway.encoders import jsonable_encoder
from straightway.fields import create_model_field
from straightway.plan import Answer
from straightway.responses import RedirectResponse
from straightway.runtime.answering import (
    class_reply,
    injected_response,
    json_reply,
    returned,
    strict_json,
    typed_json,
    untyped_json,
    without_nan,
)
from straightway.testclient import TestClient

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


class Texts(BaseModel):
    """A model of texts."""

    text: Any
    at: datetime = datetime(2026, 11, 21, tzinfo=UTC)


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


def plainly(value):
    """Return what JSON a value is, the long way."""
    data = jsonable_encoder(value)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


VALUES = [
    None,
    True,
    1,
    -0.0,
    1e100,
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
def test_untyped_json_is_what_the_encoder_says(value):
    """Bytes are those of `json.dumps` over `jsonable_encoder`, without spaces and in UTF-8."""
    assert untyped_json(value) == plainly(value)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
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
def test_any_value_is_what_the_encoder_says(value):
    """No nesting of values and keys makes a difference."""
    assert untyped_json(value) == plainly(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_cannot_write_are_null(value):
    """NaN and infinities become null wherever they stand (RFC 8259 has no word for them)."""
    assert untyped_json(value) == b"null"
    assert untyped_json({"a": [value, 1.5], "b": (value,)}) == b'{"a":[null,1.5],"b":[null]}'
    assert without_nan({"a": (value, 1)}) == {"a": [None, 1]}


@pytest.mark.parametrize("other", [math.nan, {"_sa": 1}, {Colour.red: 1}], ids=["nan", "sqlalchemy", "key"])
def test_generator_is_read_once(other):
    """Items of a generator are all there, also when something beside it has to be written the long way."""
    value = [(number for number in (1, 2)), other]

    assert untyped_json(value).startswith(b"[[1,2],")


def test_lone_surrogates_are_escaped():
    """What UTF-8 cannot hold is written as an escape; the rest of the document keeps its meaning."""
    value = {"a\ud800": ["é", "\udfff"]}

    content = untyped_json(value)

    assert rb"\ud800" in content
    assert json.loads(content) == value


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (str, "\udfff"),
        (Any, {"a": ["é", "\udfff", math.nan]}),
        (dict[str, Any], {"a": "\udfff"}),
        (list[Texts], [Texts(text="\udfff")]),
    ],
    ids=str,
)
def test_lone_surrogates_of_a_model_are_escaped(annotation, value):
    """The same holds for an answer with a model; names are those of the model, and numbers stay what they were."""
    field = create_model_field("answer", annotation, mode="serialization")
    write = typed_json(Answer("value", field=field))

    content = write(value)

    assert rb"\udfff" in content
    assert content == write_plainly(field, value)


def write_plainly(field, value):
    """Return what JSON a value of a field is, the long way."""
    data = without_nan(field.serialize(value))
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True).encode()


@pytest.mark.parametrize(("annotation", "value"), [(Any, object()), (bytes, b"\xff"), (Any, {"a": b"\xff"})])
def test_what_a_model_cannot_write_is_refused(annotation, value):
    """Bytes that are no text, and objects that nobody knows, are errors of the endpoint."""
    write = typed_json(Answer("value", field=create_model_field("answer", annotation, mode="serialization")))

    with pytest.raises((PydanticSerializationError, UnicodeDecodeError)):
        write(value)


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
def test_decimals_of_a_billion_digits_are_not_written_out(number, content):
    """A few bytes in a query cannot make an answer of gigabytes, nor keep the server busy while it is made."""
    assert untyped_json(Decimal(number)) == content


@pytest.mark.parametrize("value", [object(), [{"a": object()}]], ids=["alone", "inside"])
def test_what_has_neither_items_nor_attributes_is_refused(value):
    """A value that nobody can write is an error of the endpoint, not an empty answer."""
    with pytest.raises(ValueError, match="object"):
        untyped_json(value)


def test_circle_is_an_error():
    """A list that holds itself ends in an error, not in a crash."""
    circle = []
    circle.append(circle)

    with pytest.raises(RecursionError):
        untyped_json(circle)


def test_injected_response_says_nothing_yet():
    """It has no status and no length until somebody sets one."""
    injected = injected_response()

    assert (injected.status_code, injected.raw_headers) == (None, [])


@pytest.mark.parametrize(
    ("own", "declared", "expected"), [(None, None, 200), (None, 201, 201), (202, 201, 202), (202, None, 202)]
)
def test_status_of_the_injected_response_wins(own, declared, expected):
    """The status that was set while the request was served counts more than the declared one."""
    injected = injected_response()
    injected.status_code = own

    assert json_reply(b"1", declared, injected, None).status_code == expected
    assert class_reply(PlainTextResponse, "1", declared, injected, None).status_code == expected


def test_class_keeps_its_own_status():
    """A response class that has a status of its own is not overruled by a default."""
    assert class_reply(RedirectResponse, "/there", None, None, None).status_code == 307
    assert class_reply(RedirectResponse, "/there", 303, None, None).status_code == 303


def test_headers_of_the_injected_response_are_added():
    """Headers and cookies set on the injected response come after the answer's own, repeated ones too."""
    injected = injected_response()
    injected.headers["x-a"] = "1"
    injected.set_cookie("c", "1")
    injected.set_cookie("d", "2")

    reply = json_reply(b"null", None, injected, None)

    assert [name for name, _ in reply.raw_headers] == [
        b"content-length",
        b"content-type",
        b"x-a",
        b"set-cookie",
        b"set-cookie",
    ]


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("content", [None, {"a": 1}], ids=["nothing", "content"])
def test_bodiless_status_declared(status, content):
    """A status that has no body is sent without one, whatever was returned (RFC 9110, section 6.4.1)."""
    app = Straightway()
    app.get("/", status_code=status, response_model=None)(lambda: content)

    response = TestClient(app).get("/")

    assert (response.status_code, response.content) == (status, b"")
    assert response.headers.get("content-length", "0") == "0"


@pytest.mark.parametrize("status", [204, 304])
def test_bodiless_status_injected(status):
    """The same holds for a status that was set while the request was served."""
    app = Straightway()

    @app.get("/")
    def endpoint(response: Response):
        response.status_code = status
        return {"a": 1}

    response = TestClient(app).get("/")

    assert (response.status_code, response.content) == (status, b"")
    assert response.headers.get("content-length", "0") == "0"


def test_own_background_tasks_are_kept():
    """A response that has tasks of its own keeps them; one that has none gets the injected ones."""
    own, injected = BackgroundTask(print), BackgroundTask(print)

    assert returned(PlainTextResponse(background=own), injected).background is own
    assert returned(PlainTextResponse(), injected).background is injected


def test_strict_json_is_the_same_json():
    """What JSON can express is written as `untyped_json` writes it, objects by the encoder."""
    value = {"detail": [{"loc": ("body", "é"), "ctx": {"ge": Decimal("1.5")}, "input": None}]}

    assert strict_json(value) == untyped_json(value)


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
