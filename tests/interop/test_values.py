import threading
from collections import deque
from collections.abc import Sequence
from typing import Annotated, Any, ForwardRef, get_args

import anyio
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData, Headers, QueryParams

from straightway import Body, Form, Header, Query, params
from straightway.analyse.graph import get_dependant
from straightway.errors import ResponseValidationError
from straightway.fields import ModelField, Undefined
from straightway.interop.values import (
    create_body_model,
    evaluate_forwardref,
    get_cached_model_fields,
    get_missing_field_error,
    is_pydantic_v1_model_instance,
    is_scalar_field,
    request_body_to_args,
    request_params_to_args,
    run_endpoint_function,
    serialize_response,
    serialize_sequence_value,
    value_is_sequence,
)


class Item(BaseModel):
    """Something with a required and an optional field."""

    name: str
    price: float = 1.0


def field(annotation, name="value", **options):
    """Make a field."""
    return ModelField(field_info=FieldInfo(annotation=annotation, **options), name=name)


def run(function, *arguments, **options):
    """Await what a coroutine function returns."""

    async def call():
        return await function(*arguments, **options)

    return anyio.run(call)


def fields_of(endpoint, location):
    """Analyse a function and return its parameters of one location."""
    return getattr(get_dependant(path="/", call=endpoint), f"{location}_params")


def test_parameters_are_read_and_validated_together():
    """Values come by name, errors with their places; what is valid is returned beside the errors."""

    def endpoint(limit: int, tag: Annotated[list[str], Query()], page: int = 1): ...

    fields = fields_of(endpoint, "query")

    assert request_params_to_args(fields, QueryParams("limit=3&tag=a&tag=b")) == (
        {"limit": 3, "tag": ["a", "b"], "page": 1},
        [],
    )
    values, errors = request_params_to_args(fields, QueryParams("tag=a&page=x"))
    assert values == {"tag": ["a"]}
    assert [(error["type"], error["loc"]) for error in errors] == [
        ("missing", ("query", "limit")),
        ("int_parsing", ("query", "page")),
    ]


def test_parameters_are_read_from_headers_and_plain_mappings():
    """Whatever holds the values will do; header names have hyphens and no case."""

    def endpoint(x_token: Annotated[str, Header()]): ...

    fields = fields_of(endpoint, "header")

    assert request_params_to_args(fields, Headers({"X-Token": "t"})) == ({"x_token": "t"}, [])
    assert request_params_to_args(fields_of(lambda q: q, "query"), {"q": "v"}) == ({"q": "v"}, [])
    assert request_params_to_args([], {"q": "v"}) == ({}, [])


@pytest.mark.parametrize(
    ("body", "embed", "expected"),
    [
        ({"name": "a"}, False, {"item": Item(name="a")}),
        ({"item": {"name": "a"}}, True, {"item": Item(name="a")}),
        (Undefined, False, {"item": None}),
        ({}, True, {"item": None}),
    ],
    ids=["whole body", "embedded", "none sent", "key not sent"],
)
def test_json_body_is_read(body, embed, expected):
    """A parsed body becomes the parameter; one that was not sent, its default."""

    def endpoint(item: Item | None = None): ...

    assert run(request_body_to_args, fields_of(endpoint, "body"), body, embed) == (expected, [])


def test_errors_of_a_body_have_their_place():
    """Embedded parameters are reported under their key."""

    def endpoint(item: Annotated[Item, Body(embed=True)]): ...

    values, errors = run(request_body_to_args, fields_of(endpoint, "body"), {"item": {}}, True)

    assert values == {}
    assert [error["loc"] for error in errors] == [("body", "item", "name")]


@pytest.mark.parametrize(
    "form", [FormData([("name", "a"), ("tag", "x"), ("tag", "y")]), {"name": "a", "tag": ["x", "y"]}]
)
def test_form_is_read(form):
    """Forms are taken as Starlette parses them; a dictionary can stand for one."""

    def endpoint(name: Annotated[str, Form()], tag: Annotated[list[str], Form()]): ...

    values, errors = run(request_body_to_args, fields_of(endpoint, "body"), form, True)

    assert (values, errors) == ({"name": "a", "tag": ["x", "y"]}, [])


def test_no_body_fields_need_no_body():
    """An endpoint without a body takes nothing of it."""
    assert run(request_body_to_args, [], {"name": "a"}, False) == ({}, [])


