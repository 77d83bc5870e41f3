import math
from collections.abc import AsyncIterable, Iterable
from contextlib import AsyncExitStack, aclosing

import anyio
import pytest
from anyio.lowlevel import checkpoint
from pydantic import BaseModel

from straightway import Straightway
from straightway.errors import ResponseValidationError
from straightway.runtime import streaming
from straightway.runtime.streaming import checkpointed, event_encoder, events, json_lines
from straightway.sse import KEEPALIVE_COMMENT, EventSourceResponse, ServerSentEvent
from straightway.testclient import TestClient

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


class Item(BaseModel):
    """What is streamed."""

    name: str
    price: float | None = None


def client_of(endpoint, **options):
    """Serve an endpoint."""
    app = Straightway()
    app.get("/", **options)(endpoint)
    return TestClient(app)


async def endless():
    """Yield forever, without ever waiting."""
    while True:
        yield b"more"


def test_generator_is_sent_as_json_lines():
    """Each item is one line of JSON, as its type says."""

    async def endpoint() -> AsyncIterable[Item]:
        yield Item(name="a")
        yield {"name": "b\nc", "price": 2, "other": 1}

    response = client_of(endpoint).get("/")

    assert response.headers["content-type"] == "application/jsonl"
    assert response.text == '{"name":"a","price":null}\n{"name":"b\\nc","price":2.0}\n'


def test_synchronous_generator_is_sent_as_json_lines():
    """The same holds for a generator that runs off the loop."""

    def endpoint() -> Iterable[Item]:
        yield Item(name="a")

    assert client_of(endpoint).get("/").text == '{"name":"a","price":null}\n'


def test_items_without_a_type_are_encoded():
    """Without a type an item is what `jsonable_encoder` makes of it; what JSON cannot write is null."""

    async def endpoint():
        yield {"a": math.nan, "é": {1}}

    assert client_of(endpoint).get("/").json() == {"a": None, "é": [1]}


def test_item_of_another_type_ends_the_stream():
    """An item that does not fit its type is an error, which the server sees."""

    def endpoint() -> Iterable[Item]:
        yield Item(name="a")
        yield {"price": "x"}

    with pytest.raises(ResponseValidationError) as caught:
        client_of(endpoint).get("/")

    assert [each["loc"] for each in caught.value.errors()] == [("response", "name"), ("response", "price")]


@BACKENDS
@pytest.mark.parametrize("wrap", [checkpointed, lambda items: json_lines(items, bytes)])
def test_stream_that_never_waits_can_be_cancelled(backend, wrap):
    """A generator without an `await` gives way after each item."""
    received = []

    async def run():
        with anyio.CancelScope() as scope:
            async with aclosing(wrap(endless())) as chunks:
                async for chunk in chunks:
                    received.append(chunk)
                    scope.cancel()

    anyio.run(run, backend=backend)

    assert len(received) == 1


def test_chunks_of_a_synchronous_body_are_left_alone():
    """What is iterated in a thread needs no checkpoints."""
    chunks = [b"a"]

    assert checkpointed(chunks) is chunks


@pytest.mark.parametrize(
    ("item", "text"),
    [
        pytest.param("a\nb", 'data: "a\\nb"\n\n', id="value"),
        pytest.param({"a": 1}, 'data: {"a": 1}\n\n', id="object"),
        pytest.param(ServerSentEvent(data="a"), 'data: "a"\n\n', id="data"),
        pytest.param(ServerSentEvent(data=Item(name="a")), 'data: {"name":"a","price":null}\n\n', id="model"),
        pytest.param(ServerSentEvent(raw_data="a\r\nb"), "data: a\ndata: b\n\n", id="raw-data"),
        pytest.param(ServerSentEvent(raw_data=""), "data: \n\n", id="empty-raw-data"),
        pytest.param(
            ServerSentEvent(event="e", id="1", retry=5), "event: e\nid: 1\nretry: 5\n\n", id="fields"
        ),
        pytest.param(ServerSentEvent(comment="c"), ": c\n\n", id="comment"),
    ],
)
def test_item_as_event(item, text):
    """An item is the data of an event; a `ServerSentEvent` says more."""
    encode = event_encoder(streaming._untyped_item)

    assert encode(item).decode() == text


