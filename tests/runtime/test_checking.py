from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, BaseModel, Field, Json
from pydantic_core import ValidationError
from starlette.datastructures import QueryParams, UploadFile

from straightway import Body, Cookie, Depends, File, Form, Header, Path, Query, Straightway
from straightway.analyse.dependant import body_params_of
from straightway.analyse.graph import get_dependant
from straightway.analyse.lookups import lookup_of
from straightway.compile.reads import simple
from straightway.fields import Undefined, create_model_field, group_validator
from straightway.runtime import reading, sent
from straightway.runtime.checking import (
    INVALID,
    careful_read,
    file_bytes,
    read_json_values,
    read_values,
    reported,
)
from straightway.testclient import TestClient
from tests.runtime.scopes import scope_of


class Colour(Enum):
    """A few colours."""

    red = "red"
    blue = "blue"


class Item(BaseModel):
    """Required and optional fields."""

    a: int
    b: str | None = None


class Page(BaseModel):
    """A model spread over the query."""

    limit: int = Field(10, gt=0)
    tags: list[str] = []


class Strict(BaseModel, extra="forbid"):
    """A model that takes no other keys."""

    z: int = 0


class Token(BaseModel):
    """A model spread over the headers."""

    x_token: str
    x_list: list[int] = []


def lookups_of(endpoint, path="/"):
    """Return how the values of an endpoint's parameters are looked up."""
    dependant = get_dependant(path=path, call=endpoint)
    fields = [
        *dependant.path_params,
        *dependant.query_params,
        *dependant.header_params,
        *dependant.cookie_params,
    ]
    return [lookup_of(field) for field in fields]


def body_lookups_of(endpoint):
    """Return how the values of an endpoint's body parameters are looked up."""
    return [lookup_of(field) for field in body_params_of(get_dependant(path="/", call=endpoint))]


def read(endpoint, query="", headers=(), path="/", **path_values):
    """Return values and errors of a request to an endpoint."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return read_values(lookups_of(endpoint, path), sent.sources(scope_of(query.encode(), raw, path_values)))


def brief(errors):
    """Return the type, place and input of each error."""
    return [(each["type"], each["loc"], each["input"]) for each in errors]


def test_missing_value():
    """A required value that was not sent is reported with a null input."""

    def endpoint(p: int): ...

    assert read(endpoint) == (
        {},
        [{"type": "missing", "loc": ("query", "p"), "msg": "Field required", "input": None}],
    )


def test_all_errors_are_found_in_order():
    """Errors come by location, path first, and every parameter is looked at."""

    def endpoint(c: Annotated[int, Cookie()], x: Annotated[int, Header()], q: int, p: int, fine: int = 1): ...

    values, errors = read(endpoint, "q=k", path="/{p}", p="z")

    assert values == {"fine": 1}
    assert brief(errors) == [
        ("int_parsing", ("path", "p"), "z"),
        ("int_parsing", ("query", "q"), "k"),
        ("missing", ("header", "x"), None),
        ("missing", ("cookie", "c"), None),
    ]


def test_default_is_fresh_and_not_validated():
    """A default is copied for every request, and may be of any type."""
    shared: list[int] = []

    def endpoint(p: Annotated[list[int], Query()] = shared, q: Annotated[int, Query()] = "text"): ...

    values, errors = read(endpoint)

    assert (values, errors) == ({"p": [], "q": "text"}, [])
    assert values["p"] is not shared


def test_default_is_validated_where_it_is_asked_for():
    """With `validate_default` a wrong default is an error at the value's place."""

    def endpoint(q: Annotated[int, Query(validate_default=True)] = "text"): ...

    assert brief(read(endpoint)[1]) == [("int_parsing", ("query", "q"), "text")]


@pytest.mark.parametrize(
    ("query", "values", "errors"),
    [
        ("two=2&one=1", {"p": "1"}, []),
        ("two=2", {"p": "2"}, []),
        ("p=2", {}, [("missing", ("query", "one"), None)]),
    ],
)
def test_alias_choices(query, values, errors):
    """The first choice that was sent counts; the first of all is named where none was."""

    def endpoint(p: Annotated[str, Query(validation_alias=AliasChoices("one", "two"))]): ...

    found, failures = read(endpoint, query)

    assert (found, brief(failures)) == (values, errors)


