import json
import sys
from typing import Annotated
from urllib.parse import parse_qsl

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser

from straightway import Body, Straightway
from straightway.errors import RequestValidationError
from straightway.fields import Undefined
from straightway.runtime.reading import (
    header_lists,
    header_values,
    is_json,
    parsed_json,
    query_lists,
    query_values,
    read_body,
)
from straightway.runtime.sent import cookie_values
from straightway.testclient import TestClient
from tests.runtime.scopes import DISCONNECT, part, receiving, scope_of

UNREADABLE = {"detail": "There was an error parsing the body"}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client():
    """Serve an endpoint that answers with its body, whatever it is."""
    app = Straightway()

    @app.post("/")
    def echo(value: Annotated[object, Body()]):
        return {"value": value}

    @app.post("/type")
    def kind(value: Annotated[object, Body()]):
        return type(value).__name__

    return TestClient(app)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"a=1&b=2", {"a": "1", "b": "2"}, id="two"),
        pytest.param(b"a=1&a=2", {"a": "2"}, id="last-wins"),
        pytest.param(b"a=&b", {"a": "", "b": ""}, id="blanks-are-values"),
        pytest.param(b"&&a=1&", {"a": "1"}, id="empty-parts"),
        pytest.param(b"a=b=c", {"a": "b=c"}, id="equals-in-value"),
        pytest.param(b"=1", {"": "1"}, id="empty-name"),
        pytest.param(b"a=x+y%20z&b+c=%2B", {"a": "x y z", "b c": "+"}, id="spaces"),
        pytest.param(b"a=%C3%A9&%C3%A9=1", {"a": "é", "é": "1"}, id="utf-8"),
        pytest.param(b"a=%ff", {"a": "\ufffd"}, id="escaped-bad-utf-8"),
        pytest.param(b"a=\xff", {"a": "ÿ"}, id="raw-bytes-are-latin-1"),
        pytest.param(b"a=%&b=%zz&c=%4", {"a": "%", "b": "%zz", "c": "%4"}, id="broken-escapes"),
        pytest.param(b"a=1;b=2", {"a": "1;b=2"}, id="semicolons-do-not-separate"),
        pytest.param(b"a=%26b%3D1", {"a": "&b=1"}, id="escaped-separators"),
        pytest.param(b"a=%00", {"a": "\0"}, id="nul"),
    ],
)
def test_query_values(query, values):
    """A query string is read as a form would be; of repeated names the last value counts."""
    assert query_values(scope_of(query)) == values


@given(
    st.binary(max_size=40) | st.text("ab=&%+;c3A9\xff", max_size=40).map(lambda text: text.encode("latin-1"))
)
def test_query_is_read_as_the_standard_library_reads_it(query):
    """Any bytes give the values that `parse_qsl` finds, by one way of reading as by the other."""
    expected = parse_qsl(query.decode("latin-1"), keep_blank_values=True)

    values, lists = query_lists(scope_of(query), frozenset(name for name, _ in expected))

    assert query_values(scope_of(query)) == values == dict(expected)
    assert [(name, each) for name in values for each in lists[name]] == sorted(
        expected, key=lambda item: list(values).index(item[0])
    )


def test_query_lists_keep_every_value_in_order():
    """Every value of a wanted name is kept as it was sent, blank ones too; other names have no list."""
    values, lists = query_lists(scope_of(b"a=1&b=x&a=&a=3"), frozenset({"a"}))

    assert values == {"a": "3", "b": "x"}
    assert lists == {"a": ["1", "", "3"]}


def test_header_values_take_the_first():
    """Of a repeated header the first value counts, and what is not wanted is not read."""
    scope = scope_of(headers=[(b"x-a", b"1"), (b"x-a", b"2"), (b"x-b", b"3")])

    assert header_values(scope, {b"x-a": "x-a"}) == {"x-a": "1"}


def test_header_values_are_latin_1():
    """Bytes that are no ASCII are read as ISO-8859-1, as Starlette reads them."""
    assert header_values(scope_of(headers=[(b"x-a", b"\xe9\xff")]), {b"x-a": "x-a"}) == {"x-a": "éÿ"}


