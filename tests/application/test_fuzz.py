import json
import logging
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, Json

from straightway import Body, Cookie, Depends, File, Form, Header, Path, Query, Straightway, UploadFile
from straightway.security import APIKeyHeader, HTTPBasic, HTTPBearer, OAuth2PasswordBearer
from tests.serve.asgi import ask, http_scope


class Colour(Enum):
    """A few colours."""

    red = "red"
    blue = "blue"


class Item(BaseModel):
    """Nested, with most kinds of values."""

    name: str = Field(max_length=5)
    price: Decimal | None = None
    tags: set[str] = set()
    on: date | None = None
    parts: list["Item"] = []
    more: dict[int, float] = {}


class Page(BaseModel, extra="forbid"):
    """A model spread over the query."""

    limit: int = 10
    colours: list[Colour] = []


class Headers(BaseModel):
    """A model spread over the headers."""

    x_token: str = ""
    x_number: list[int] = []


class Fields(BaseModel):
    """A model spread over a form."""

    a: int
    b: list[str] = []


def dependency(
    ids: Annotated[list[UUID], Query()] = (),
    factor: Annotated[float, Header()] = 1.5,
    session: Annotated[int | None, Cookie()] = None,
):
    """Read values from three places."""
    return [ids, factor, session]


app = Straightway()


@app.api_route("/values/{number}/{rest:path}", methods=["GET", "POST"])
def values(
    number: Annotated[int, Path(ge=0)],
    rest: str,
    colour: Colour | None = None,
    on: date | None = None,
    raw: bytes = b"",
    many: Annotated[set[int] | None, Query()] = None,
    parsed: Annotated[Json[Any] | None, Query()] = None,
    x_many: Annotated[list[int] | None, Header()] = None,
    found: list = Depends(dependency),
):
    """Echo plain values."""
    return [number, rest, colour, on, many, parsed, x_many, found]


@app.get("/models")
def models(page: Annotated[Page, Query()], headers: Annotated[Headers, Header()]):
    """Echo models."""
    return [page, headers]


@app.post("/item")
def item(item: Item) -> Item:
    """Echo a model."""
    return item


@app.post("/any")
def anything(value: Annotated[Any, Body()] = None):
    """Echo any JSON."""
    return {"value": None if isinstance(value, bytes) else value}


@app.post("/two")
def two(one: Item, other: Annotated[int, Body()] = 1, found: list = Depends(dependency)):
    """Echo an embedded body."""
    return [one, other, found]


@app.post("/form")
def form(a: Annotated[int, Form()], b: Annotated[list[str], Form()] = (), c: Annotated[str, Form()] = "c"):
    """Echo form fields."""
    return [a, b, c]


@app.post("/fields")
def fields(fields: Annotated[Fields, Form()]):
    """Echo a form as a model."""
    return fields


@app.post("/files")
def files(
    one: UploadFile | None = None,
    many: list[UploadFile] = (),
    content: Annotated[bytes, File()] = b"",
    text: Annotated[str, Form()] = "",
):
    """Tell what files came."""
    return [one and one.filename, [each.size for each in many], len(content), text]


@app.get("/secure")
def secure(
    basic=Depends(HTTPBasic(auto_error=False)),
    bearer=Depends(HTTPBearer(auto_error=False)),
    token=Depends(OAuth2PasswordBearer("token", auto_error=False)),
    key=Depends(APIKeyHeader(name="x-key", auto_error=False)),
):
    """Echo credentials."""
    return [basic, bearer, token, key]


@app.get("/basic")
def basic(credentials=Depends(HTTPBasic())):
    """Echo a user's name."""
    return credentials


