"""Differences between documents and between answers, and which of them are announced."""

import gzip

import pytest

from straightway.cli.compat.answers import Point, differing
from straightway.cli.compat.deliberate import reason_for_answer, reason_for_document
from straightway.cli.compat.documents import document_changes
from straightway.cli.compat.wire import Answer, Sent

JSON = (("content-type", "application/json"),)
SENT = Sent("GET /items", "as documented", "GET", "/items")


def words(fastapi, straightway):
    """Return the sentences about two documents."""
    return [sentence for _, sentence in document_changes(fastapi, straightway)]


def operation(**content):
    """Return a document with one operation."""
    return {"paths": {"/items": {"get": content}}}


LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
TOKEN = {"name": "token", "in": "header", "required": True}


@pytest.mark.parametrize(
    ("fastapi", "straightway", "sentence"),
    [
        (
            operation(parameters=[TOKEN, LIMIT]),
            operation(parameters=[{**LIMIT, "schema": {"type": "integer"}}, TOKEN]),
            "GET /items: parameter limit: maximum is 100 on FastAPI and absent on Straightway",
        ),
        (
            operation(parameters=[TOKEN]),
            operation(parameters=[{**TOKEN, "required": False}]),
            "GET /items: parameter token (header): required is true on FastAPI and false on Straightway",
        ),
        (
            operation(responses={"200": {"description": "a"}}),
            operation(responses={"200": {"description": "b"}}),
            'GET /items: response 200: description is "a" on FastAPI and "b" on Straightway',
        ),
        (
            operation(requestBody={"required": True}),
            operation(requestBody={}),
            "GET /items: body: required is true on FastAPI and absent on Straightway",
        ),
        (
            {"components": {"schemas": {"A": {"title": "A"}}}},
            {"components": {"schemas": {"A": {"title": "B"}}}},
            'schema A: title is "A" on FastAPI and "B" on Straightway',
        ),
        (
            {"paths": {"/a": {"get": {}}}},
            {"paths": {"/a": {}}},
            "GET /a: the operation is {} on FastAPI and absent on Straightway",
        ),
        ({"paths": {}}, {"paths": {"/a": {}}}, "/a: the path is absent on FastAPI and {} on Straightway"),
        (
            {"info": {"title": 1}},
            {"info": {"title": True}},
            "info/title is 1 on FastAPI and true on Straightway",
        ),
    ],
)
def test_document_differences_are_told_as_a_person_would(fastapi, straightway, sentence):
    """Operation, parameter, and what about it; the order of parameters is none of it."""
    assert words(fastapi, straightway) == [sentence]


def test_numbers_that_are_equal_are_the_same():
    """JSON has one kind of number."""
    assert words({"a": 1, "b": [1.0]}, {"a": 1.0, "b": [1]}) == []


def places(fastapi, straightway):
    """Return what differs between two answers."""
    return [point.place for point in differing(fastapi, straightway)]


def test_status_stands_for_all_that_follows_from_it():
    """Another status has another body; saying so twice helps nobody."""
    [point] = differing(Answer(200, body=b"a"), Answer(500, body=b"b", raised="ValueError: no"))

    assert point.words == "status is 200 on FastAPI and 500 (ValueError: no) on Straightway"


def test_headers_are_compared_but_for_time_and_software():
    """Repeated headers are compared as a whole, in any order."""
    theirs = Answer(
        200, (("date", "1"), ("server", "a"), ("x", "1"), ("set-cookie", "a"), ("set-cookie", "b"))
    )
    ours = Answer(200, (("date", "2"), ("set-cookie", "b"), ("set-cookie", "a"), ("y", "1")))

    assert [point.words for point in differing(theirs, ours)] == [
        'header x is "1" on FastAPI and absent on Straightway',
        'header y is absent on FastAPI and "1" on Straightway',
    ]


def test_methods_are_compared_as_a_set():
    """FastAPI writes Allow in the order of a set."""
    theirs, ours, fewer = (Answer(405, (("allow", value),)) for value in ("PUT, GET", "GET, PUT", "GET"))

    assert places(theirs, ours) == []
    assert places(theirs, fewer) == ["header allow"]


def test_served_document_is_not_compared_twice():
    """Paths and components were compared as a document, with better words; the rest is compared here."""
    content = b'{"openapi": "3.1.0", "info": {}, "paths": %b, "servers": %b}'
    theirs, other, moved = (
        Answer(200, JSON, content % each) for each in ((b"{}", b"1"), (b"[]", b"1"), (b"{}", b"2"))
    )

    assert places(theirs, other) == []
    assert places(theirs, moved) == ["body/servers"]


