# typing's names for the same classes must be understood, too
import typing
from collections import abc
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response, StreamingResponse

from straightway.analyse.answers import ReturnType, get_stream_item_type, return_type
from straightway.datastructures import Default
from straightway.sse import EventSourceResponse, ServerSentEvent

NOT_GIVEN = Default(None)
NO_CLASS = Default(JSONResponse)


class Item(BaseModel):
    """What is returned."""

    name: str


def function(returns):
    """Return a function that is annotated like this."""

    def endpoint(): ...

    endpoint.__annotations__ = {"return": returns}
    return endpoint


def generator(returns):
    """Return a generator function that is annotated like this."""

    def endpoint():
        yield

    endpoint.__annotations__ = {"return": returns}
    return endpoint


def async_generator(returns):
    """Return an asynchronous generator function that is annotated like this."""

    async def endpoint():
        yield

    endpoint.__annotations__ = {"return": returns}
    return endpoint


def answer(endpoint, response_model=NOT_GIVEN, response_class=NO_CLASS):
    """Ask what an endpoint returns when its route says this."""
    return return_type(endpoint, response_model, response_class)


# Models


@pytest.mark.parametrize("annotation", [Item, list[Item], Item | None, int, Any, dict[str, int]], ids=repr)
def test_return_annotation_is_the_model(annotation):
    """What a function says it returns is what is sent."""
    assert answer(function(annotation)) == ReturnType(model=annotation)


def test_no_annotation_is_no_model():
    """Nothing is said, so nothing is checked; None says no more."""

    def endpoint(): ...

    assert answer(endpoint) == answer(function(None)) == ReturnType()


@pytest.mark.parametrize("annotation", [Response, JSONResponse, StreamingResponse])
def test_response_is_no_model(annotation):
    """A response is sent as it is."""
    assert answer(function(annotation)).model is None


def test_union_with_a_response_is_taken_for_a_model():
    """It cannot be one, which is reported where the model is made."""
    assert answer(function(Response | dict)).model == Response | dict


@pytest.mark.parametrize("annotation", [int, Response, abc.Iterable[int]])
def test_response_model_of_the_route_counts_before_the_annotation(annotation):
    """The annotation may serve type checkers, and `response_model` the client."""
    assert answer(function(annotation), Item).model is Item


def test_response_model_none_switches_the_model_off():
    """None is an answer, unlike not saying anything."""
    assert answer(function(Item), None).model is None


def test_iterable_of_an_ordinary_function_is_an_ordinary_model():
    """Only a generator streams."""
    assert answer(function(abc.Iterable[int])) == ReturnType(model=abc.Iterable[int])


# Streams


@pytest.mark.parametrize(
    "kind", ["AsyncIterable", "AsyncIterator", "AsyncGenerator", "Iterable", "Iterator", "Generator"]
)
@pytest.mark.parametrize("module", [typing, abc])
@pytest.mark.parametrize("make", [generator, async_generator])
def test_generator_streams_its_items(make, module, kind):
    """A generator without a response class sends JSON Lines of the items it says it yields."""
    name = getattr(module, kind)
    arguments = {"AsyncGenerator": (Item, None), "Generator": (Item, None, None)}.get(kind, Item)

    assert answer(make(name[arguments])) == ReturnType(None, Item, "json lines", streams=True)


def test_stream_that_does_not_say_of_what():
    """A bare Iterable has items of any kind."""
    assert answer(generator(abc.Iterable)).item is Any


@pytest.mark.parametrize("annotation", [None, list[Item], Item], ids=repr)
def test_generator_that_says_something_else(annotation):
    """The items are not checked; the annotation stays the model, which only the document shows."""
    assert answer(generator(annotation)) == ReturnType(annotation, None, "json lines", streams=True)


def test_response_model_of_a_generator():
    """The model is the document's; items are not checked by it."""
    assert answer(generator(abc.Iterable[int]), Item) == ReturnType(Item, None, "json lines", streams=True)


@pytest.mark.parametrize("annotation", [abc.Iterable[Item], None], ids=repr)
def test_generator_with_a_response_class_is_its_content(annotation):
    """The class gets the generator, and its items are not touched."""
    returned = answer(generator(annotation), response_class=StreamingResponse)

    assert returned == ReturnType(None, None, "stream", streams=True)


@pytest.mark.parametrize("make", [generator, async_generator])
def test_events(make):
    """With the class for events, items are sent as events."""
    returned = answer(make(abc.AsyncIterable[Item]), response_class=EventSourceResponse)

    assert returned == ReturnType(None, Item, "events", streams=True)


def test_subclass_of_the_class_for_events():
    """A class of one's own for events is one, too."""
    own = type("Own", (EventSourceResponse,), {})

    assert answer(generator(None), response_class=own).kind == "events"


def test_finished_events_are_not_checked():
    """A `ServerSentEvent` is no item of its own kind, whatever the stream."""
    for response_class in (EventSourceResponse, NO_CLASS):
        assert answer(generator(abc.Iterable[ServerSentEvent]), response_class=response_class).item is None


def test_function_that_returns_an_iterable_of_events():
    """It is no generator, and its items are sent as events all the same."""
    returned = answer(function(list[Item]), response_class=EventSourceResponse)

    assert (returned.kind, returned.streams) == ("events", False)


def test_default_class_of_a_router_is_a_choice():
    """A class that an application or router chose counts; only the framework's own default is none."""
    assert answer(generator(abc.Iterable[Item]), response_class=JSONResponse).kind == "stream"


@pytest.mark.parametrize(
    ("annotation", "item"),
    [
        (abc.AsyncIterable[Item], Item),
        (typing.Generator[Item, None, None], Item),
        (abc.Iterable, Any),
        (list[Item], None),
        (Item, None),
        (None, None),
    ],
    ids=repr,
)
def test_item_type(annotation, item):
    """What a stream is of; None for what is no stream."""
    assert get_stream_item_type(annotation) is item
