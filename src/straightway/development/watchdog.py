"""Names the line that blocks the event loop, while it does: for `straightway dev`.

A thread asks the loop again and again for a sign of life. Where none comes for a tenth of a second, it looks at what the
loop's thread is doing. Blocks are told once for each place, and kept as data for who wants to show them.

What is no fault of the application is not told: a loop that is idle, a process that was stopped or did not get a
processor, a debugger at a prompt, a module that is imported for the first time.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from straightway.development.blocked_place import Excused, Place, place_of, remedy_of
from straightway.logger import logger

__all__ = ["SLOW", "Blocked", "Watchdog"]

SLOW = 0.1
"""Seconds without a sign of life from which on the loop counts as blocked."""
_BETWEEN = 0.025
"""Seconds between two signs of life: 40 a second, which cost about 1 % of a processor."""
_LOOKS = 0.02
_MOST_LOOKS = 50
_TOO_LONG = 2.0
"""Seconds after which a block is told before it is over: it may never be."""
_SUSPENDED = 0.5
"""Seconds by which nobody is late who runs at all: the process was stopped, or the machine asleep."""
_KEPT = 100
_log = logger.getChild("development")


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block of the event loop."""

    endpoint: str
    """Method and path of the route, empty for what ran outside of one."""
    place: str
    """Function, file and line: `read() in app.py:12`."""
    line: str
    """The source of that line, or the call in it that blocked."""
    milliseconds: int
    remedy: str


@dataclass(slots=True)
class _Known:
    """A place that has blocked before."""

    times: int = 0
    seconds: float = 0.0


class _Clock:
    """How much time has passed, and what the loop's thread did meanwhile."""

    __slots__ = ("_at", "_ran", "_thread", "_waited")

    def __init__(self, thread: int) -> None:
        self._thread, self._at = thread, time.monotonic()
        self._ran, self._waited = _schedule(thread)

    def passed(self) -> float:
        """Return how many seconds have passed."""
        return time.monotonic() - self._at

    def starved(self) -> float:
        """Return for how many seconds the thread could have run, and others did."""
        return _schedule(self._thread)[1] - self._waited

    def was_at_rest(self) -> bool:
        """Tell whether the thread neither ran nor could have for most of the time: it slept, or the whole machine."""
        ran, waited = _schedule(self._thread)
        return ran - self._ran + waited - self._waited < self.passed() / 2


def _schedule(thread: int) -> tuple[float, float]:
    """Return for how many seconds a thread has run, and has waited for a processor.

    Linux tells; elsewhere the time of the whole process must do.
    """
    try:
        ran, waited, _ = Path(f"/proc/self/task/{thread}/schedstat").read_text("ascii").split()
        return int(ran) / 1e9, int(waited) / 1e9
    except (OSError, ValueError):
        return time.process_time(), 0.0


class Watchdog:
    """Watches the running event loop from `start()` to `stop()`.

    `listener` gets each block when it is over, in the watchdog's own thread; `recent` keeps the last hundred.
    """

    def __init__(self, listener: Callable[[Blocked], None] | None = None) -> None:
        self.listener = listener
        self.recent: deque[Blocked] = deque(maxlen=_KEPT)
        self._stopped = threading.Event()
        self._known: dict[tuple[str, ...], _Known] = {}
        self._ident = self._native = 0

    def start(self) -> None:
        """Watch the event loop that runs here."""
        self._ident, self._native = threading.get_ident(), threading.get_native_id()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._watch, args=(loop,), name="straightway-watchdog", daemon=True).start()

    def stop(self) -> None:
        """Watch no longer; what is blocked at the moment is not told any more."""
        self._stopped.set()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        clock = _Clock(self._native)
        while not self._stopped.wait(_BETWEEN):
            # Who comes late to look was kept from it, maybe by C code that has the interpreter's lock to itself.
            place = place_of(self._ident) if clock.passed() > _BETWEEN + SLOW else None
            if place is None:
                clock = _Clock(self._native)
            alive = threading.Event()
            try:
                loop.call_soon_threadsafe(alive.set)
            except RuntimeError:  # the loop is closed
                return
            answered = alive.wait(SLOW)
            if self._is_suspicious(clock, answered=answered):
                self._look(alive, clock, place)
                clock = _Clock(self._native)

    @staticmethod
    def _is_suspicious(clock: _Clock, *, answered: bool) -> bool:
        if clock.passed() < SLOW:
            return False
        if answered or clock.passed() > SLOW + _SUSPENDED:
            return not clock.was_at_rest()
        return True

    def _look(self, alive: threading.Event, clock: _Clock, first: Place | Excused | None) -> None:
        """Find out what the loop is at, until it moves again."""
        seen: Counter[Place | Excused | None] = Counter() if first is None else Counter({first: 1})
        suspended, told = 0.0, False
        while not self._stopped.is_set():
            if seen.total() < _MOST_LOOKS:
                seen[place_of(self._ident)] += 1
            look = _Clock(self._native)
            if alive.wait(_LOOKS):
                break
            if look.passed() > _SUSPENDED and look.was_at_rest():
                suspended += look.passed()
            if not told and clock.passed() - suspended > _TOO_LONG and (place := _to_blame(seen)):
                told = self._tell(place, clock.passed() - suspended, is_over=False)
        # On a busy machine the loop may have stood still for want of a processor.
        seconds = clock.passed() - suspended - clock.starved()
        place = _to_blame(seen)
        if place is not None and seconds >= SLOW and not self._stopped.is_set():
            self._note(place, seconds, told=told)

    def _note(self, place: Place, seconds: float, *, told: bool) -> None:
        """Keep a block that is over, and tell it if its place has not been told."""
        known = self._known.setdefault(place.key, _Known())
        known.times += 1
        known.seconds += seconds
        if known.times == 1 and not told:
            self._tell(place, seconds, is_over=True)
        elif known.times in _TOLD_AGAIN:
            _log.warning(
                "%s%s has blocked the event loop %d times, %.1f seconds in all",
                _of(place), place, known.times, known.seconds,
            )  # fmt: skip
        blocked = _blocked(place, seconds)
        self.recent.append(blocked)
        if self.listener is not None:
            self.listener(blocked)

    def _tell(self, place: Place, seconds: float, *, is_over: bool) -> bool:
        blocked = _blocked(place, seconds)
        what = f"blocked the event loop for {blocked.milliseconds} ms" if is_over else _still(seconds)
        line = f": `{blocked.line}`" if blocked.line else ""
        _log.warning("%s%s %s%s. %s", _of(place), blocked.place, what, line, blocked.remedy)
        return True


_TOLD_AGAIN = frozenset({10, 100, 1000, 10_000})


def _of(place: Place) -> str:
    return f"{place.endpoint}: " if place.endpoint else ""


def _still(seconds: float) -> str:
    return f"has blocked the event loop for {seconds:.1f} seconds and still does"


def _to_blame(seen: Counter[Place | Excused | None]) -> Place | None:
    """Return where the loop was most of the time; None where that was not the user's code, or where it is excused."""
    place = seen.most_common(1)[0][0] if seen else None
    return place if isinstance(place, Place) else None


def _blocked(place: Place, seconds: float) -> Blocked:
    return Blocked(
        endpoint=place.endpoint,
        place=str(place) if place.file else f"the framework, for {place.function}(),",
        line=place.source,
        milliseconds=round(seconds * 100) * 10,
        remedy=remedy_of(place),
    )