def test_json_is_compared_by_value():
    """Neither order nor spelling of JSON matters, and the place is a pointer."""
    theirs = Answer(200, JSON, b'{"a/b": [{"c": 1}], "d": 1e2}')
    same = Answer(200, (*JSON, ("content-length", "9")), b'{"d": 100, "a/b": [{"c": 1.0}]}')
    other = Answer(200, JSON, b'{"d": 100, "a/b": [{"c": 2}]}')

    assert differing(theirs, same) == []
    assert [point.words for point in differing(theirs, other)] == [
        "body at /a~1b/0/c is 1 on FastAPI and 2 on Straightway"
    ]


def test_compressed_bodies_are_compared_unpacked():
    """Two compressors may write the same in other bytes."""
    headers = (*JSON, ("content-encoding", "gzip"))
    theirs, ours = (Answer(200, headers, gzip.compress(b"[1]", level, mtime=level)) for level in (1, 9))

    assert theirs.body != ours.body
    assert differing(theirs, ours) == []


def test_other_bodies_are_compared_as_bytes():
    """JSON that is none, and text."""
    assert places(Answer(200, JSON, b"{"), Answer(200, JSON, b"[")) == ["body"]
    assert places(Answer(200, (), b"a"), Answer(200, (), b"a ")) == ["body"]


def test_unfinished_bodies_are_compared_as_far_as_both_came():
    """How far depends on the moment at which they were cut off."""
    short, long, other = (Answer(200, (), body, complete=False) for body in (b"ab", b"abc", b"xbc"))

    assert places(short, long) == []
    assert places(long, other) == ["body"]
    assert places(long, Answer(200, (), b"abc")) == ["completeness"]


def test_exceptions_are_the_same_under_both_names():
    """Straightway's error is FastAPI's under another name; where they were raised is no difference."""
    theirs = Answer(500, raised="FastAPIError: in one file")

    assert places(theirs, Answer(500, raised="StraightwayError: in another file")) == []
    assert places(theirs, Answer(500, raised="KeyError: 'a'")) == ["exception"]


def test_a_point_covers_what_lies_within_it():
    """What differs between two runs of FastAPI excuses its parts, and a status excuses everything."""
    body, inner, other = Point("body/items/*", ""), Point("body/items/*/id", ""), Point("body/itemsize", "")

    assert body.covers(inner)
    assert not inner.covers(body)
    assert not body.covers(other)
    assert Point("status", "").covers(other)


INVALID_JSON = Answer(422, JSON, b'{"detail": [{"type": "json_invalid"}]}')


@pytest.mark.parametrize(
    ("fastapi", "straightway", "announced"),
    [
        (Answer(405, (("allow", "GET"),)), Answer(405, (("allow", "GET, POST"),)), True),
        (Answer(405, (("allow", "GET, POST"),)), Answer(405, (("allow", "GET"),)), False),
        (Answer(200, (("allow", "GET"),)), Answer(200, (("allow", "GET, POST"),)), False),
        (Answer(500, raised="ValueError: Out of range float values"), Answer(200, JSON, b"[null]"), True),
        (Answer(500, raised="ValueError: other"), Answer(200, JSON, b"[null]"), False),
        (Answer(500, raised="UnicodeEncodeError: 'utf-8' codec ..."), Answer(200, JSON, b'"\\ud800"'), True),
        (Answer(500, raised="UnicodeEncodeError: 'utf-8' codec ..."), Answer(200, JSON, b'"?"'), False),
        (Answer(500, raised="UnicodeEncodeError: a"), Answer(422), True),
        (Answer(500, raised="UnicodeEncodeError: a"), Answer(200), False),
        (INVALID_JSON, Answer(401), True),
        (INVALID_JSON, Answer(200), False),
        (Answer(422, JSON, b'{"detail": [{"type": "missing"}]}'), Answer(401), False),
        (Answer(205, (("content-length", "4"),)), Answer(205, (("content-length", "0"),)), True),
        (Answer(307, (("location", "/a%"),)), Answer(307, (("location", "/a%25"),)), True),
        (Answer(307, (("location", "/a%"),)), Answer(307, (("location", "/b%25"),)), False),
        (Answer(200, (), b"swagger-ui.js"), Answer(200, (), b"/docs/swagger-ui"), True),
        (Answer(200, (), b"swagger-ui.js"), Answer(200, (), b"something else"), False),
    ],
)
def test_only_announced_differences_are_excused(fastapi, straightway, announced):
    """docs/compatibility.md names them; what only looks like one counts."""
    [point] = differing(fastapi, straightway)

    assert (reason_for_answer(SENT, point, fastapi, straightway) is not None) is announced


@pytest.mark.parametrize(("ours", "announced"), [("f_items_get", True), ("g_items_get", False)])
def test_operation_ids_may_end_with_another_method(ours, announced):
    """Which of several methods stands there, FastAPI leaves to the order of a set."""
    [(change, _)] = document_changes(operation(operationId="f_items_put"), operation(operationId=ours))

    assert (reason_for_document(change) is not None) is announced
