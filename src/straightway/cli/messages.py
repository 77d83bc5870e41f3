"""What the command line says, and how: plain text, coloured only where a person is looking."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

__all__ = ["SPOKEN", "Failure", "colours_wanted", "complain", "render", "say", "shown"]

LONGEST = 15
"""How many lines a failure may take; what is longer is only told in full with --traceback."""

SPOKEN = "straightway.cli"
"""The logger that gets what would be printed, where it has handlers: see `logs.speak_json`."""

RED = "31"
DIM = "2"


class Failure(Exception):  # noqa: N818  # it is an outcome to be told, not an error of this program
    """End the command: say what is wrong, where, and what to do instead.

    `excerpt` are the lines between, usually file, line and source. `full` is the whole traceback, for --traceback.
    """

    def __init__(self, what: str, *, excerpt: Sequence[str] = (), instead: str, full: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.excerpt = tuple(excerpt)
        self.instead = instead
        self.full = full


def render(failure: Failure, *, verbose: bool = False, colours: bool = False) -> str:
    """Word a failure: at most 15 lines, unless `verbose` asks for the whole traceback."""
    first, *more = failure.what.splitlines()
    mark = f"\033[{RED}mError:\033[0m" if colours else "Error:"
    remedy = failure.instead.splitlines()
    if verbose and failure.full:
        return "\n".join([failure.full.rstrip(), "", f"{mark} {first}", *more, "", *remedy])
    excerpt = ["", *failure.excerpt] if failure.excerpt else []
    room = LONGEST - len(excerpt) - len(remedy) - 2
    return "\n".join([f"{mark} {first}", *_shortened(more, room), *excerpt, "", *remedy])


def _shortened(lines: list[str], room: int) -> Iterator[str]:
    if len(lines) <= room:
        yield from lines
        return
    shown_lines = max(room - 1, 0)
    yield from lines[:shown_lines]
    yield f"  ... {len(lines) - shown_lines} more lines, shown by --traceback"


def complain(text: str) -> None:
    """Print to standard error at once."""
    if not _recorded("ERROR", text):
        print(text, file=sys.stderr, flush=True)


def say(text: str) -> None:
    """Print to standard output at once, so that a program that waits for the line gets it."""
    if not _recorded("INFO", text):
        print(text, flush=True)


def _recorded(level: str, text: str) -> bool:
    logging = sys.modules.get("logging")  # unless it has been imported, nobody has configured it
    if logging is None:
        return False
    logger = logging.getLogger(SPOKEN)
    if not logger.handlers:
        return False
    logger.log(getattr(logging, level), "%s", text)
    return True


def colours_wanted(stream: TextIO) -> bool:
    """Tell whether to colour: on a terminal that can, unless NO_COLOR (https://no-color.org) is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def shown(path: str | Path, *, base: Path | None = None) -> str:
    """Write a path as a person in the current directory (or `base`) would: relative where it lies below."""
    base = base or Path.cwd()
    try:
        relative = Path(path).resolve().relative_to(base.resolve())
    except (ValueError, OSError):
        return str(path)
    return str(relative)
