"""One of the two processes, as the command sees it: started, given orders, heard, and ended whatever happens."""

import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from straightway.cli.compat.frameworks import Framework
from straightway.cli.compat.wire import Answer, Facts, Sent
from straightway.cli.discovery import Target
from straightway.cli.messages import Failure

__all__ = ["MissingFrameworkError", "Side"]

CHILD = Path(__file__).resolve().parent / "child.py"

LOADING = 300.0
"""Seconds that an application may take to be imported, or to start. A deadline, for what will never come."""

PATIENCE = 30.0
"""Seconds beyond the time that a request has, after which its process is taken to be stuck."""

LAST_LINES = 6


class MissingFrameworkError(Exception):
    """Say that `import fastapi` does not mean FastAPI on this side, and what it means."""


class Side:
    """A process in which `fastapi` means one framework. Use it in a `with` statement."""

    def __init__(self, framework: Framework, target: Target) -> None:
        self.framework = framework
        self.stopped: str | None = None
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  # closed by __exit__
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own program, by the interpreter that the user named
                [framework.python, "-P", CHILD],
                env=framework.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                encoding="utf-8",
            )
        except OSError as error:
            self._log.close()
            raise Failure(
                f"{framework.python} cannot be run: {error.strerror}",
                instead="Name the interpreter of an environment, such as .venv/bin/python.",
            ) from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._order({"framework": framework.name, "target": _plain(target)})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            if pipe is not None:
                pipe.close()

    def facts(self) -> Facts:
        """Return what the side knows once the application is loaded; raise `Failure` if it could not be."""
        reply = self._reply(LOADING, "it was imported")
        if "missing" in reply:
            raise MissingFrameworkError(reply["missing"])
        return Facts.from_json(reply["facts"])

    def answers(self, requests: Sequence[Sent], seconds: float) -> Iterator[Answer]:
        """Start the application and yield its answer to each request; raise `Failure` if it does not start, or dies.

        Afterwards `stopped` is what its shutdown raised, or None.
        """
        self._order({"requests": [sent.to_json() for sent in requests], "seconds": seconds})
        patience = LOADING
        for sent in requests:
            yield Answer.from_json(
                self._reply(patience, f"{sent.method} {sent.target} ({sent.about})")["answer"]
            )
            patience = seconds + PATIENCE
        self.stopped = self._reply(seconds + PATIENCE, "it was shut down")["stopped"]

    def _order(self, content: dict[str, Any]) -> None:
        if self._process.stdin is None:
            return
        try:
            self._process.stdin.write(json.dumps(content) + "\n")
            self._process.stdin.flush()
        except OSError:
            # It has ended; the next reply, which will not come, says so.
            return

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(line)
        self._lines.put(None)

    def _reply(self, seconds: float, during: str) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise Failure(
                f"The process with {self.framework.name} said nothing for {seconds:.0f} seconds, during: {during}",
                instead="Something blocks the event loop there. Leave it out: --only takes a path.",
            ) from None
        if line is None:
            raise Failure(
                f"The process with {self.framework.name} ended with code {self._process.wait()} during: {during}",
                excerpt=self._last_lines(),
                instead="The lines above are the last ones it wrote.",
            )
        reply: dict[str, Any] = json.loads(line)
        if "failure" in reply:
            raise Failure(**reply["failure"])
        return reply

    def _last_lines(self) -> list[str]:
        self._log.seek(0)
        return [f"  {line.rstrip()}" for line in self._log.readlines()[-LAST_LINES:]]


def _plain(target: Target) -> dict[str, Any]:
    return {
        "module": target.module,
        "name": target.name,
        "folder": str(target.folder),
        "file": str(target.file) if target.file else None,
        "origin": target.origin,
    }
