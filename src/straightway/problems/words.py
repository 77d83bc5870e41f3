"""The words of RFC 9457: its media type, the members that it defines, and what a status is called."""

from functools import cache
from http import HTTPStatus
from typing import Final

MEDIA_TYPE: Final = "application/problem+json"

BLANK: Final = "about:blank"
"""The type of a problem that says no more than its status (section 4.2.1)."""

MEMBERS: Final = ("type", "title", "status", "detail", "instance")
"""The members that the standard defines, in the order in which they are written."""

_RENAMED: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Phrases of RFC 9110 that Python has since 3.13 only: titles are the same on every version."""


@cache
def phrases(status: int) -> tuple[str, str]:
    """Return the phrase of a status in RFC 9110, and the one that this version of Python has for it."""
    try:
        known = HTTPStatus(status).phrase
    except ValueError:
        known = "Server Error" if status >= 500 else "Client Error"
    return _RENAMED.get(status, known), known
