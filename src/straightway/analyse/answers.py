"""Return annotation and settings to an answer: which model, which kind of stream."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from starlette.responses import Response

from straightway.analyse.callables import is_generator, kind_of
from straightway.analyse.shapes import lenient_issubclass
from straightway.analyse.signature import typed_return_annotation
from straightway.datastructures import DefaultPlaceholder
from straightway.sse import EventSourceResponse, ServerSentEvent

_STREAMS = (AsyncIterable, AsyncIterator, AsyncGenerator, Iterable, Iterator, Generator)


@dataclass(frozen=True, slots=True)
class ReturnType:
    """What an endpoint returns, as declared."""

    model: Any = None
    item: Any = None
    """The type of each item of a stream; None where items are not validated."""
    kind: Literal["value", "json lines", "events", "stream"] = "value"
    streams: bool = False
    """The endpoint is a generator."""


def return_type(endpoint: Callable[..., Any], response_model: Any, response_class: Any) -> ReturnType:
    """Work out the model of the response, or of each item where the endpoint is a generator.

    `response_model` and `response_class` are as given on the route; a `DefaultPlaceholder` means not given.
    """
    chosen = response_class.value if isinstance(response_class, DefaultPlaceholder) else response_class
    is_default = isinstance(response_class, DefaultPlaceholder)
    streams = is_generator(kind_of(endpoint))
    is_sse = lenient_issubclass(chosen, EventSourceResponse)
    model, item = response_model, None
    if isinstance(response_model, DefaultPlaceholder):
        annotation = typed_return_annotation(endpoint)
        model = None if lenient_issubclass(annotation, Response) else annotation
        if streams and _is_stream(annotation):
            model, item = None, get_stream_item_type(annotation) if is_default or is_sse else None
    if lenient_issubclass(item, ServerSentEvent):
        item = None
    if is_sse:
        # A function that returns an iterable streams it too.
        return ReturnType(model, item, "events", streams)
    return ReturnType(
        model, item, ("json lines" if is_default else "stream") if streams else "value", streams
    )


def get_stream_item_type(annotation: Any) -> Any:
    """Return T of `AsyncIterable[T]` and its kin, Any where it is not said, None for what is no stream."""
    if not _is_stream(annotation):
        return None
    arguments = get_args(annotation)
    return arguments[0] if arguments else Any


def _is_stream(annotation: Any) -> bool:
    return (get_origin(annotation) or annotation) in _STREAMS
