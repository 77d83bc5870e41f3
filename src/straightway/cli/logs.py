"""Which log records a serving process writes, where to, and in which format."""

import logging
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from straightway.cli.messages import SPOKEN, colours_wanted
from straightway.cli.settings import Settings
from straightway.logs.console import ConsoleHandler
from straightway.logs.entries import ACCESS, FAILURES
from straightway.logs.json_lines import JSONFormatter
from straightway.logs.once import without_repetition
from straightway.logs.text import TextFormatter

__all__ = ["WithoutChatter", "adopt_root", "configure_logs", "speak_json"]

CHATTER = (
    '%s - "WebSocket %s"',
    "Application shutdown complete.",
    "Application shutdown failed. Exiting.",
    "Application startup complete.",
    "Application startup failed. Exiting.",
    "ASGI 'lifespan' protocol appears unsupported.",
    "Embedded server is experimental!",
    "Finished server process",
    "Shutting down",
    "Started server process",
    "Uvicorn running on",
    "Waiting for application shutdown.",
    "Waiting for application startup.",
    "connection closed",
    "connection open",
    "connection rejected (",
)
"""Beginnings of messages of uvicorn and granian about their own course. What is worth knowing among them has been told already."""


class WithoutChatter(logging.Filter):
    """Let pass what a user may want to know: warnings, errors, and what a shutdown waits for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is worth a line."""
        return not str(record.msg).startswith(CHATTER)


def configure_logs(settings: Settings) -> None:
    """Let this process write its records: requests to standard output, all others to standard error.

    Call it before the application is imported, for what is said meanwhile, and again after that: an application that
    configures logging may silence loggers that it does not know.
    """
    if settings.log_format == "json":
        speak_json()
        logging.captureWarnings(capture=True)
        # Until the application has been imported, and so could configure logging, what it says comes here.
        logging.lastResort = _handler(settings, sys.stderr)
        logging.lastResort.setLevel(logging.WARNING)
    level = logging.DEBUG if settings.verbose else logging.INFO
    server = _handler(settings, sys.stderr)
    server.addFilter(without_repetition)
    if not settings.verbose:
        server.addFilter(WithoutChatter())
    _give(logging.getLogger("uvicorn"), level, server)
    logging.getLogger("uvicorn.error").setLevel(level)  # uvicorn asks for it with each message of a WebSocket
    _give(logging.getLogger("_granian"), level if settings.verbose else logging.WARNING, server)
    _give(ACCESS, logging.INFO, _handler(settings, sys.stdout))
    _give(FAILURES, logging.ERROR, _handler(settings, sys.stderr))


def adopt_root(settings: Settings) -> None:
    """Write what the application itself logs, unless it has said how; as JSON also then, where JSON is asked for."""
    if settings.log_format == "json":
        for handler in _consoles():
            handler.setFormatter(JSONFormatter())
    root = logging.getLogger()
    if not root.handlers:
        handler = _handler(settings, sys.stderr)
        handler.addFilter(_is_unwritten)
        root.addHandler(handler)
        if root.level == logging.WARNING:  # as Python leaves it
            root.setLevel(logging.INFO)


def _is_unwritten(record: logging.LogRecord) -> bool:
    """Return whether no handler that the application has given to a logger has written the record here already."""
    logger: logging.Logger | None = logging.getLogger(record.name)
    while logger is not None and logger.parent is not None:
        if any(_is_console(handler) for handler in logger.handlers):
            return False
        logger = logger.parent
    return True


def speak_json() -> None:
    """Let what the command line itself says be records too, as JSON."""
    said, complaints = (ConsoleHandler(stream, "utf-8") for stream in (sys.stdout, sys.stderr))
    said.addFilter(lambda record: record.levelno < logging.WARNING)
    complaints.setLevel(logging.WARNING)
    for handler in (said, complaints):
        handler.setFormatter(JSONFormatter())
    _give(logging.getLogger(SPOKEN), logging.INFO, said, complaints)


def _give(logger: logging.Logger, level: int, *handlers: logging.Handler) -> None:
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate, logger.disabled = False, False


def _handler(settings: Settings, stream: TextIO) -> ConsoleHandler:
    is_json = settings.log_format == "json"
    handler = ConsoleHandler(stream, "utf-8" if is_json else None)
    handler.setFormatter(
        JSONFormatter()
        if is_json
        else TextFormatter(colours=colours_wanted(stream), with_client=not settings.development)
    )
    return handler


def _consoles() -> Iterator[logging.Handler]:
    """Yield the handlers that the application has given to any logger and that write to this process's output."""
    known: list[Any] = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
    for logger in known:  # some of them only hold the place of one
        yield from filter(_is_console, getattr(logger, "handlers", ()))


def _is_console(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and handler.stream in {sys.stdout, sys.stderr}
