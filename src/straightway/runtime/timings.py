"""How long each step of a request takes: noted by functions that `compile/timed.py` writes, for the development page.

Steps run one after the other, on the loop or in a worker thread, so that each says only when it begins and ends. What
runs beside the series, the ends of dependencies and background tasks, is noted as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import Any, Literal, ParamSpec

from starlette.background import BackgroundTask
from starlette.types import Message, Scope, Send

from straightway.background import BackgroundTasks
from straightway.telemetry.activity import activity

TIMINGS = "straightway.timings"
"""Scope key: the `Timings` of a request, while somebody wants to know them."""

MOST = 200
"""Steps that are kept of one request: background tasks may be many."""

Kind = Literal["entry", "read", "body", "call", "endpoint", "answer", "thread", "send", "close", "task"]
Where = Literal["loop", "thread"]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Part:
    """What a step is, known when it is compiled."""

    kind: Kind
    what: str
    where: Where = "loop"
    file: str | None = None
    line: int | None = None
    number: int | None = None
    """Its number in the plan."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The endpoint that answers: what a request reaches, known when it is compiled."""

    label: str
    endpoint: str
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Noted:
    """One step that is over: seconds since the request began, and the exception that has ended it."""

    part: Part
    start: float
    end: float
    error: BaseException | None = None


_ENTRY = Part("entry", "routing and middleware")
_THREAD = Part("thread", "wait for a worker thread")
_SEND = Part("send", "send the response")
_HANDLER = Part("answer", "answer the exception")


class Timings:
    """The steps of one request. Calls come from one thread at a time, as the steps do."""

    __slots__ = ("_began", "_open", "_origin", "_sending", "notes", "raised", "reached")

    def __init__(self) -> None:
        self._origin = perf_counter()
        self._open: Part | None = None
        self._began = 0.0
        self._sending = False
        self.notes: list[Noted] = []
        self.reached: Reached | None = None
        self.raised: BaseException | None = None
        """The first exception that has left a step."""

    def now(self) -> float:
        """Return the seconds since the request began."""
        return perf_counter() - self._origin

    def reach(self, reached: Reached) -> None:
        """Note which endpoint answers: what comes before it is over."""
        self.reached = reached
        self._note(_ENTRY, 0.0)

    def begin(self, part: Part) -> None:
        """Begin a step; one that is open ends."""
        self.end()
        self._open, self._began = part, self.now()

    def waits(self) -> None:
        """Begin to wait for a worker thread, until the first step in it."""
        self.begin(_THREAD)

    def end(self) -> None:
        """End the step that is open, if there is one."""
        if self._open is not None:
            self._note(self._open, self._began)
            self._open = None

    def failed(self, error: BaseException) -> None:
        """End the step that is open with the exception that leaves it; what answers the exception begins."""
        if self._open is _HANDLER:  # heard of it from further in
            return
        self.raised = self.raised or error
        if self._open is not None:
            # What is raised before the first step in a thread, values that are not valid, is not the waiting's fault.
            self._note(self._open, self._began, None if self._open is _THREAD else error)
        self._open, self._began = (None, 0.0) if self._sending else (_HANDLER, self.now())

    def _note(self, part: Part, start: float, error: BaseException | None = None) -> None:
        if len(self.notes) < MOST:
            self.notes.append(Noted(part, start, self.now(), error))

    # The response

    def sending(self, send: Send) -> Send:
        """Return a `send` that tells when the response starts and when it is over."""

        async def told(message: Message) -> None:
            self.note_start(message)
            await send(message)
            self.note_end(message)

        return told

    def note_start(self, message: Message) -> None:
        """Begin the sending, with the first message of a response; more than one layer may say so."""
        if message["type"] == "http.response.start" and not self._sending:
            self._sending = True
            self.begin(_SEND)

    def note_end(self, message: Message) -> None:
        """End the sending with the last message of a response."""
        if message["type"] != "http.response.start" and not message.get("more_body") and self._open is _SEND:
            self.end()

    # Beside the series

    @contextmanager
    def beside(self, part: Part) -> Generator[None]:
        """Note what is done inside; a step that is open ends before, the answering of an exception begins after."""
        is_handled = self._open is _HANDLER
        if is_handled:
            self._open = None
        self.end()
        start = self.now()
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            self.raised = self.raised or error
            raise
        finally:
            self._note(part, start, error)
            error = None  # which its own frame would keep
            if is_handled:
                self.begin(_HANDLER)

    def closing(self, part: Part, manager: Any) -> Closing:
        """Return a dependency's context manager that tells how long its end takes."""
        return Closing(self, part, manager)

    def background_tasks(self) -> BackgroundTasks:
        """Return background tasks that tell how long they take."""
        return _TimedTasks(self)


class Closing:
    """The context manager of a dependency with `yield`, synchronous or not, whose end is noted."""

    __slots__ = ("_manager", "_part", "_timings")

    def __init__(self, timings: Timings, part: Part, manager: Any) -> None:
        self._timings, self._part, self._manager = timings, part, manager

    def __enter__(self) -> Any:
        return self._manager.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        self._failed(error)
        with self._timings.beside(self._part):
            swallowed: bool | None = self._manager.__exit__(kind, error, traceback)
        return swallowed

    async def __aenter__(self) -> Any:
        return await self._manager.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        self._failed(error)
        with self._timings.beside(self._part):
            swallowed: bool | None = await self._manager.__aexit__(kind, error, traceback)
        return swallowed

    def _failed(self, error: BaseException | None) -> None:
        if error is not None:
            self._timings.failed(error)


class _TimedTasks(BackgroundTasks):
    def __init__(self, timings: Timings) -> None:
        super().__init__()
        self._timings = timings

    def add_task(self, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        self.tasks.append(_TimedTask(self._timings, func, *args, **kwargs))


class _TimedTask(BackgroundTask):
    def __init__(self, timings: Timings, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None:
        super().__init__(func, *args, **kwargs)
        self._timings = timings

    async def __call__(self) -> None:
        with self._timings.beside(_part_of(self)):
            await super().__call__()


def _part_of(task: BackgroundTask) -> Part:
    function: Any = task.func
    while isinstance(function, partial):
        function = function.func
    code = getattr(function, "__code__", None)
    return Part(
        "task",
        getattr(function, "__qualname__", type(function).__qualname__).replace("<locals>.", ""),
        "loop" if task.is_async else "thread",
        getattr(code, "co_filename", None),
        getattr(code, "co_firstlineno", None),
    )


def is_timed(scope: Scope) -> bool:
    """Tell whether somebody wants to know the steps of this request."""
    return activity.on and TIMINGS in scope


def timings_of(scope: Scope, reached: Reached) -> Timings:
    """Return the timings of a request that has reached its endpoint."""
    timings: Timings = scope[TIMINGS]
    timings.reach(reached)
    return timings