def test_json_in_a_query_is_one_value():
    """A `Json` parameter is a text that is parsed, though its type is a list."""

    def endpoint(p: Annotated[Json[list[int]], Query()]): ...

    assert read(endpoint, "p=[1,2]") == ({"p": [1, 2]}, [])
    assert brief(read(endpoint, "p=x")[1]) == [("json_invalid", ("query", "p"), "x")]


def test_list_of_cookies_is_an_error():
    """A cookie has one value, which is no list."""

    def endpoint(c: Annotated[list[str], Cookie()]): ...

    assert brief(read(endpoint, headers=[("cookie", "c=v")])[1]) == [("list_type", ("cookie", "c"), "v")]


def test_model_over_the_query():
    """A model gathers its fields from one location; places of errors have no parameter name."""

    def endpoint(page: Annotated[Page, Query()]): ...

    assert read(endpoint, "tags=a&tags=b") == ({"page": Page(tags=["a", "b"])}, [])
    assert brief(read(endpoint, "limit=0&x=1")[1]) == [("greater_than", ("query", "limit"), "0")]


def test_model_that_forbids_other_keys():
    """A key that no field claims reaches the model, with all its values."""

    def endpoint(strict: Annotated[Strict, Query()]): ...

    assert brief(read(endpoint, "x=1&x=2")[1]) == [("extra_forbidden", ("query", "x"), ["1", "2"])]


def test_model_over_headers_speaks_of_headers():
    """Places have the names the client sent, inputs those of the model; the underscore form is never passed on."""

    def endpoint(token: Annotated[Token, Header()]): ...

    headers = [("x-token", "a"), ("x-list", "1"), ("x-list", "2")]
    assert read(endpoint, headers=headers) == ({"token": Token(x_token="a", x_list=[1, 2])}, [])
    assert brief(read(endpoint, headers=[("x_token", "a"), ("x-list", "1")])[1]) == [
        ("missing", ("header", "x-token"), {"x_list": ["1"]})
    ]


@pytest.mark.parametrize(
    ("query", "value"),
    [("", None), ("other=1", None), ("limit=3", Page(limit=3))],
)
def test_optional_model(query, value):
    """A model that may be None is, as long as none of its keys is sent."""

    def endpoint(page: Annotated[Page | None, Query()] = None): ...

    assert read(endpoint, query) == ({"page": value}, [])


def test_optional_model_without_default_is_required():
    """Nothing sent for it is one missing value, the location itself."""

    def endpoint(page: Annotated[Page | None, Query()]): ...

    assert brief(read(endpoint)[1]) == [("missing", ("query",), None)]


def test_sources_may_be_starlettes_own():
    """Packages that solve dependencies themselves hand over query parameters and mappings."""

    def endpoint(p: list[int] = Query(), q: int = Query()): ...

    values, errors = read_values(lookups_of(endpoint), {"query": QueryParams("p=1&p=2&q=1&q=2")})

    assert (values, errors) == ({"p": [1, 2], "q": 2}, [])


def test_careful_reading_adds_to_errors_found():
    """Errors of one read are kept beside those of earlier ones; values that are missing stand as invalid."""

    def endpoint(p: int): ...

    lookups = lookups_of(endpoint)
    value, errors = careful_read(3, lookups)(scope_of(), {1: []})
    again = careful_read(4, lookups)(scope_of(b"p=1"), errors)

    assert value is INVALID
    assert not INVALID
    assert (set(errors), errors[3][0]["type"]) == ({1, 3}, "missing")
    assert again == ({"p": 1}, errors)


