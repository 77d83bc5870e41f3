"""Responses that come piece by piece: JSON Lines and Server-Sent Events."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
from anyio import CancelScope
from anyio.lowlevel import checkpoint
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from pydantic_core import ValidationError
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import StreamingResponse

from straightway import sse
from straightway.encoders import jsonable_encoder
from straightway.errors import EndpointContext, ResponseValidationError
from straightway.fields import errors_of
from straightway.plan import Answer
from straightway.runtime.answering import dump_options, json_writer
from straightway.runtime.untyped import without_nan

PING_INTERVAL = sse._PING_INTERVAL  # noqa: SLF001  # one constant, under the name that FastAPI gave it


class JSONLinesResponse(StreamingResponse):
    """One JSON document a line."""

    media_type = "application/jsonl"


def item_json(answer: Answer, context: EndpointContext) -> Callable[[Any], bytes]:
    """Return the function that writes one item of a stream as JSON."""
    if answer.item is None:
        return _untyped_item
    check = answer.item.validator.validate_python
    dump = json_writer(answer.item, dump_options(answer))

    def typed_item(item: Any) -> bytes:
        try:
            return dump(check(item, from_attributes=True))
        except ValidationError as error:
            raise ResponseValidationError(
                errors_of(error, ("response",)), body=item, endpoint_ctx=context
            ) from error

    return typed_item


def _untyped_item(item: Any) -> bytes:
    return json.dumps(without_nan(jsonable_encoder(item))).encode("utf-8")


def json_lines(items: Any, encode: Callable[[Any], bytes]) -> Any:
    """Return the bytes of a JSON Lines body, asynchronous if `items` is."""
    if hasattr(items, "__aiter__"):
        return _lines(items, lambda item: encode(item) + b"\n")
    return _sync_lines(items, lambda item: encode(item) + b"\n")


def checkpointed(items: Any) -> Any:
    """Return the chunks of a body as they are; an asynchronous generator that never waits can be cancelled."""
    return _lines(items, _as_is) if hasattr(items, "__aiter__") else items


def _as_is(chunk: Any) -> Any:
    return chunk


def _sync_lines(items: Iterable[Any], encode: Callable[[Any], bytes]) -> Iterator[bytes]:
    for item in items:
        yield encode(item)


async def _lines(items: AsyncIterator[Any], encode: Callable[[Any], bytes]) -> AsyncIterator[bytes]:
    async with _closing(items):
        async for item in items:
            yield encode(item)
            await checkpoint()  # a generator that never waits could not be cancelled


@asynccontextmanager
async def _closing(items: AsyncIterator[Any]) -> AsyncGenerator[None]:
    """Close a generator that was not read to its end, here and now: not when and where it is collected."""
    try:
        yield
    finally:
        if isinstance(items, AsyncGenerator):
            with CancelScope(shield=True):
                await items.aclose()


def event_encoder(encode: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Return the function that writes an item, or a `ServerSentEvent`, as one event."""

    def event(item: Any) -> bytes:
        if isinstance(item, sse.ServerSentEvent):
            return sse.format_sse_event(
                data_str=_event_data(item),
                event=item.event,
                id=item.id,
                retry=item.retry,
                comment=item.comment,
            )
        return sse.format_sse_event(data_str=encode(item).decode("utf-8"))

    return event


def _event_data(event: sse.ServerSentEvent) -> str | None:
    if event.raw_data is not None:
        return event.raw_data
    if event.data is None:
        return None
    if hasattr(event.data, "model_dump_json"):
        return str(event.data.model_dump_json())
    return json.dumps(without_nan(jsonable_encoder(event.data)))


async def events(stack: AsyncExitStack, items: Any, encode: Callable[[Any], bytes]) -> AsyncIterator[bytes]:
    """Return the bytes of an event stream; the task that produces them ends with `stack`.

    A comment is sent when there was no item for a while, so that proxies keep the connection open (HTML Living
    Standard, 9.2.7).
    """
    source = items if hasattr(items, "__aiter__") else iterate_in_threadpool(iter(items))
    received = await stack.enter_async_context(_produced(_lines(source, encode)))
    return _kept_alive(received)


@asynccontextmanager
async def _produced(chunks: AsyncIterator[bytes]) -> AsyncGenerator[MemoryObjectReceiveStream[bytes]]:
    sender, receiver = anyio.create_memory_object_stream[bytes](1)
    async with sender, receiver, anyio.create_task_group() as group:
        group.start_soon(_produce, chunks, sender)
        yield receiver
        group.cancel_scope.cancel()


async def _produce(chunks: AsyncIterator[bytes], sender: MemoryObjectSendStream[bytes]) -> None:
    async with sender, _closing(chunks):
        async for chunk in chunks:
            await sender.send(chunk)


async def _kept_alive(received: MemoryObjectReceiveStream[bytes]) -> AsyncIterator[bytes]:
    while True:
        chunk: bytes | None = None
        try:
            with anyio.move_on_after(PING_INTERVAL):
                chunk = await received.receive()
        except anyio.EndOfStream:
            return
        yield sse.KEEPALIVE_COMMENT if chunk is None else chunk
