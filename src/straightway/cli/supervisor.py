"""Child processes that serve: started, heard, stopped; and the signals that their parent gets.

Two pipes belong to each child. Through the one it reports that it is ready or what went wrong, and the parent tells it:
so each thing is said once, however many children there are. The other carries nothing: its end is the order to stop,
which also comes when the parent dies, so that no orphan keeps the port.
"""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import FrameType, TracebackType
from typing import Self

from straightway.cli.messages import Failure, colours_wanted, render
from straightway.cli.settings import Settings

__all__ = ["Child", "Failed", "Ready", "Report", "Signals", "stop_all"]

SPAWN = multiprocessing.get_context("spawn")

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Ready:
    """Report of a child: it listens, and its documentation is at this path."""

    documentation: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """Report of a child: this, ready to be printed, went wrong."""

    text: str


Report = Ready | Failed


class Child:
    """A process that serves on the parent's socket."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self.reports, outgoing = SPAWN.Pipe(duplex=False)
        incoming, self._orders = SPAWN.Pipe(duplex=False)
        self.process = SPAWN.Process(target=_serve_in_child, args=(settings, listener, outgoing, incoming))
        with _interrupts_held_back():
            self.process.start()
        outgoing.close()
        incoming.close()
        self.ready = False
        self.gone = False

    def handles(self) -> list[Connection | int]:
        """Return what `multiprocessing.connection.wait` should wait for on behalf of this child."""
        if self.gone:
            return []
        return [self.process.sentinel] if self.reports.closed else [self.process.sentinel, self.reports]

    def listen(self) -> Iterator[Report]:
        """Yield what the child has reported since the last time, and notice its end."""
        # Asked first: what it said before it ended is read below.
        ended = not self.process.is_alive()
        while not self.reports.closed and self.reports.poll():
            try:
                report: Report = self.reports.recv()
            except EOFError:
                self.reports.close()
                break
            self.ready = self.ready or isinstance(report, Ready)
            yield report
        self.gone = ended

    def ask_to_stop(self) -> None:
        """Order the child to stop; it finishes the requests it has, unless it does not serve yet."""
        self._orders.close()
        if not self.ready:
            self.process.terminate()

    def wait_until_stopped(self, signals: "Signals", patience: float | None = None) -> None:
        """Wait for the child to end; a further signal, or the end of `patience` in seconds, ends it by force."""
        heard = signals.count
        while self.process.is_alive():
            if not wait([self.process.sentinel, signals.reader], patience):
                break
            signals.drain()
            if signals.count > heard:
                break
        if self.process.is_alive():
            self.process.kill()
        self.process.join()

    def close(self) -> None:
        """Give back what the operating system holds for a child that has ended."""
        self.reports.close()
        self._orders.close()
        self.process.close()


def stop_all(children: list[Child], signals: "Signals", patience: float | None = None) -> list[str]:
    """Stop the children together and return what they complained of meanwhile."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_until_stopped(signals, patience)
    complaints = [
        report.text for child in children for report in child.listen() if isinstance(report, Failed)
    ]
    for child in children:
        child.close()
    return complaints


def _serve_in_child(
    settings: Settings, listener: socket.socket, reports: Connection, orders: Connection
) -> None:
    with suppress(KeyboardInterrupt):
        _accept_interrupts()
        _take_terminal()
        from straightway.cli.process import serve_with

        def ready(documentation: str | None) -> None:
            reports.send(Ready(documentation))

        def tell(failure: Failure) -> None:
            text = render(failure, verbose=settings.traceback, colours=colours_wanted(sys.stderr))
            reports.send(Failed(text))

        serve = serve_with(settings)
        sys.exit(serve(settings, listener, ready=ready, tell=tell, orders=orders))


@contextmanager
def _interrupts_held_back() -> Generator[None]:
    """Start a process in which SIGINT is blocked, so that Ctrl-C cannot hit it while it is still importing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _accept_interrupts() -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _take_terminal() -> None:
    """Undo that multiprocessing gives its children no standard input: breakpoint() needs it."""
    with suppress(OSError):
        sys.stdin = os.fdopen(0, closefd=False)


class Signals:
    """Count the signals that ask this process to stop, and wake up whoever waits for `reader`."""

    def __enter__(self) -> Self:
        self.count = 0
        self.reader, self._writer = socket.socketpair()
        self.reader.setblocking(False)
        self._writer.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._received) for number in STOP_SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self.reader.close()
        self._writer.close()

    def _received(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1

    def drain(self) -> None:
        """Forget the wake-ups so far; the count stays."""
        with suppress(BlockingIOError):
            while self.reader.recv(64):
                pass
