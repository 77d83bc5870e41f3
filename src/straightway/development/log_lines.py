"""What is logged while a request is answered, with the request it belongs to."""

from __future__ import annotations

import logging

from straightway.development.recorder import current_recording

_OFF_THE_ROOT = ("uvicorn.error",)
"""Loggers whose lines do not reach the root."""


class RequestLog(logging.Handler):
    """Adds each line to the recording of the request that the logging code belongs to; others are not its business."""

    def attach(self) -> None:
        """Listen to all loggers; again where the application's own configuration has removed this."""
        for name in ("", *_OFF_THE_ROOT):
            logger = logging.getLogger(name)
            if self not in logger.handlers:
                logger.addHandler(self)

    def detach(self) -> None:
        """Listen no more."""
        for name in ("", *_OFF_THE_ROOT):
            logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        recording = current_recording.get()
        if recording is None:
            return
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001  # arguments that do not fit, or a class that cannot be written as text
            text = f"{record.msg!s} (its arguments do not fit)"
        if record.exc_info and record.exc_info[0] is not None:
            text = f"{text}\n{record.exc_info[0].__name__}: {record.exc_info[1]}"
        recording.add(record.levelname, record.name, text)