def test_header_with_underscores_is_another_header():
    """`x_token` does not pass for `x-token`: proxies may have checked only one of them."""
    scope = scope_of(headers=[(b"x_token", b"forged")])

    assert header_values(scope, {b"x-token": "x-token"}) == {}


def test_header_lists_are_not_split_at_commas():
    """Every value of a repeated header is kept, each as it was sent."""
    scope = scope_of(headers=[(b"x-a", b"1, 2"), (b"x-b", b"3"), (b"x-a", b"4")])

    values, lists = header_lists(scope, {b"x-a": "x-a", b"x-b": "x-b"}, frozenset({"x-a"}))

    assert values == {"x-a": "1, 2", "x-b": "3"}
    assert lists == {"x-a": ["1, 2", "4"]}


@pytest.mark.parametrize(
    ("sent", "cookies"),
    [
        pytest.param([], {}, id="none"),
        pytest.param([b"a=1; b=2"], {"a": "1", "b": "2"}, id="one-header"),
        pytest.param([b"a=1", b"b=2; a=3"], {"a": "3", "b": "2"}, id="several-headers"),
        pytest.param([b"a=1; a=2"], {"a": "2"}, id="last-wins"),
        pytest.param([b"a="], {"a": ""}, id="blank"),
        pytest.param([b'a="x y"'], {"a": "x y"}, id="quoted"),
        pytest.param([b"a=b=c"], {"a": "b=c"}, id="equals-in-value"),
        pytest.param([b";; ;a=1;"], {"a": "1"}, id="empty-parts"),
    ],
)
def test_cookie_values(sent, cookies):
    """The cookies of all Cookie headers are read; HTTP/2 clients may split them."""
    scope = scope_of(headers=[(b"cookie", each) for each in sent])

    assert cookie_values(scope) == cookies


@given(st.text('a="\\;0123 \t\n\xff,', max_size=25) | st.text(st.characters(max_codepoint=255), max_size=25))
def test_cookies_are_read_as_starlette_reads_them(text):
    """Any header gives the cookies that Starlette's parser finds, quoted values and escapes included."""
    scope = scope_of(headers=[(b"cookie", text.encode("latin-1"))])

    assert cookie_values(scope) == cookie_parser(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("repeated", [b"\\", b"\\1", b"\\101", b'"', b";", b"="])
def test_long_cookies_take_no_long_time(repeated):
    """Megabytes of backslashes are read at once; Python's own parser took an hour (CVE-2024-7592)."""
    scope = scope_of(headers=[(b"cookie", b'a="' + repeated * 1_000_000 + b'"')])

    assert "a" in cookie_values(scope)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([part(b"abc")], id="at-once"),
        pytest.param([part(b"a", more=True), part(b"", more=True), part(b"bc")], id="in-chunks"),
        pytest.param([part(b"abc", more=True), {"type": "http.request"}], id="bare-last-message"),
    ],
)
def test_body_is_joined(messages):
    """A body arrives whole, in however many messages it came."""
    assert anyio.run(read_body, receiving(*messages)) == b"abc"


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([DISCONNECT], id="at-once"),
        pytest.param([part(b"a", more=True), DISCONNECT], id="half-way"),
        pytest.param([part(b"a", more=True)], id="server-fails"),
    ],
)
def test_body_that_does_not_arrive_is_a_400(messages):
    """A client that leaves before the body is complete gets (or would get) a 400."""
    with pytest.raises(HTTPException) as caught:
        anyio.run(read_body, receiving(*messages))

    assert (caught.value.status_code, {"detail": caught.value.detail}) == (400, UNREADABLE)


