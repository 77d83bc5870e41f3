"""Requests made from an OpenAPI document."""

import json
import re

import pytest

from straightway.cli.compat.mistakes import routing_requests, unusual_requests
from straightway.cli.compat.operations import operations_of, undocumented
from straightway.cli.compat.patterns import matching
from straightway.cli.compat.requests import valid_requests
from straightway.cli.compat.values import Source, value_for, wrong_values


def document(operation, *, path="/items", method="get", components=None):
    """Return a document with one operation."""
    return {"paths": {path: {method: operation}}, "components": components or {}}


def only_operation(*arguments, **options):
    """Return that operation."""
    [operation] = operations_of({"": document(*arguments, **options)})
    return operation


def query(name, schema, *, required=False):
    """Return a query parameter."""
    return {"name": name, "in": "query", "required": required, "schema": schema}


ITEM = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "price": {"type": "number", "exclusiveMinimum": 0},
    },
    "required": ["name", "price"],
}


def values(schema, number=200, **components):
    """Return many values for a schema."""
    source = Source.seeded("1", {"components": components})
    return [value_for(schema, source) for _ in range(number)]


@pytest.mark.parametrize(
    ("schema", "fits"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 3}, lambda value: value in {1, 2, 3}),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 3}, lambda value: value == 2),
        ({"type": "integer", "multipleOf": 5, "minimum": 3, "maximum": 12}, lambda value: value in {5, 10}),
        ({"type": "integer", "maximum": -7}, lambda value: value <= -7),
        ({"type": "number", "exclusiveMinimum": 0}, lambda value: value > 0),
        ({"type": "number", "maximum": -1}, lambda value: value <= -1),
        ({"type": "string", "minLength": 4, "maxLength": 5}, lambda value: 4 <= len(value) <= 5),
        ({"type": "string", "format": "uuid"}, lambda value: len(value) == 36),
        ({"enum": ["a", 2]}, lambda value: value in {"a", 2}),
        ({"const": 7}, lambda value: value == 7),
        (
            {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2},
            lambda value: 1 <= len(value) <= 2,
        ),
        ({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}]}, lambda value: value == [1, 2]),
        (
            {"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True},
            lambda value: len(set(value)) == len(value),
        ),
        (ITEM, lambda value: value.keys() == {"name", "price"}),
        (
            {"allOf": [ITEM, {"properties": {"more": {"const": 1}}, "required": ["more"]}]},
            lambda value: len(value) == 3,
        ),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_values_fit_their_schema(schema, fits):
    """What is sent as documented is allowed by the document."""
    assert [value for value in values(schema) if not fits(value)] == []


def test_values_of_alternatives_are_of_all_of_them():
    """References are followed, and null is one of the values that may be."""
    found = values(
        {"anyOf": [{"$ref": "#/components/schemas/One"}, {"type": "null"}]}, schemas={"One": {"const": 1}}
    )

    assert set(found) == {1, None}


def test_a_model_that_contains_itself_comes_to_an_end():
    """Depth is bounded where nothing else bounds it."""
    tree = {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    }

    assert values({"$ref": "#/components/schemas/Tree"}, 20, schemas={"Tree": tree})


@pytest.mark.parametrize(
    "pattern", [r"^[a-z]{2,4}$", r"\d{3}-\d{4}", r"^(?:yes|no)$", r"^a+b*c?[^x]\.$", r"^(?P<year>\d{4})\\$"]
)
def test_strings_match_their_pattern(pattern):
    """Plain expressions are understood."""
    random = Source.seeded("1", {}).random

    assert all(re.search(pattern, matching(pattern, random)) for _ in range(50))


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", r"[", r"(", r"*"])
def test_other_patterns_have_no_string(pattern):
    """What is not understood is left alone, and so is what is no expression."""
    assert matching(pattern, Source.seeded("1", {}).random) is None


def test_wrong_values_are_just_out_of_range():
    """Bounds are where implementations differ."""
    source = Source.seeded("1", {})
    found = list(wrong_values({"type": "integer", "minimum": 1, "exclusiveMaximum": 10}, source))

    assert {0, 10, "many", 1.5} <= set(found)


def abouts(operation, *, most=1000, seed=1):
    """Return what is unusual about the unusual requests, with their targets."""
    return {sent.about: sent for sent in unusual_requests(operation, most, seed, ())}


def test_parameters_are_left_out_doubled_emptied_and_mistyped():
    """Each is one request, which says in words what it is."""
    found = abouts(only_operation({"parameters": [query("limit", {"type": "integer"}, required=True)]}))

    assert "limit" not in found["without query parameter limit"].target
    assert found["query parameter limit is empty"].target.startswith("/items?limit=")
    assert found["query parameter limit twice"].target.count("limit=") == 2
    assert found['query parameter limit is "many"'].target == "/items?limit=many"


def test_bodies_are_malformed_incomplete_and_of_another_type():
    """The whole body, and each member of it."""
    operation = only_operation(
        {"requestBody": {"required": True, "content": {"application/json": {"schema": ITEM}}}}, method="post"
    )
    found = abouts(operation)

    assert found["JSON that ends early"].body == b'{"a": '
    assert ("content-type", "text/plain") in found["content-type text/plain"].headers
    assert found["without a body"].body == b""
    assert json.loads(found["body without /name"].body).keys() == {"price"}
    assert json.loads(found["body with /price 0"].body)["price"] == 0


def test_uploads_are_sent_as_files():
    """A multipart body has a file name where the document has a file."""
    schema = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "note": {"type": "string"},
        },
        "required": ["file", "note"],
    }
    operation = only_operation(
        {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}, method="post"
    )

    [sent] = valid_requests(operation, 1, 1, ())

    assert b'name="file"; filename="file.txt"' in sent.body
    assert b'name="note"\r\n\r\n' in sent.body
    assert ("content-type", "multipart/form-data; boundary=straightway-compat") in sent.headers


def test_credentials_are_made_up_and_given_ones_go_before():
    """Each kind of scheme gets something of its form; a header of the user's takes its place."""
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "key": {"type": "apiKey", "in": "cookie", "name": "k"},
    }
    operation = only_operation(
        {"security": [{"bearer": []}, {"key": []}]}, components={"securitySchemes": schemes}
    )

    made_up, _, without = valid_requests(operation, 3, 1, ())
    given, *_ = valid_requests(operation, 3, 1, (("authorization", "Bearer real"),))

    assert made_up.headers == (("authorization", "Bearer a-token"), ("cookie", "k=a-key"))
    assert "authorization" not in dict(without.headers)
    assert dict(given.headers)["authorization"] == "Bearer real"


