"""A failure for programs and terminals: as JSON, and as a short text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from straightway.describe.failure import Failure, Frame, Raised

__all__ = ["as_json", "as_text", "headline", "where"]

_MOST_FRAMES = 8
_LARGEST = 300_000
_RELATIONS = {
    "": "",
    "cause": "raised from",
    "context": "raised while this was handled",
    "member": "one of the group",
}


def as_json(failure: Failure) -> str:
    """Write a failure for API clients: `detail` as in production, and what happened under `error`."""
    first, *causes = failure.chain
    error: dict[str, Any] = {
        **_exception(first),
        "remedy": failure.remedy or None,
        "endpoint": None
        if failure.endpoint is None
        else {
            "route": failure.label,
            "name": failure.endpoint.name,
            "file": failure.endpoint.file,
            "line": failure.endpoint.line,
        },
        "request_id": failure.request_id or None,
        "frames": [_frame(frame) for frame in failure.focus],
        "stage": failure.stage,
        "steps": [
            {"number": each.number, "step": each.text, "state": each.state, "place": each.place or None}
            for each in failure.steps
        ],
        "causes": [
            {"relation": each.relation, **_exception(each), "frames": _frames(each)} for each in causes
        ],
    }
    text = json.dumps({"detail": "Internal Server Error", "error": error}, indent=2, ensure_ascii=False)
    if len(text) <= _LARGEST:
        return text
    short = {key: error[key] for key in ("type", "module", "remedy", "endpoint", "request_id")}
    short["message"] = first.message[:1000]
    return json.dumps({"detail": "Internal Server Error", "error": short}, indent=2, ensure_ascii=False)


def _exception(raised: Raised) -> dict[str, Any]:
    told: dict[str, Any] = {"type": raised.type, "module": raised.module, "message": raised.message}
    if raised.notes:
        told["notes"] = list(raised.notes)
    if raised.members:
        told["members"] = [{**_exception(each), "frames": _frames(each)} for each in raised.members]
    return told


def _frames(raised: Raised) -> list[dict[str, Any]]:
    own = [frame for frame in reversed(raised.frames) if frame.owner == "user"]
    return [_frame(frame) for frame in own[:_MOST_FRAMES]]


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "file": frame.file,
        "line": frame.line,
        "function": frame.function,
        "source": frame.source or None,
    }


def headline(raised: Raised) -> str:
    """Write an exception as `Type: message`."""
    return f"{raised.type}: {raised.message}" if raised.message else raised.type


def where(frame: Frame) -> str:
    """Write the place of a frame, as editors understand it."""
    return frame.file if frame.line is None else f"{frame.file}:{frame.line}"


def as_text(failure: Failure) -> str:
    """Write a failure in short, for people at a terminal."""
    text = "\n".join(_lines(failure)) + "\n"
    return text if len(text) <= _LARGEST else f"{text[:_LARGEST]}…\n"


def _lines(failure: Failure) -> Iterator[str]:
    asked = failure.asked
    yield headline(failure.chain[0])
    yield ""
    yield f"  {asked.method} {asked.url}"
    if failure.endpoint is not None:
        place = f" ({failure.endpoint.file}:{failure.endpoint.line})" if failure.endpoint.file else ""
        yield f"  answered by {failure.endpoint.name}{place}"
    if failure.request_id:
        yield f"  request {failure.request_id}"
    yield from _framed(failure.focus)
    for raised in failure.chain[1:]:
        yield ""
        yield f"{_RELATIONS[raised.relation]}: {headline(raised)}"
        yield from _framed([frame for frame in reversed(raised.frames) if frame.owner == "user"])
    yield from _members(failure.chain[0], "  ")
    if failure.remedy:
        yield ""
        yield "What to do"
        yield from (f"  {line}" for line in failure.remedy.splitlines())


def _framed(frames: Any) -> Iterator[str]:
    for frame in list(frames)[:_MOST_FRAMES]:
        yield ""
        yield f"  {where(frame)} in {frame.function}"
        if frame.source:
            yield f"      {frame.source}"


def _members(raised: Raised, indent: str) -> Iterator[str]:
    for member in raised.members:
        yield ""
        yield f"{indent}in the group: {headline(member)}"
        for frame in [frame for frame in reversed(member.frames) if frame.owner == "user"][:2]:
            yield f"{indent}  {where(frame)} in {frame.function}"
        yield from _members(member, indent + "  ")
