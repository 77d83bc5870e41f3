"""Tracebacks as data: the calls that were under way, their source, and the user's variables."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Sequence
from itertools import islice
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any

from straightway.describe.failure import Frame, Line, Raised, Relation, Variable
from straightway.describe.secrets import Masker
from straightway.describe.user_code import Owner, owner_of, shown_file
from straightway.describe.values import printable, safely, secrets_in, shortened, shown_value, type_name

__all__ = ["Call", "calls_of", "chain_of", "raised_of", "secret_locals"]

BEFORE, AFTER = 5, 3
"""Lines of source around the one that failed."""
LONGEST_LINE = 240
LONGEST_MESSAGE = 4000
MOST_CAUSES = 5
MOST_MEMBERS = 4
MOST_FRAMES = 60
MOST_WITH_VARIABLES = 6
MOST_VARIABLES = 24
_DEEPEST_GROUP = 3

Call = tuple[FrameType, int, int]
"""A frame, the line it is at, and the index of its instruction."""


def calls_of(error: BaseException) -> list[Call]:
    """Return the calls of a traceback, the outermost first."""
    found: list[Call] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        found.append((trace.tb_frame, trace.tb_lineno or trace.tb_frame.f_lineno or 0, trace.tb_lasti))
        trace = trace.tb_next
    return found


def chain_of(error: BaseException) -> list[tuple[BaseException, Relation]]:
    """Return the exception and what it was raised from, as Python's own tracebacks follow them; no one twice."""
    chain: list[tuple[BaseException, Relation]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    relation: Relation = ""
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        chain.append((current, relation))
        if current.__cause__ is not None:
            current, relation = current.__cause__, "cause"
        else:
            current, relation = (None if current.__suppress_context__ else current.__context__), "context"
    return chain


def secret_locals(error: BaseException, own_package: str) -> list[object]:
    """Return the values of the user's variables whose names or types say that they are secret."""
    found: list[object] = []
    for frame, _, _ in calls_of(error)[-MOST_FRAMES:]:
        if owner_of(frame, own_package) in {"user", "compiled"} and frame.f_code.co_name != "<module>":
            for name, value in _locals_of(frame):
                found += secrets_in(value, name)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions[:MOST_MEMBERS]:
            found += secret_locals(member, own_package)
    return found


def raised_of(
    error: BaseException, relation: Relation, masker: Masker, own_package: str, *, depth: int = 0
) -> Raised:
    """Tell of one exception, and of those in it where it is a group."""
    calls = calls_of(error)
    members: Sequence[BaseException] = (
        error.exceptions if isinstance(error, BaseExceptionGroup) and depth < _DEEPEST_GROUP else ()
    )
    frames, hidden = _frames(calls, masker, own_package)
    return Raised(
        type=printable(type(error).__qualname__),
        module=printable(str(type(error).__module__)),
        message=message_of(error, masker),
        notes=tuple(_notes(error, masker)),
        relation=relation,
        frames=frames,
        hidden=hidden,
        members=tuple(
            raised_of(each, "member", masker, own_package, depth=depth + 1) for each in members[:MOST_MEMBERS]
        ),
        left_out=max(len(members) - MOST_MEMBERS, 0),
    )


def message_of(error: BaseException, masker: Masker) -> str:
    """Return what an exception says, without secrets, and whatever its `__str__` does."""
    text = safely(lambda: str(error), f"<{type_name(error)} whose str() failed>")
    return shortened(printable(masker.text(text[: LONGEST_MESSAGE * 2])), LONGEST_MESSAGE)


def _notes(error: BaseException, masker: Masker) -> Iterator[str]:
    notes = getattr(error, "__notes__", ())
    for note in islice(notes if isinstance(notes, list | tuple) else (), 5):
        text = safely(lambda note=note: str(note), "<a note whose str() failed>")  # type: ignore[misc]
        yield shortened(printable(masker.text(text[:5000])), 1000)


def _frames(calls: list[Call], masker: Masker, own_package: str) -> tuple[tuple[Frame, ...], int]:
    """Return the frames, repeated ones once, and how many in the middle were left out."""
    runs = list(_runs(calls))
    hidden = max(len(runs) - MOST_FRAMES, 0)
    if hidden:
        runs = runs[: MOST_FRAMES // 2] + runs[-MOST_FRAMES // 2 :]
    frames: list[Frame] = []
    with_variables = MOST_WITH_VARIABLES
    for call, repeated in reversed(runs):  # the innermost ones are those whose variables matter
        owner = owner_of(call[0], own_package)
        shows = owner == "user" and with_variables > 0
        with_variables -= shows
        frames.append(_frame(call, owner, masker, repeated, shows=shows))
    return tuple(reversed(frames)), hidden


def _runs(calls: list[Call]) -> Iterator[tuple[Call, int]]:
    """Put calls of a function by itself at the same line together, the last of them with how many came before."""
    last: Call | None = None
    repeated = 0
    for call in calls:
        if last is not None and (call[0].f_code, call[1]) == (last[0].f_code, last[1]):
            repeated += 1
        elif last is not None:
            yield last, repeated
            repeated = 0
        last = call
    if last is not None:
        yield last, repeated


def _frame(call: Call, owner: Owner, masker: Masker, repeated: int, *, shows: bool) -> Frame:
    frame, line, instruction = call
    code = frame.f_code
    lines = linecache.getlines(code.co_filename, frame.f_globals)
    source = lines[line - 1].rstrip("\n") if 0 < line <= len(lines) else ""
    clean = _clean(source, masker)
    mark = _mark(code, line, instruction, source) if shows and clean == source else None
    return Frame(
        file=printable(shown_file(code.co_filename)),
        line=line,
        function=printable(code.co_qualname.replace("<locals>.", "")),
        owner=owner,
        source=clean.strip(),
        excerpt=excerpt_of(lines, line, masker) if shows else (),
        marked=mark,
        variables=tuple(_variables(frame, masker)) if shows else (),
        repeated=repeated,
    )


def excerpt_of(
    lines: Sequence[str], line: int, masker: Masker, *, before: int = BEFORE, after: int = AFTER
) -> tuple[Line, ...]:
    """Return the lines around one of a file, without empty ones at their edges."""
    first, last = max(line - before, 1), min(line + after, len(lines))
    while first < line and not lines[first - 1].strip():
        first += 1
    while last > line and not lines[last - 1].strip():
        last -= 1
    return tuple(
        Line(number, _clean(text.rstrip("\n"), masker))
        for number, text in enumerate(lines[first - 1 : last], first)
    )


def _clean(text: str, masker: Masker) -> str:
    return shortened(printable(masker.source(text[: LONGEST_LINE * 4])), LONGEST_LINE).expandtabs(4)


def _mark(code: CodeType, line: int, instruction: int, source: str) -> tuple[int, int] | None:
    """Return the part of a line that the instruction stands for, None where that is all of it or not known."""
    position = next(islice(code.co_positions(), instruction // 2, None), None)
    if position is None or position[0] != line or position[2] is None or "\t" in source:
        return None
    _, last, start, end = position
    data = source.encode("utf-8", "surrogatepass")
    first = len(data[:start].decode("utf-8", "ignore"))
    beyond = (
        len(source.rstrip()) if last != line or end is None else len(data[:end].decode("utf-8", "ignore"))
    )
    is_all = source[:first].strip() == "" and source[beyond:].strip() == ""
    return None if is_all or beyond <= first or beyond > LONGEST_LINE else (first, beyond)


def _variables(frame: FrameType, masker: Masker) -> Iterator[Variable]:
    if frame.f_code.co_name == "<module>":  # its variables are all that the module has defined
        return
    shown = [(name, value) for name, value in _locals_of(frame) if not issubclass(type(value), ModuleType)]
    for name, value in shown[:MOST_VARIABLES]:
        yield Variable(printable(name), type_name(value), shown_value(value, masker, name=name))
    if len(shown) > MOST_VARIABLES:
        yield Variable("…", "", f"{len(shown) - MOST_VARIABLES} more")


def _locals_of(frame: FrameType) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in frame.f_locals.items() if not name.startswith(("__", "@", "."))]