def test_another_operation_changes_no_request():
    """Requests depend on the seed and on the operation."""
    alone = document({"parameters": [query("limit", {"type": "integer"})]})
    more = {**alone, "paths": {"/a": {"get": {}}, **alone["paths"]}}

    first, second = (
        [
            sent
            for each in operations_of({"": found})
            if each.path == "/items"
            for sent in valid_requests(each, 5, 1, ())
        ]
        for found in (alone, more)
    )

    assert first == second


def test_number_of_unusual_requests_is_bounded():
    """What is left out is chosen by the seed, and the order stays."""
    operation = only_operation({"parameters": [query(name, {"type": "integer"}) for name in "abcdef"]})
    every = list(abouts(operation))

    few = list(abouts(operation, most=7))

    assert len(few) == 7
    assert few == [about for about in every if about in few]
    assert few != list(abouts(operation, most=7, seed=2))


def test_operations_that_create_come_first_and_those_that_delete_last():
    """What is read has been written before, as far as the document tells."""
    found = operations_of({"": {"paths": {"/a": {"delete": {}, "get": {}}, "/b": {"patch": {}, "post": {}}}}})

    assert [each.title for each in found] == ["POST /b", "GET /a", "PATCH /b", "DELETE /a"]


def test_operations_of_mounted_applications_have_their_prefix():
    """They are called where they are served."""
    [operation] = operations_of({"/sub": document({})})

    assert operation.title == "GET /sub/items"


def test_routes_beside_the_document_are_asked_for():
    """Documentation pages and hidden routes are compared too, on GET."""
    found = undocumented([("/docs", ["GET"]), ("/items", ["GET"]), ("/post", ["POST"])], [only_operation({})])

    assert [each.title for each in found] == ["GET /docs"]


def test_routing_is_tried_beside_what_is_documented():
    """Other methods, other slashes, unknown paths."""
    sent = list(routing_requests([only_operation({})], ("GET", "BREW"), 1))

    assert [(each.method, each.target) for each in sent] == [
        ("GET", "/no-such-path"),
        ("BREW", "/no-such-path"),
        ("BREW", "/items"),
        ("GET", "/items/"),
        ("GET", "//items"),
        ("GET", "/items/no%20such"),
        ("GET", "/items?&&=&a&%FF=%FF&b=%zz&"),
    ]