def test_errors_are_reported_in_order_of_declaration():
    """A read that several callables share reports its errors for each of them."""
    assert reported({1: [{"n": 1}], 2: [{"n": 2}]}, (2, 1, 5, 2)) == [{"n": 2}, {"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("body", "values", "errors"),
    [
        (Undefined, {"j": 2}, [("missing", ("body", "i"), None)]),
        ({"i": 1}, {"i": 1, "j": 2}, []),
        ({"i": None}, {"j": 2}, [("int_type", ("body", "i"), None)]),
        ([1], {}, [("missing", ("body", "i"), None), ("missing", ("body", "j"), None)]),
        (None, {}, [("missing", ("body", "i"), None), ("missing", ("body", "j"), None)]),
        (b"raw", {"j": 2}, [("missing", ("body", "i"), None)]),
    ],
    ids=["none", "object", "null-value", "list", "null", "bytes"],
)
def test_embedded_body(body, values, errors):
    """Every parameter is a key of an object; what is no object misses them all, what is no JSON is no body."""

    def endpoint(i: Annotated[int, Body()], j: Annotated[int, Body()] = 2): ...

    found, failures = read_json_values(body_lookups_of(endpoint), body, embed=True)

    assert (found, brief(failures)) == (values, errors)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (Undefined, ("missing", ("body",), None)),
        (None, ("model_attributes_type", ("body",), None)),
        ({}, ("missing", ("body", "a"), {})),
        ([1], ("model_attributes_type", ("body",), [1])),
        (b'{"a": 1}', ("model_attributes_type", ("body",), b'{"a": 1}')),
    ],
    ids=["none", "null", "empty", "list", "bytes"],
)
def test_lone_body(body, error):
    """A single model is the whole body; what is none of it is an error at the body."""

    def endpoint(item: Item): ...

    values, errors = read_json_values(body_lookups_of(endpoint), body, embed=False)

    assert (values, brief(errors)) == ({}, [error])


@pytest.mark.anyio
async def test_upload_is_read_and_left_where_it_was(tmp_path):
    """Several parameters may read the same file, each from where it stands."""
    with (tmp_path / "file").open("w+b") as file:
        file.write(b"content")
        file.seek(3)
        upload = UploadFile(file, filename="n.txt")

        assert await file_bytes([upload, "text", upload]) == [b"tent", "text", b"tent"]
        assert file.tell() == 3


@pytest.fixture
def anyio_backend():
    """Run on asyncio; what differs on trio is tested where tasks are."""
    return "asyncio"


def answer_of(endpoint, **request):
    """Return the status and the errors, or the value, of a POST to an endpoint."""
    app = Straightway()
    app.post("/")(endpoint)
    response = TestClient(app).post("/", **request)
    answer = response.json()
    return response.status_code, brief_json(answer["detail"]) if response.status_code == 422 else answer


def brief_json(errors):
    """Return the type, place and input of each error of an answer."""
    return [(each["type"], each["loc"], each["input"]) for each in errors]


def scalars(
    u: Annotated[str, Form()], p: Annotated[str | None, Form()] = None, n: Annotated[int, Form()] = 3
):
    """Take a few form fields."""
    return [u, p, n]


def one_file(x: Annotated[bytes, File()]):
    """Take a file's content."""
    return x.decode()


def form_model(m: Annotated[Item, Form()]):
    """Take a form as a model."""
    return m


@pytest.mark.parametrize(
    ("endpoint", "request_", "expected"),
    [
        pytest.param(scalars, {}, (422, [("missing", ["body", "u"], None)]), id="nothing"),
        pytest.param(scalars, {"data": {"u": "x", "p": "", "n": ""}}, (200, ["x", None, 3]), id="blanks"),
        pytest.param(scalars, {"data": {"u": ""}}, (422, [("missing", ["body", "u"], None)]), id="blank"),
        pytest.param(scalars, {"data": {"u": ["x", "y"]}}, (200, ["y", None, 3]), id="last-wins"),
        pytest.param(
            scalars, {"json": {"u": "x"}}, (422, [("missing", ["body", "u"], None)]), id="json-is-no-form"
        ),
        pytest.param(one_file, {"files": {"x": ("n.txt", b"abc")}}, (200, "abc"), id="file"),
        pytest.param(one_file, {"data": {"x": "abc"}}, (200, "abc"), id="text-for-a-file"),
        pytest.param(
            one_file, {"files": {"x": ("", b"")}}, (422, [("missing", ["body", "x"], None)]), id="no-file"
        ),
        pytest.param(form_model, {"data": {"a": "1", "x": "y"}}, (200, {"a": 1, "b": None}), id="model"),
        pytest.param(
            form_model,
            {"data": {"b": "x"}},
            (422, [("missing", ["body", "a"], {"b": "x"})]),
            id="model-error",
        ),
        pytest.param(
            form_model,
            {"data": {"a": "", "b": ""}},
            (422, [("missing", ["body", "a"], {})]),
            id="model-blank",
        ),
    ],
)
def test_forms(endpoint, request_, expected):
    """Form fields that were left empty count as not sent, and files may be bytes."""
    assert answer_of(endpoint, **request_) == expected