def test_endpoint_is_called_where_its_kind_runs():
    """A coroutine function is awaited on the loop; another one runs in a worker thread."""

    async def on_loop(value):
        return value, threading.current_thread() is threading.main_thread()

    def in_thread(value):
        return value, threading.current_thread() is threading.main_thread()

    def call(endpoint, *, is_coroutine):
        dependant = get_dependant(path="/", call=endpoint)
        return run(run_endpoint_function, dependant=dependant, values={"value": 1}, is_coroutine=is_coroutine)

    assert call(on_loop, is_coroutine=True) == (1, True)
    assert call(in_thread, is_coroutine=False) == (1, False)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"response_content": {"item": Item(name="a")}}, {"item": {"name": "a", "price": 1.0}}),
        ({"response_content": {"a": 1}, "dump_json": True}, {"a": 1}),
        ({"field": field(Item), "response_content": {"name": "a", "more": 1}}, {"name": "a", "price": 1.0}),
        ({"field": field(Item), "response_content": Item(name="a"), "exclude_unset": True}, {"name": "a"}),
        (
            {"field": field(Item), "response_content": Item(name="a"), "dump_json": True},
            b'{"name":"a","price":1.0}',
        ),
        (
            {"field": field(Item), "response_content": Item(name="a"), "is_coroutine": False},
            {"name": "a", "price": 1.0},
        ),
    ],
    ids=["untyped", "untyped bytes are data", "filtered", "options", "bytes", "checked in a thread"],
)
def test_response_is_serialized(options, expected):
    """What an endpoint returned is checked, filtered and made JSON-able."""
    assert run(serialize_response, **options) == expected


def test_response_that_does_not_fit_is_an_error():
    """The error says what was returned, and by whom."""
    context = {"path": "GET /items"}

    with pytest.raises(ResponseValidationError) as caught:
        run(serialize_response, field=field(Item), response_content={}, endpoint_ctx=context)

    assert caught.value.body == {}
    assert caught.value.errors()[0]["loc"] == ("response", "name")
    assert caught.value.endpoint_path == "GET /items"


def test_body_model_has_a_field_for_each_parameter():
    """The model is called as asked and configured as asked."""
    model = create_body_model(
        fields=[field(int, "count"), field(str, "name", default="x")],
        model_name="Body_put",
        config={"extra": "forbid"},
    )

    assert (model.__name__, model.model_config) == ("Body_put", {"extra": "forbid"})
    assert model(count=1).model_dump() == {"count": 1, "name": "x"}


def test_fields_of_a_model_are_the_same_objects_each_time():
    """They can be keys of what has been worked out about them."""
    first, second = get_cached_model_fields(Item), get_cached_model_fields(Item)

    assert [each.name for each in first] == ["name", "price"]
    assert all(one is other for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("int", int),
        ("list['Item']", list[Item]),
        (ForwardRef("Item | None"), Item | None),
        ("Unknown", ForwardRef("Unknown")),
        (int, int),
    ],
    ids=["name", "nested", "reference", "unknown", "type"],
)
def test_string_annotations_are_evaluated(written, expected):
    """Names come from the namespaces given; one that is nowhere stays a reference."""
    assert evaluate_forwardref(written, {"Item": Item}) == expected


def test_markers_inside_an_annotation_survive():
    """What stands in `Annotated` is kept."""
    annotation = evaluate_forwardref("Annotated[int, 'marker']", {"Annotated": Annotated})

    assert get_args(annotation) == (int, "marker")


def test_missing_value_is_reported_as_pydantic_would():
    """Packages that check parameters themselves report what is missing alike."""
    assert get_missing_field_error(("query", "q")) == {
        "type": "missing",
        "loc": ("query", "q"),
        "msg": "Field required",
        "input": None,
    }


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (int, True),
        (bytes, True),
        (int | None, True),
        (list[int], False),
        (Item, False),
        (dict[str, Any], False),
    ],
)
def test_scalar_fields_are_single_plain_values(annotation, expected):
    """Structures and sequences are not."""
    assert is_scalar_field(field(annotation)) is expected


def test_body_is_no_scalar_field():
    """A single value that is the body is read as the body."""
    assert not is_scalar_field(ModelField(field_info=params.Body(annotation=int), name="value"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1], True),
        ((1,), True),
        ({1}, True),
        (deque([1]), True),
        ("a", False),
        (b"a", False),
        ({"a": 1}, False),
        (1, False),
    ],
)
def test_sequences_hold_several_values(value, expected):
    """Text and bytes are one value."""
    assert value_is_sequence(value) is expected


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (list[int], ["1", "1"]),
        (set[int], {"1"}),
        (tuple[int, ...], ("1", "1")),
        (frozenset[int], frozenset({"1"})),
        (Sequence[int], ["1", "1"]),
        (None | list[int], ["1", "1"]),
    ],
)
def test_sequence_becomes_the_declared_kind(annotation, expected):
    """Items are not converted; an abstract sequence is a list."""
    assert serialize_sequence_value(field=field(annotation), value=["1", "1"]) == expected


def test_single_value_is_no_sequence():
    """Asking for the kind of sequence of something that is none is a mistake of the caller."""
    with pytest.raises(TypeError, match="'value' is declared to be no sequence"):
        serialize_sequence_value(field=field(int), value=[1])


def test_no_instance_is_one_of_pydantic_1():
    """Instances of ordinary models, and models themselves, are not."""
    assert not is_pydantic_v1_model_instance(Item(name="a"))
    assert not is_pydantic_v1_model_instance(Item)