def test_event_stream():
    """Events are sent one after the other, and nobody on the way may hold them back."""

    async def endpoint():
        yield {"n": 1}
        yield ServerSentEvent(raw_data="two", id="2")

    response = client_of(endpoint, response_class=EventSourceResponse).get("/")

    assert response.text == 'data: {"n": 1}\n\ndata: two\nid: 2\n\n'
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"


@BACKENDS
def test_comment_keeps_a_silent_stream_alive(backend, monkeypatch):
    """Where there is no item for a while a comment is sent, and the item after it is not lost."""
    monkeypatch.setattr(streaming, "PING_INTERVAL", 0.001)

    async def run():
        pinged = anyio.Event()

        async def items():
            await pinged.wait()
            yield b"item"

        received = []
        async with AsyncExitStack() as stack:
            async for chunk in await events(stack, items(), bytes):
                received.append(chunk)
                pinged.set()
        return received

    received = anyio.run(run, backend=backend)

    assert received[0] == KEEPALIVE_COMMENT
    assert received[-1] == b"item"


@BACKENDS
def test_producer_ends_with_its_stack(backend):
    """A stream that is left early ends its generator, which may clean up."""
    journal = []

    async def items():
        try:
            yield b"first"
            await anyio.sleep_forever()
        finally:
            journal.append("closed")

    async def run():
        async with AsyncExitStack() as stack:
            received = await stack.enter_async_context(aclosing(await events(stack, items(), bytes)))
            journal.append(await anext(received))

    anyio.run(run, backend=backend)

    assert journal == [b"first", "closed"]


@BACKENDS
def test_producer_does_not_run_ahead(backend):
    """A slow client slows the generator down: it is never more than a few items ahead."""
    produced = []

    async def items():
        for number in range(100):
            produced.append(number)
            yield b"item"

    async def run():
        async with AsyncExitStack() as stack:
            received = await stack.enter_async_context(aclosing(await events(stack, items(), bytes)))
            await anext(received)
            for _ in range(50):
                await checkpoint()

    anyio.run(run, backend=backend)

    assert len(produced) < 5


@BACKENDS
def test_producer_that_is_ahead_is_closed_too(backend):
    """A generator that waits for a slow client, at its `yield`, cleans up in its own task, and is not cut short."""
    journal = []

    async def items():
        try:
            while True:
                yield b"item"
        finally:
            await checkpoint()
            journal.append("closed")

    async def run():
        async with AsyncExitStack() as stack:
            received = await stack.enter_async_context(aclosing(await events(stack, items(), bytes)))
            await anext(received)
        journal.append("stack closed")

    anyio.run(run, backend=backend)

    assert journal == ["closed", "stack closed"]


@BACKENDS
def test_lines_close_what_they_are_made_of(backend):
    """When a stream is cancelled between two items its generator cleans up, and is not cut short."""
    journal = []

    async def items():
        try:
            while True:
                yield b"item"
        finally:
            await checkpoint()
            journal.append("closed")

    async def run():
        with anyio.CancelScope() as scope:
            async with aclosing(json_lines(items(), bytes)) as lines:
                async for _ in lines:
                    scope.cancel()
        journal.append("cancelled")

    anyio.run(run, backend=backend)

    assert journal == ["closed", "cancelled"]


def test_synchronous_items_are_events_too():
    """A generator that runs off the loop is streamed as well."""

    async def run():
        async with AsyncExitStack() as stack:
            return [chunk async for chunk in await events(stack, [b"a", b"b"], bytes)]

    assert anyio.run(run) == [b"a", b"b"]
