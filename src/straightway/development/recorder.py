"""The last requests of an application: what was asked, how it was answered, and what took how long.

Memory is bounded: so many requests, so many steps and lines of each, so many characters of every text. Bodies are counted
and never kept; what is secret by its name is masked when it is noted.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import Message, Scope

from straightway.describe.secrets import mask_text, masked
from straightway.describe.user_code import owner_of_file, shown_file
from straightway.development.watchdog import Blocked
from straightway.runtime.timings import Kind, Noted, Part, Reached, Timings, Where

KEPT = 200
"""Requests that are remembered."""
LINES = 100
"""Log lines that are kept of one request."""
_BLOCKS = 20
_HEADERS = 40
_SHORT, _LONG = 300, 2_000
"""Characters that are kept of a name or value, and of a text."""
_SLACK = 0.05
"""Seconds by which the watchdog may be wrong about when a block began."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work on a request, in milliseconds from its beginning."""

    kind: Kind
    what: str
    where: Where
    place: str | None
    number: int | None
    start: float
    milliseconds: float
    error: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """What was logged during a request; `at` is in milliseconds from its beginning."""

    level: str
    logger: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception that has left a step, or the whole application."""

    type: str
    message: str
    place: str | None
    """The innermost line of the user's own code."""
    is_answered: bool
    """Whether a handler has made an answer of it; else the server logs it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One request, as far as it has come."""

    number: int
    request_id: str | None
    method: str
    path: str
    query: str
    client: str | None
    headers: tuple[tuple[str, str], ...]
    started: str
    """ISO 8601, UTC."""
    is_over: bool
    status: int | None
    """None while there is no answer; of a WebSocket, 101 or the code that it was closed with."""
    milliseconds: float | None
    """Until the last byte of the answer was handed to the server; None before."""
    afterwards: float | None
    """Milliseconds that background tasks and the ends of dependencies took after that."""
    route: str | None
    endpoint: str | None
    place: str | None
    received: int
    sent: int
    content_type: str | None
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    lines_left_out: int
    raised: Raised | None
    blocks: tuple[Blocked, ...]
    """Where it has blocked the event loop."""


class Recording:
    """A request that is being recorded; `record()` tells what is known by now."""

    def __init__(self, number: int, scope: Scope) -> None:
        self.number = number
        self.timings = Timings()
        self.lines: list[Line] = []
        self.lines_left_out = 0
        self.blocks: list[Blocked] = []
        self._identity = _identity(scope)
        self._started = datetime.now(UTC)
        self._status: int | None = None
        self._content_type: str | None = None
        self._received = self._sent = 0
        self._answered: float | None = None
        self._over: float | None = None
        self._steps: tuple[Step, ...] | None = None
        self._raised: Raised | None = None

    def add(self, level: str, logger: str, text: str) -> None:
        """Keep a log line, unless there are many."""
        if len(self.lines) >= LINES:
            self.lines_left_out += 1
            return
        line = Line(
            level, cut(logger, _SHORT), cut(mask_text(text[: 2 * _LONG]), _LONG), self._milliseconds()
        )
        self.lines.append(line)

    def may_have_blocked(self, blocked: Blocked) -> bool:
        """Tell whether a block that is just over was this request's: it is of its route, and of its time."""
        reached, began = self.timings.reached, self.timings.now() - blocked.milliseconds / 1000
        if reached is None or reached.label != blocked.endpoint or len(self.blocks) == _BLOCKS:
            return False
        return began > -_SLACK and (self._over is None or self._over > began + _SLACK)

    def note_received(self, message: Message) -> None:
        """Count what comes in."""
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
        elif message["type"] == "websocket.receive":
            self._received += _size(message)
        elif message["type"] == "websocket.disconnect" and self._status == 101:
            self._close(message)

    def note_sending(self, message: Message) -> None:
        """Note what is about to go out."""
        kind = message["type"]
        if kind == "http.response.start":
            self._status = message["status"]
            self._content_type = _content_type(message.get("headers", ()))
        elif kind == "http.response.body":
            self._sent += len(message.get("body", b""))
        elif kind == "websocket.accept":
            self._status = 101
        elif kind == "websocket.send":
            self._sent += _size(message)
        elif kind == "websocket.close":
            # Before it was accepted, the handshake is refused.
            self._status = 403 if self._status is None else message.get("code", 1000)
        self.timings.note_start(message)

    def note_sent(self, message: Message) -> None:
        """Note what has gone out: the last of it ends the time that a client waits."""
        self.timings.note_end(message)
        if message["type"] == "websocket.close" or (
            message["type"] == "http.response.body" and not message.get("more_body")
        ):
            self._answered = self.timings.now()

    def _close(self, message: Message) -> None:
        self._status = message.get("code", 1005)
        self._answered = self.timings.now()

    def end(self, error: BaseException | None) -> None:
        """Note that the application has returned, or what it has raised. Exceptions and their frames are let go of."""
        timings = self.timings
        timings.end()
        self._over = timings.now()
        self._raised = _raised(timings.raised, error)
        self._steps = tuple(map(_step, timings.notes))
        timings.notes, timings.raised = [], None

    def record(self) -> Record:
        """Return what is known by now."""
        steps, raised = self._steps, self._raised
        if steps is None:
            steps, raised = tuple(map(_step, list(self.timings.notes))), _raised(self.timings.raised, None)
        reached = self.timings.reached
        method, path, query, client, request_id, headers = self._identity
        answered, over = self._answered, self._over
        return Record(
            number=self.number,
            request_id=request_id,
            method=method,
            path=path,
            query=query,
            client=client,
            headers=headers,
            started=self._started.isoformat(timespec="milliseconds"),
            is_over=over is not None,
            status=self._status,
            milliseconds=_in_milliseconds(over if answered is None else answered),
            afterwards=None if over is None or answered is None else _in_milliseconds(over - answered),
            route=None if reached is None else reached.label,
            endpoint=None if reached is None else reached.endpoint,
            place=None if reached is None else _place(reached),
            received=self._received,
            sent=self._sent,
            content_type=self._content_type,
            steps=steps,
            lines=tuple(self.lines),
            lines_left_out=self.lines_left_out,
            raised=raised,
            blocks=tuple(self.blocks),
        )

    def _milliseconds(self) -> float:
        return round(self.timings.now() * 1000, 3)


