"""What a client would like to be answered with: the header Accept (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["media_ranges"]

_LONGEST = 2000
"""Characters of the header that are read."""


def media_ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Yield each media range, in lower case, with its quality from 0 to 1; a quality that is no number is 0."""
    for part in accept[:_LONGEST].split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        if name:
            yield name, _quality(parameters)


def _quality(parameters: list[str]) -> float:
    given = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return min(max(float(given), 0.0), 1.0)
    except ValueError:
        return 0.0