def test_http_error_while_reading_passes_through():
    """An HTTP error that `receive` raises, such as a limit's, is not turned into a 400."""

    async def receive():
        raise HTTPException(418)

    with pytest.raises(HTTPException) as caught:
        anyio.run(read_body, receive)

    assert caught.value.status_code == 418


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (b"application/json", True),
        (b"Application/JSON", True),
        (b"application/json; charset=utf-8", True),
        (b" application/json ;x", True),
        (b"application/vnd.api+json", True),
        (b"application/vnd.api+JSON; a=b", True),
        (b"application/geo+json-seq", False),
        (b"application/jsonl", False),
        (b"application/x-json", False),
        (b"text/json", False),
        (b"text/plain+json", False),
        (b"text/plain; application/json", False),
        (b"", False),
        (b"\xff\xfe", False),
    ],
)
def test_json_content_types(content_type, expected):
    """JSON is application/json and application/*+json, in any case and with any parameters."""
    scope = scope_of(headers=[(b"content-type", content_type)])

    assert is_json(scope, strict_content_type=True) is expected
    assert is_json(scope, strict_content_type=False) is expected


def test_without_content_type_only_a_lenient_route_reads_json():
    """A missing Content-Type counts as JSON exactly where `strict_content_type` is False."""
    assert not is_json(scope_of(), strict_content_type=True)
    assert is_json(scope_of(), strict_content_type=False)


def test_empty_body_is_no_body():
    """No bytes are no value, whatever Content-Type says."""
    scope = scope_of(headers=[(b"content-type", b"application/json")])

    assert parsed_json(b"", scope, True, {}) is Undefined


def test_body_of_another_type_stays_bytes():
    """What is not JSON is handed to validation as it came."""
    scope = scope_of(headers=[(b"content-type", b"text/plain")])

    assert parsed_json(b'{"a": 1}', scope, True, {}) == b'{"a": 1}'


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="byte-order-mark"),
        pytest.param('{"a": "é"}'.encode("utf-16"), {"a": "é"}, id="utf-16"),
        pytest.param('{"a": "é"}'.encode("utf-16-le"), {"a": "é"}, id="utf-16-le"),
        pytest.param('{"a": "é"}'.encode("utf-32-be"), {"a": "é"}, id="utf-32-be"),
        pytest.param(b'{"a": 1, "b": 2, "a": 3}', {"a": 3, "b": 2}, id="duplicate-keys"),
        pytest.param(b"123456789012345678901234567890", 123456789012345678901234567890, id="big-integer"),
        pytest.param(b"0.1", 0.1, id="float"),
        pytest.param(b" \t\r\n null \n", None, id="white-space"),
        pytest.param(b'"\\u00e9\\ud83d\\ude00"', "é😀", id="surrogate-pair"),
        pytest.param(b'"\\u0000"', "\0", id="nul"),
        pytest.param(b"-0", 0, id="minus-zero"),
    ],
)
def test_json_values(client, body, value):
    """JSON arrives as Python's own parser understands it."""
    response = client.post("/", content=body, headers=JSON)

    assert (response.status_code, response.json()) == (200, {"value": value})


@pytest.mark.parametrize("body", [rb'"\ud800"', b'"\xed\xa0\x80"'], ids=["escaped", "encoded"])
def test_lone_surrogate_goes_through(client, body):
    """Half a surrogate pair is a string, and is escaped again in the answer."""
    response = client.post("/", content=body, headers=JSON)

    assert response.status_code == 200
    assert response.content == rb'{"value":"\ud800"}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nesting_goes_as_deep_in_every_encoding(client, encoding):
    """201 levels are read and can be answered."""
    body = ("[" * 201 + "]" * 201).encode(encoding)

    response = client.post("/", content=body, headers=JSON)

    assert response.status_code == 200
    assert response.content.count(b"[") == 201