current_recording: ContextVar[Recording | None] = ContextVar("straightway_recording", default=None)
"""The recording of the request that the running code belongs to, in worker threads too."""


class Recorder:
    """The last requests, oldest first; `changed` is called on the event loop when there is something new."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.changed = changed
        self._kept: deque[Recording] = deque(maxlen=KEPT)
        self._numbers = count(1)

    def begin(self, scope: Scope) -> Recording:
        """Begin to record a request."""
        recording = Recording(next(self._numbers), scope)
        self._kept.append(recording)
        self.changed()
        return recording

    def end(self, recording: Recording, error: BaseException | None) -> None:
        """Note that a request is over."""
        recording.end(error)
        self.changed()

    def note_block(self, blocked: Blocked) -> None:
        """Keep a block of the event loop with the request whose it was, the latest that it can have been."""
        found = (each for each in reversed(list(self._kept)) if each.may_have_blocked(blocked))
        recording = next(found, None)
        if recording is not None:
            recording.blocks.append(blocked)

    def clear(self) -> None:
        """Forget all requests; those that are still running go on unseen."""
        self._kept.clear()
        self.changed()

    def records(self) -> list[Record]:
        """Return the requests, the latest first."""
        return [each.record() for each in reversed(self._kept)]

    def find(self, number: int) -> Record | None:
        """Return the request with that number, while it is remembered."""
        return next((each.record() for each in self._kept if each.number == number), None)


def cut(text: str, length: int) -> str:
    """Shorten a text; a sign says so."""
    return text if len(text) <= length else f"{text[:length]}…"


Identity = tuple[str, str, str, str | None, str | None, tuple[tuple[str, str], ...]]


def _identity(scope: Scope) -> Identity:
    """Return method, path, query, client, request id and headers."""
    client = scope.get("client")
    request_id = scope.get("straightway.request_id")
    return (
        cut(str(scope.get("method", "WS")), 40),
        cut(str(scope["path"]), _LONG),
        _query(scope.get("query_string", b"")),
        None if not client else f"{client[0]}",
        None if request_id is None else cut(str(request_id), _SHORT),
        tuple(_headers(scope.get("headers", ()))),
    )


def _query(raw: bytes) -> str:
    text = raw[: 2 * _LONG].decode("latin-1")
    pairs = parse_qsl(text, keep_blank_values=True)
    if not pairs or all(masked(name, value, sent=True) == value for name, value in pairs):
        return cut(text, _LONG)
    shown = [(name, str(masked(name, value, sent=True))) for name, value in pairs]
    return cut(urlencode(shown, safe="*"), _LONG)


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[str, str]]:
    for number, (name, value) in enumerate(headers):
        if number == _HEADERS:
            yield "…", "more headers"
            return
        shown = cut(name.decode("latin-1"), _SHORT)
        yield shown, cut(str(masked(shown, value[:_LONG].decode("latin-1"), sent=True)), _SHORT)


def _content_type(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    found = (value for name, value in headers if bytes(name).lower() == b"content-type")
    return next((cut(bytes(value).decode("latin-1"), _SHORT) for value in found), None)


def _size(message: Message) -> int:
    data: Sequence[Any] = message.get("bytes") or message.get("text") or ""
    return len(data)


def _in_milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _step(noted: Noted) -> Step:
    part = noted.part
    return Step(
        kind=part.kind,
        what=cut(part.what, _SHORT),
        where=part.where,
        place=_place(part),
        number=part.number,
        start=round(noted.start * 1000, 3),
        milliseconds=round((noted.end - noted.start) * 1000, 3),
        error=None if noted.error is None else f"{_type(noted.error)}: {_message(noted.error)}",
    )


def _place(where: Part | Reached) -> str | None:
    if where.file is None or owner_of_file(where.file) == "framework":
        return None
    return f"{shown_file(where.file)}:{where.line}"


def _raised(error: BaseException | None, unanswered: BaseException | None) -> Raised | None:
    shown = unanswered or error
    if shown is None:
        return None
    return Raised(_type(shown), _message(shown), _raised_at(shown), is_answered=unanswered is None)


def _type(error: BaseException) -> str:
    return cut(type(error).__qualname__, _SHORT)


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # the user's class, whatever it does
        text = "(its message cannot be had)"
    return cut(mask_text(text[: 2 * _LONG]), _LONG)


def _raised_at(error: BaseException) -> str | None:
    places = [
        f"{shown_file(frame.f_code.co_filename)}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if owner_of_file(frame.f_code.co_filename) == "user"
    ]
    return places[-1] if places else None