def test_errors_of_dependencies_come_first_and_each_time():
    """A dependency's errors come before the endpoint's, once for every use of it; no location is skipped."""

    def dependency(d: int): ...

    def endpoint(
        p: Annotated[int, Path()],
        item: Item,
        one=Depends(dependency),
        two=Depends(dependency),
    ): ...

    app = Straightway()
    app.post("/{p}")(endpoint)
    response = TestClient(app).post("/z", json={"a": "k"})

    assert response.status_code == 422
    assert brief_json(response.json()["detail"]) == [
        ("missing", ["query", "d"], None),
        ("missing", ["query", "d"], None),
        ("int_parsing", ["path", "p"], "z"),
        ("int_parsing", ["body", "a"], "k"),
    ]


# The fast path and the careful path must agree.

TYPES: list[Any] = [
    str,
    int,
    float,
    bool,
    bytes,
    object,
    date,
    Decimal,
    Colour,
    Literal["1", "x"],
    int | None,
    Annotated[int, Field(gt=1)],
    Annotated[int, Field(strict=True)],
    Annotated[str, Field(min_length=1, pattern="^[a-z1]")],
    list[int],
    list[str],
    set[str],
    tuple[int, str],
    list[int] | None,
]
KEYS = ["a", "b", "x-a", "a_b", "é"]
TEXTS = ["", "1", "2", "x", "red", "true", "1.5", "2026-11-21", "null", " 1 ", "é", "%", "+", "1_0", "nan"]


@st.composite
def declarations(draw):
    """Draw one simple parameter: its marker, with an alias, its type and perhaps a default."""
    marker = draw(st.sampled_from([Query, Header, Cookie]))
    annotation = draw(st.sampled_from(TYPES if marker is not Cookie else TYPES[:14]))
    alias = draw(st.sampled_from(KEYS if marker is not Header else KEYS[:4]))
    options = draw(st.fixed_dictionaries({}, optional={"validate_default": st.booleans()}))
    default = draw(st.sampled_from([Undefined, None, 3, "text", []]))
    info = marker(alias=alias, **options) if default is Undefined else marker(default, alias=alias, **options)
    return annotation, info


def lookups_from(declared):
    """Return the lookups of parameters called p0, p1 and so on."""
    for number, (annotation, info) in enumerate(declared):
        info.annotation = annotation
        yield lookup_of(create_model_field(f"p{number}", annotation, field_info=info))


def fast_values(lookups, scope):
    """Return the values as a compiled endpoint reads them, or raise `ValidationError`."""
    wanted = {each.keys[0].encode("latin-1"): each.keys[0] for each in lookups if each.location == "header"}
    many = frozenset(each.keys[0] for each in lookups if each.many)
    query, query_lists = reading.query_lists(scope, many)
    headers, header_lists = reading.header_lists(scope, wanted, many)
    entries = [
        (
            each.field.name,
            each.field,
            (f"{each.location}_lists" if each.many else each.location, each.keys[0]),
        )
        for each in lookups
    ]
    return group_validator(entries)(
        {
            "query": query,
            "query_lists": query_lists,
            "header": headers,
            "header_lists": header_lists,
            "cookie": sent.cookie_values(scope),
        }
    )


queries = st.binary(max_size=20) | st.lists(
    st.tuples(st.sampled_from([*KEYS, "%C3%A9", "other", ""]), st.sampled_from(TEXTS)), max_size=5
).map(lambda pairs: "&".join("=".join(pair) for pair in pairs).encode("latin-1"))
header_lists = st.lists(
    st.tuples(st.sampled_from(KEYS[:4]), st.sampled_from(TEXTS))
    | st.tuples(st.just("cookie"), st.lists(st.sampled_from([f"a={each}" for each in TEXTS])).map("; ".join)),
    max_size=4,
).map(lambda pairs: [(name.encode(), value.encode("latin-1")) for name, value in pairs])


@given(st.lists(declarations(), min_size=1, max_size=3), queries, header_lists)
def test_fast_path_and_careful_path_agree(declared, query, headers):
    """One call into pydantic-core finds the values that reading one by one finds, and fails where that does."""
    lookups = list(lookups_from(declared))
    scope = scope_of(query, headers)
    assert all(map(simple, lookups))

    careful, errors = read_values(lookups, sent.sources(scope))
    try:
        fast = fast_values(lookups, scope)
    except ValidationError:
        assert errors
    else:
        assert (repr(fast), errors) == (repr(careful), [])
