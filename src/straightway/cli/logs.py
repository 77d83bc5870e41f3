"""How the server logs: uvicorn's lines without those that the command line tells better, or need not tell."""

import logging
import sys
from typing import Any

from straightway.cli.messages import colours_wanted

__all__ = ["WithoutChatter", "log_config"]

CHATTER = (
    "Application shutdown complete.",
    "Application shutdown failed. Exiting.",
    "Application startup complete.",
    "Application startup failed. Exiting.",
    "ASGI 'lifespan' protocol appears unsupported.",
    "Finished server process",
    "Shutting down",
    "Started server process",
    "Uvicorn running on",
    "Waiting for application shutdown.",
    "Waiting for application startup.",
)
"""Beginnings of messages of uvicorn about its own course. Failures among them have been told already."""


class WithoutChatter(logging.Filter):
    """Let pass what a user may want to know: requests, warnings, errors, and what a shutdown waits for."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is worth a line."""
        return not str(record.msg).startswith(CHATTER)


def log_config(*, verbose: bool) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes; requests go to standard output, the rest to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"chatter": {"()": WithoutChatter}},
        "formatters": {
            "default": {
                "()": "uvicorn.logging.DefaultFormatter",
                "fmt": "%(levelprefix)s %(message)s",
                "use_colors": colours_wanted(sys.stderr),
            },
            "access": {
                "()": "uvicorn.logging.AccessFormatter",
                "fmt": '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s',
                "use_colors": colours_wanted(sys.stdout),
            },
        },
        "handlers": {
            "default": {
                "class": "logging.StreamHandler",
                "formatter": "default",
                "stream": "ext://sys.stderr",
                "filters": [] if verbose else ["chatter"],
            },
            "access": {"class": "logging.StreamHandler", "formatter": "access", "stream": "ext://sys.stdout"},
        },
        "loggers": {
            "uvicorn": {"handlers": ["default"], "level": "DEBUG" if verbose else "INFO", "propagate": False},
            "uvicorn.error": {"level": "DEBUG" if verbose else "INFO"},
            "uvicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        },
    }
