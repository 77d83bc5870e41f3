"""Server-Sent Events: what an endpoint yields, and how it looks on the wire.

The format is that of the HTML Living Standard, section 9.2. An endpoint that is a generator and whose
`response_class` is `EventSourceResponse` sends each item it yields as one event; a `ServerSentEvent` says more
about the event than its data.
"""

import re
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator
from starlette.responses import StreamingResponse

__all__ = ["KEEPALIVE_COMMENT", "EventSourceResponse", "ServerSentEvent", "format_sse_event"]

KEEPALIVE_COMMENT: Final = b": ping\n\n"
"""What is sent when there was nothing to send for a while; clients ignore it."""

_PING_INTERVAL: Final = (
    15.0  # seconds; the standard (section 9.2.7) suggests a comment "every 15 seconds or so"
)

# The standard's line ends and no others: str.splitlines() would also split at U+2028 or a vertical tab, which
# are ordinary characters of an event.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class EventSourceResponse(StreamingResponse):
    """Stream events: as `response_class` of a generator endpoint, or by hand with bytes already formatted."""

    media_type = "text/event-stream"


def _single_line(name: str, value: str | None) -> str | None:
    if value is not None and ("\r" in value or "\n" in value):
        raise ValueError(f"SSE '{name}' must be a single line")
    return value


def _valid_event(value: str | None) -> str | None:
    return _single_line("event", value)


def _valid_id(value: str | None) -> str | None:
    # Clients ignore an id with a NUL (section 9.2.6), and would then resume from the wrong event.
    if value is not None and "\0" in value:
        raise ValueError("SSE 'id' must not contain null characters")
    return _single_line("id", value)


class ServerSentEvent(BaseModel):
    """One event, with as much of it said as is of use; yield it from an endpoint.

    `data` is sent as JSON, so that a string arrives in quotes; `raw_data` is sent as it is, line by line; give
    at most one of them. Clients listen for `event` by name ("message" where it is absent), send the last `id`
    back as `Last-Event-ID` when they reconnect, and wait `retry` milliseconds before they do. They never see
    `comment`.
    """

    data: Any = None
    raw_data: str | None = None
    event: Annotated[str | None, AfterValidator(_valid_event)] = None
    id: Annotated[str | None, AfterValidator(_valid_id)] = None
    retry: Annotated[int | None, Field(ge=0)] = None
    comment: str | None = None

    @model_validator(mode="after")
    def _one_kind_of_data(self) -> Self:
        if self.data is not None and self.raw_data is not None:
            raise ValueError("Cannot set both 'data' (sent as JSON) and 'raw_data' (sent as it is); give one")
        return self


def format_sse_event(
    *,
    data_str: str | None = None,
    event: str | None = None,
    id: str | None = None,
    retry: int | None = None,
    comment: str | None = None,
) -> bytes:
    """Return one event as bytes; what is `None` is left out.

    `data_str` and `comment` may have several lines. `event` and `id` are written as they are: a line end in one
    of them would begin another field, which is why `ServerSentEvent` refuses it.
    """
    lines = [f": {line}" for line in _lines(comment)]
    if event is not None:
        lines.append(f"event: {event}")
    lines += [f"data: {line}" for line in _lines(data_str)]
    if id is not None:
        lines.append(f"id: {id}")
    if retry is not None:
        lines.append(f"retry: {retry}")
    return "".join(f"{line}\n" for line in [*lines, ""]).encode("utf-8")


def _lines(text: str | None) -> list[str]:
    return [] if text is None else _LINE_END.split(text)
