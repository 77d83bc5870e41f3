"""How a server is kept from logging once more what has been logged."""

from __future__ import annotations

import logging

__all__ = ["AlreadyLogged", "without_repetition"]


class AlreadyLogged(Exception):  # noqa: N818  # a message to the server, nobody else sees it
    """Tell the server to break off a response. What went wrong has been logged."""


def without_repetition(record: logging.LogRecord) -> bool:
    """Return whether a record says something new; a filter for what the server logs."""
    return not (record.exc_info and isinstance(record.exc_info[1], AlreadyLogged))
