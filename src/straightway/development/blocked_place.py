"""What the thread of an event loop is doing at this moment: the user's line, what it calls, and for which endpoint."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import re
import sys
from dataclasses import dataclass
from dis import opname
from functools import lru_cache
from itertools import islice
from types import CodeType, FrameType, ModuleType
from typing import Any, Literal

from straightway.check.blocking import instead_of
from straightway.describe.user_code import owner_of, shown_file
from straightway.wording import COMPILED

__all__ = ["Excused", "Place", "place_of", "remedy_of"]

_LONGEST = 120
_NAMED = re.compile(r"<straightway (?P<label>.+?) (?P<endpoint>\S+?)(?:, \w+)?(?: #\d+)?>")
_DEBUGGERS = frozenset(
    {"bdb", "code", "debugpy", "ipdb", "pdb", "pudb", "pydevd", "_pydevd_bundle", "rpdb", "IPython", "wdb"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the user's that runs on the event loop."""

    endpoint: str
    """Method and path, empty outside of an endpoint."""
    function: str
    file: str
    line: int
    source: str
    """The call that the line is at, or else the line."""
    called: str
    """The dotted name of what blocks, if that is something known to; else empty."""
    is_async: bool

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two blocks the same: the line of a call, the function of a computation."""
        return (self.file, str(self.line)) if self.called else (self.file, self.function)

    def __str__(self) -> str:
        return f"{self.function}() in {self.file}:{self.line}"


Excused = Literal["excused"]


def place_of(thread: int) -> Place | Excused | None:
    """Return where a thread is in the user's code, None where it is elsewhere.

    "excused" is what blocks and is nobody's fault: a debugger's prompt, a first import.
    """
    frames: list[FrameType] = []
    frame = sys._current_frames().get(thread)  # noqa: SLF001  # the documented way to see another thread
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    try:
        return _place(frames)
    except Exception:  # noqa: BLE001  # the thread that is looked at goes on meanwhile: what was there may be gone
        return None
    finally:
        frames.clear()  # what they hold should live no longer because of this


def _place(frames: list[FrameType]) -> Place | Excused | None:
    if any(_is_excused(frame) for frame in frames):
        return "excused"
    compiled = next((each for each in frames if each.f_code.co_filename.startswith(COMPILED)), None)
    named = None if compiled is None else _NAMED.fullmatch(compiled.f_code.co_filename)
    label, endpoint = ("", "") if named is None else (named["label"], named["endpoint"])
    package = endpoint.partition(".")[0]
    number = next((n for n, each in enumerate(frames) if owner_of(each, package) == "user"), None)
    if number is None:
        return None if compiled is None else _of_framework(label, endpoint)
    frame = frames[number]
    if frame.f_code.co_name == "<module>":
        return None
    return _of_user(frame, frames[number - 1] if number else None, label)


def _is_excused(frame: FrameType) -> bool:
    """Tell whether somebody is at a debugger's prompt, or a module is being imported, which happens once."""
    if frame.f_code.co_filename.startswith("<frozen importlib"):
        return True
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _DEBUGGERS


def _of_framework(label: str, endpoint: str) -> Place:
    """None of the user's lines is running: the request is being read, or the answer being made."""
    return Place(label, endpoint, "", 0, "", "", is_async=True)


def _of_user(frame: FrameType, inner: FrameType | None, label: str) -> Place:
    code = frame.f_code
    line = frame.f_lineno or code.co_firstlineno
    text = _call_text(code, frame.f_lasti, line)
    function = frame
    while function.f_code.co_name.startswith("<") and function.f_back is not None:
        function = function.f_back  # a comprehension or lambda is part of what it is written in
    names = [_resolved(frame, text), str(inner.f_globals.get("__name__", "")) if inner is not None else ""]
    return Place(
        endpoint=label,
        function=function.f_code.co_qualname.replace("<locals>.", ""),
        file=shown_file(code.co_filename),
        line=line,
        source=(text or linecache.getline(code.co_filename, line).strip())[:_LONGEST],
        called=next((name for name in names if name and instead_of(name)), ""),
        is_async=bool(function.f_code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR)),
    )


@lru_cache(maxsize=512)
def _call_text(code: CodeType, instruction: int, line: int) -> str:
    """Return the source of the call that an instruction makes, empty if it is no call on one line."""
    index = instruction // 2
    name = opname[code.co_code[instruction]]
    # C code that keeps the interpreter's lock is seen only when it has returned, and its result is being put away.
    if name in {"POP_TOP", "RETURN_VALUE"} or name.startswith("STORE_"):
        index -= 1
    position = next(islice(code.co_positions(), max(index, 0), None), None)
    if position is None or position[0] != line or position[1] != line:
        return ""
    source = linecache.getline(code.co_filename, line).encode("utf-8", "surrogatepass")
    text = source[position[2] : position[3]].decode("utf-8", "replace")
    return text if _parsed(text) is not None else ""


def _parsed(text: str) -> ast.Call | None:
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return body if isinstance(body, ast.Call) else None


def _resolved(frame: FrameType, text: str) -> str:
    """Return the dotted name of what a call calls, through the names of its frame, without running anything."""
    call = _parsed(text) if text else None
    if call is None:
        return ""
    parts: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    names = {**vars(builtins), **frame.f_globals, **frame.f_locals}
    found: Any = names.get(node.id)
    for part in reversed(parts):
        if not isinstance(found, ModuleType):
            return f"{_name_of(found if isinstance(found, type) else type(found))}.{part}"
        found = vars(found).get(part)
    return _name_of(found) if callable(found) else ""


def _name_of(found: Any) -> str:
    module = getattr(found, "__module__", None) or ""
    return f"{module}.{getattr(found, '__qualname__', getattr(found, '__name__', ''))}"


_MOVE = "move the work into a function of its own, and write `await run_in_threadpool(...)`"


def remedy_of(place: Place) -> str:
    """Say what to write instead."""
    if not place.file:
        return "Send less at a time, or return a Response that is made in a thread"
    instead = instead_of(place.called) if place.called else None
    if instead is None:
        name = place.function.rpartition(".")[2]
        is_callable = not place.is_async and name.isidentifier()
        instead = f"`await run_in_threadpool({name}, ...)`" if is_callable else _MOVE
    elif place.called == "time.sleep" and (call_node := _parsed(place.source)) is not None:
        instead = instead.replace("...", ", ".join(ast.unparse(each) for each in call_node.args))
    if not place.endpoint:
        return f"Instead: {instead}"
    if place.is_async:
        return f"Instead: {instead}, or write `def` instead of `async def` so that it runs in a thread"
    return f"Instead: {instead}, or write `def` instead of `async def` for what calls it"
