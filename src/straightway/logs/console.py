"""Lines to standard output and standard error, each in one piece and in bytes that the stream can take."""

from __future__ import annotations

import logging
from typing import Any, TextIO

__all__ = ["ConsoleHandler"]


class ConsoleHandler(logging.Handler):
    """Writes records to a stream, in its encoding or another one; what that cannot express becomes an escape.

    A record is one call of the operating system, so that the lines of processes that share a pipe do not mix, as long
    as the pipe takes them at once.
    """

    def __init__(self, stream: TextIO, encoding: str | None = None) -> None:
        super().__init__()
        self._stream: Any = stream
        self._encoding: str = encoding or getattr(stream, "encoding", None) or "utf-8"

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            line = self.format(record).encode(self._encoding, "backslashreplace") + b"\n"
            self._stream.flush()  # what the application has printed comes first
            raw = getattr(self._stream, "buffer", None)
            if raw is None:
                self._stream.write(line.decode(self._encoding))
            else:
                raw.write(line)
            self._stream.flush()
        except Exception:  # noqa: BLE001  # as every handler of the standard library
            self.handleError(record)
