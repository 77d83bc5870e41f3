"""Serve in a child process, and replace it when a Python file changes."""

import socket
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from straightway.cli.address import announce, url_of
from straightway.cli.messages import Failure, complain, say, shown
from straightway.cli.settings import Settings
from straightway.cli.supervisor import SPAWN, Child, Failed, Ready, Signals, stop_all

__all__ = ["serve_with_reload"]

PATIENCE = 10
"""Seconds a child gets to stop, three of which it grants its connections, before it is ended by force."""


def serve_with_reload(settings: Settings, listener: socket.socket) -> int:
    """Serve until a signal comes, anew after each change of a file below `settings.reload_folders`.

    Return the exit code: 1 if the application could not be started the first time. Later failures are told and
    wait for the next change.
    """
    with Signals() as signals, Changes(settings.reload_folders) as changes:
        return Reloader(settings, listener, changes, signals).run()


class Reloader:
    """The child of the moment, and how far it has come."""

    def __init__(
        self, settings: Settings, listener: socket.socket, changes: "Changes", signals: Signals
    ) -> None:
        self.settings = settings
        self.listener = listener
        self.changes = changes
        self.signals = signals
        self.announced = False
        self.child = Child(settings, listener)

    def run(self) -> int:
        """Watch child, files and signals until one of them ends it."""
        try:
            while not self.signals.count and self._may_go_on():
                self._look_at_files()
                wait([self.signals.reader, self.changes.found, *self.child.handles()])
                self.signals.drain()
        finally:
            stopped_well = self._stop_child()
        never_started = not self.announced and not self.signals.count
        return int(never_started or not stopped_well)

    def _may_go_on(self) -> bool:
        """Tell what the child reports; return False if the application could not be started the first time."""
        told_before = self.child.gone
        if told_before:
            return True
        for report in self.child.listen():
            match report:
                case Failed(text):
                    complain(text)
                case Ready(documentation) if not self.announced:
                    self.announced = True
                    announce(self.listener, documentation, page=self.settings.page != "off")
                case Ready():
                    say(f"Server restarted at {url_of(self.listener)}")
        if self.child.gone and self.announced and not self.signals.count:
            complain("The server is not running. It starts again when a file changes.")
        return self.announced or not self.child.gone

    def _look_at_files(self) -> None:
        changed = self.changes.taken()
        if not changed or self.signals.count:
            return
        say(f"Changed: {', '.join(shown(path) for path in changed)}. Restarting")
        self._stop_child()
        self.child = Child(self.settings, self.listener)

    def _stop_child(self) -> bool:
        complaints = stop_all([self.child], self.signals, PATIENCE)
        for complaint in complaints:
            complain(complaint)
        return not complaints


class Changes:
    """Watch folders for changed Python files; `found` becomes readable when there are some."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = folders
        self.found, self._sender = SPAWN.Pipe(duplex=False)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(self._sender,))

    def __enter__(self) -> Self:
        """Start to watch, and return once no later change can be missed."""
        self._thread.start()
        try:
            self._received()
        except Failure:
            self._thread.join()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self.found.close()
        self._sender.close()

    def taken(self) -> list[str]:
        """Return the files that have changed since the last time, each once."""
        changed: set[str] = set()
        while self.found.poll():
            changed.update(self._received())
        return sorted(changed)

    def _received(self) -> list[str]:
        message: list[str] | str = self.found.recv()
        if isinstance(message, str):
            raise Failure(
                f"Files cannot be watched: {message}",
                instead="Watch less (--reload-dir), set WATCHFILES_FORCE_POLLING=1, or give --no-reload.",
            )
        return message

    def _watch(self, sender: Connection) -> None:
        from watchfiles import PythonFilter, watch

        # The empty set that a timeout yields says first of all that the watching has begun.
        begun = False
        try:
            for changes in watch(
                *self.folders,
                watch_filter=PythonFilter(),
                stop_event=self._stopped,
                rust_timeout=100,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                if changes or not begun:
                    sender.send([path for _, path in changes])
                begun = True
        except (OSError, RuntimeError) as error:
            sender.send(str(error))