PATHS = ["/models", "/item", "/any", "/two", "/form", "/fields", "/files", "/secure", "/basic", "/none"]
BOUNDARY = "multipart/form-data; boundary=b"
TYPES = [
    "application/json",
    "application/x+json; charset=utf-16",
    "application/x-www-form-urlencoded",
    BOUNDARY,
]
TYPES += [
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "text/plain",
    'multipart/form-data; boundary="',
]
KEYS = [
    "colour",
    "on",
    "raw",
    "many",
    "parsed",
    "ids",
    "limit",
    "colours",
    "a",
    "b",
    "c",
    "name",
    "text",
    "%C3%A9",
]
PLAIN = ["", "1", "x", "red", "2026-11-21", "null", "[1]", "%00", "%ff", "%", "+", "1e999", "nan", "9" * 30]
HEADERS = ["x-token", "x_token", "x-number", "x-many", "factor", "x-key", "cookie", "authorization", "expect"]
VALUES = [
    "Basic",
    "Basic !",
    "Basic YQ==",
    "Basic /////w==",
    "Basic YTpi",
    "Bearer",
    "Bearer x",
    "session=1; session",
]

pairs = st.tuples(st.sampled_from(KEYS), st.sampled_from(PLAIN)).map("=".join)
queries = st.binary(max_size=30) | st.lists(pairs, max_size=4).map("&".join).map(str.encode)
header_values = (st.sampled_from(VALUES + PLAIN)).map(str.encode) | st.binary(max_size=20)
headers = st.lists(
    st.tuples(st.sampled_from(HEADERS).map(str.encode) | st.binary(min_size=1, max_size=8), header_values),
    max_size=4,
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "price", "tags", "on", "parts", "more", "one", "other"]) | st.text(),
            inner,
        )
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())
part_headers = st.sampled_from(
    [
        b'Content-Disposition: form-data; name="text"',
        b'Content-Disposition: form-data; name="one"; filename="x"',
        b'Content-Disposition: form-data; name="many"; filename=""',
        b'Content-Disposition: form-data; name="content"; filename="\xff"',
        b"Content-Disposition: form-data",
        b"Content-Disposition",
        b"",
    ]
)
multipart = st.lists(st.tuples(part_headers, st.binary(max_size=10)), max_size=4).map(
    lambda parts: b"".join(b"--b\r\n%b\r\n\r\n%b\r\n" % each for each in parts) + b"--b--\r\n"
)
content_types = header_values | st.sampled_from(TYPES).map(str.encode)
bodies = st.binary(max_size=40) | documents | queries | multipart


def assert_harmless(caplog, exchanged):
    """Check that an answer is no failure, that what says JSON is JSON, and that nothing was logged as an error."""
    assert exchanged.status < 500
    if exchanged.headers.get("content-type") == "application/json":
        json.loads(exchanged.body)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


fuzzed = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@fuzzed
@given(path=st.sampled_from(PATHS), query=queries, sent=headers, content_type=content_types, body=bodies)
def test_random_requests(caplog, path, query, sent, content_type, body):
    """Whatever bytes come, the answer is the client's fault or a success."""
    scope = http_scope(path, method="GET" if path in {"/models", "/secure", "/basic"} else "POST")
    scope["query_string"] = query
    scope["headers"] = [*sent, (b"content-type", content_type)]

    assert_harmless(caplog, ask(app, body, scope=scope))


@fuzzed
@given(
    path=st.sampled_from(PATHS[1:7]), content_type=st.sampled_from(TYPES), body=bodies, cut=st.integers(0, 30)
)
def test_random_bodies(caplog, path, content_type, body, cut):
    """Any bytes as JSON, form or multipart, in two chunks, are answered without a failure."""
    scope = http_scope(path, headers=[("content-type", content_type)])

    assert_harmless(caplog, ask(app, body[:cut], body[cut:], scope=scope))


@fuzzed
@given(
    number=st.text(max_size=5) | st.integers().map(str),
    rest=st.text(max_size=10),
    query=queries,
    sent=headers,
)
def test_random_values(caplog, number, rest, query, sent):
    """Any path, query, headers and cookies are answered without a failure."""
    scope = http_scope(f"/values/{number}/{rest}".encode("utf-8", "replace").decode(), method="GET")
    scope["query_string"] = query
    scope["headers"] = sent

    assert_harmless(caplog, ask(app, scope=scope))


@pytest.mark.parametrize("path", PATHS)
def test_empty_request(caplog, path):
    """A request of nothing is answered without a failure."""
    for method in ("GET", "POST", "OPTIONS", "HEAD", "BREW"):
        assert_harmless(caplog, ask(app, scope=http_scope(path, method=method, headers=[])))