@pytest.mark.parametrize("literal", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_are_none_are_floats(client, literal):
    """NaN and infinities are read as Python's parser reads them; the answer has null for them."""
    assert client.post("/type", content=literal, headers=JSON).json() == "float"
    assert client.post("/", content=literal, headers=JSON).content == b'{"value":null}'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xff", id="bad-utf-8"),
        pytest.param(b'{"a": "\xff"}', id="bad-utf-8-in-a-string"),
        pytest.param(b"[" * 100_000, id="deep-and-open"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep-objects"),
        pytest.param(b"9" * 5000, id="more-digits-than-python-converts"),
        pytest.param(b"[" * 202 + b"]" * 202, id="deeper-than-answers-may-be"),
        pytest.param(b'{"a":' * 202 + b"1" + b"}" * 202, id="deeper-objects"),
        pytest.param(("[" * 202 + "]" * 202).encode("utf-16"), id="deeper-in-utf-16"),
        pytest.param(rb'{"\ud800": 1}', id="key-that-no-encoding-can-write"),
        pytest.param(rb'[{"a": {"\udfff": 1}}]', id="such-a-key-inside"),
    ],
)
def test_undecodable_json_is_a_400(client, body):
    """What cannot be decoded at all is a 400, not a crash."""
    response = client.post("/", content=body, headers=JSON)

    assert (response.status_code, response.json()) == (400, UNREADABLE)


# The words and the place are the standard library's: Python 3.13 points at the comma and names it.
TRAILING_COMMA_IN_OBJECT = (
    (7, "Illegal trailing comma before end of object")
    if sys.version_info >= (3, 13)
    else (8, "Expecting property name enclosed in double quotes")
)
TRAILING_COMMA_IN_ARRAY = (
    (2, "Illegal trailing comma before end of array")
    if sys.version_info >= (3, 13)
    else (4, "Expecting value")
)


@pytest.mark.parametrize(
    ("body", "position", "message"),
    [
        (b'{"a": 1,}', *TRAILING_COMMA_IN_OBJECT),
        (b"{", 1, "Expecting property name enclosed in double quotes"),
        (b"[1, ]", *TRAILING_COMMA_IN_ARRAY),
        (b"nul", 0, "Expecting value"),
        (b"  ", 2, "Expecting value"),
        (b"1 2", 2, "Extra data"),
        (b'"abc', 0, "Unterminated string starting at"),
        (b'"\n"', 1, "Invalid control character at"),
        (b'"\\x"', 1, "Invalid \\escape"),
        (b"01", 1, "Extra data"),
        (b"-NaN", 0, "Expecting value"),
        ('["é", x]'.encode(), 6, "Expecting value"),
    ],
)
def test_syntax_error(client, body, position, message):
    """A syntax error is a 422 that says where it is, in characters, and what was expected."""
    response = client.post("/", content=body, headers=JSON)

    assert response.status_code == 422
    [error] = response.json()["detail"]
    assert error["ctx"]["error"].startswith(message)
    del error["ctx"]
    assert error == {
        "type": "json_invalid",
        "loc": ["body", position],
        "msg": "JSON decode error",
        "input": {},
    }


def test_syntax_error_names_text_and_endpoint():
    """The exception has the text that is no JSON, and where the endpoint is, for exception handlers."""
    scope = {**scope_of(headers=[(b"content-type", b"application/json")]), "root_path": "/api/"}

    with pytest.raises(RequestValidationError) as caught:
        parsed_json(b"[1", scope, True, {"path": "POST /m", "function": "m"})

    assert caught.value.body == "[1"
    assert caught.value.endpoint_ctx == {"path": "POST /api/m", "function": "m"}


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_documents = (
    _values.map(json.dumps).map(str.encode)
    | st.text('[]{}:,"\\ud8aNInfty-+.eE0123 \n\ttruefalsn').map(str.encode)
    | st.binary()
)


def _outcome(parse, body):
    try:
        return repr(parse(body))
    except RequestValidationError as error:
        return (error.errors()[0]["loc"][1], error.errors()[0]["ctx"]["error"])
    except json.JSONDecodeError as error:
        return (error.pos, error.msg)
    except (HTTPException, ValueError):
        return "unreadable"


@given(_documents.filter(bool))
def test_json_is_parsed_as_the_standard_library_parses_it(body):
    """Values and errors are those of `json.loads`, whichever parser found them."""
    scope = scope_of(headers=[(b"content-type", b"application/json")])

    assert _outcome(lambda text: parsed_json(text, scope, True, {}), body) == _outcome(json.loads, body)
