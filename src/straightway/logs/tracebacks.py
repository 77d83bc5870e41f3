"""Tracebacks as the log shows them to people: frames of servers and frameworks are counted, not shown.

Frames of other libraries stay: which call of a database driver failed is what the reader of a log wants to know.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from straightway.wording import COMPILED

__all__ = ["folded", "whole"]

_PACKAGES = ("straightway", "starlette", "uvicorn", "granian", "anyio", "fastapi", "asyncio", "concurrent")
_MODULES = ("contextlib", "threading")


def whole(error: BaseException) -> str:
    """Return the whole traceback, as Python prints it."""
    return _text(traceback.TracebackException.from_exception(error))


def folded(error: BaseException) -> str:
    """Return the traceback with every run of frames that nobody wrote for this application as one line."""
    report = traceback.TracebackException.from_exception(error)
    for each in _reports(report):
        each.stack = _Folded(each.stack)
    return _text(report)


def _text(report: traceback.TracebackException) -> str:
    return "".join(report.format()).rstrip("\n")


def _reports(report: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """Yield an exception, and all that led to it or are in its group; they are a tree, whatever the exceptions are."""
    waiting = [report]
    while waiting:
        each = waiting.pop()
        yield each
        related = (each.__cause__, each.__context__, *(each.exceptions or ()))
        waiting.extend(one for one in related if one is not None)


class _Folded(traceback.StackSummary):
    """A stack that is formatted in our way."""

    def format(self, **_: object) -> list[str]:
        """Return the lines; where it was raised is always among them. Python 3.13 and later asks for colours, too."""
        *before, last = self
        lines: list[str] = []
        for is_theirs, frames in groupby(before, key=lambda frame: _package_of(frame.filename) is not None):
            run = list(frames)
            lines.extend(_counted(run) if is_theirs else traceback.StackSummary.from_list(run).format())
        return [*lines, *traceback.StackSummary.from_list([last]).format()]


def _counted(run: Sequence[traceback.FrameSummary]) -> list[str]:
    packages = ", ".join(dict.fromkeys(filter(None, (_package_of(frame.filename) for frame in run))))
    return [f"  ... {len(run)} {'frames' if len(run) > 1 else 'frame'} of {packages}\n"]


@cache
def _package_of(filename: str) -> str | None:
    """Return which server or framework a file belongs to; None for all other files."""
    if filename.startswith(COMPILED):
        return "straightway"
    return next((name for place, name in _places() if filename.startswith(place)), None)


@cache
def _places() -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name in _PACKAGES:
        with suppress(
            ImportError, ValueError
        ):  # one that is not there, or has been put into sys.modules by hand
            specification = find_spec(name)
            folders = (specification.submodule_search_locations if specification else None) or ()
            found.extend((f"{folder}{os.sep}", name) for folder in folders)
    library = Path(os.__file__).parent
    return (*found, *((str(library / f"{name}.py"), name) for name in _MODULES))
