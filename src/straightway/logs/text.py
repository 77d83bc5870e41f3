"""Log records for people: one line each, and what belongs to a line is indented below it."""

from __future__ import annotations

import logging

from straightway.logs.entries import Ended, id_of, message_of
from straightway.logs.escaping import escaped, path_shown
from straightway.logs.tracebacks import folded

__all__ = ["TextFormatter"]

RED, GREEN, YELLOW, CYAN, DIM = "31", "32", "33", "36", "2"

_LEVELS = {
    logging.DEBUG: DIM,
    logging.INFO: GREEN,
    logging.WARNING: YELLOW,
    logging.ERROR: RED,
    logging.CRITICAL: RED,
}
_STATUSES = {1: CYAN, 2: GREEN, 3: CYAN, 4: YELLOW, 5: RED}

LONGEST_METHOD = 20

_OWN_LOGGERS = ("root", "straightway", "uvicorn", "_granian")
"""What they say needs no name in front."""

PATH_WIDTH = 40
"""Columns that a path has; a longer one pushes what follows to the right."""


class TextFormatter(logging.Formatter):
    """Formats records of every kind; `colours` is for terminals, `with_client` says whether requests tell who asked."""

    def __init__(self, *, colours: bool = False, with_client: bool = False) -> None:
        super().__init__()
        self._colours, self._with_client = colours, with_client

    def format(self, record: logging.LogRecord) -> str:
        """Return the text, without a line feed at its end."""
        message: object = record.msg
        if isinstance(message, Ended):
            return self._ended(message)
        level = f"{record.levelname}:"
        parts = [
            f"{self._in(_LEVELS.get(record.levelno, ''), level)}{' ' * (9 - len(level))}",
            *([self._in(DIM, f"[{request_id}]")] if (request_id := id_of(record)) else []),
            *([f"{escaped(record.name)}:"] if record.name.partition(".")[0] not in _OWN_LOGGERS else []),
            _readable(message_of(record)),
        ]
        return "\n".join([" ".join(parts), *_details(record)]).replace("\n", "\n    ")

    def _ended(self, ended: Ended) -> str:
        subject, number = ended.subject, ended.close_code if ended.status is None else ended.status
        colour = "" if ended.status is None else _STATUSES.get(ended.status // 100, "")
        parts = [
            f"{escaped(subject.method[:LONGEST_METHOD]):<7} {path_shown(subject.path):<{PATH_WIDTH}}",
            self._in(colour, f"{'-' if number is None else number:>4}"),
            f"{ended.milliseconds:>9.1f} ms",
            self._in(DIM, subject.request_id),
        ]
        if self._with_client and subject.client is not None:
            parts.append(escaped(subject.client))
        if ended.note:
            parts.append(self._in(YELLOW, ended.note))
        return "  ".join(parts)

    def _in(self, colour: str, text: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colours and colour else text


def _details(record: logging.LogRecord) -> list[str]:
    """Return what stands below the message: traceback and stack."""
    details: list[str] = []
    if record.exc_info and (error := record.exc_info[1]) is not None:
        details.append(_readable(folded(error)))
    if record.stack_info:
        details.append(_readable(record.stack_info))
    return details


def _readable(text: str) -> str:
    return escaped(text, keep="\n\t")
