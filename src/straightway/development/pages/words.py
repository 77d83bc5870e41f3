"""Times, sizes and outcomes as people read them."""

from __future__ import annotations

from datetime import datetime

from straightway.describe.markup import Markup, element
from straightway.development.recorder import Record


def duration(milliseconds: float | None) -> str:
    """Write a duration with two or three digits that mean something."""
    if milliseconds is None:
        return "…"
    if milliseconds < 10:
        return f"{milliseconds:.2f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.2f} s"


def size(count: int) -> str:
    """Write a number of bytes."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1_000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def clock(started: str) -> Markup:
    """Write the time of day on this machine."""
    moment = datetime.fromisoformat(started).astimezone()
    return element("time", f"{moment:%H:%M:%S}", datetime=started, title=f"{moment:%Y-%m-%d %H:%M:%S}")


def status_of(record: Record) -> tuple[str, str]:
    """Return the status in words, and the class of its colour."""
    if record.status is None:
        if not record.is_over:
            return "running", "running"
        return "no answer", "s5"
    if record.method == "WS":
        if record.status == 101:
            return ("open", "running") if not record.is_over else ("101", "s2")
        return str(record.status), "s2" if record.status in {1000, 1001, 1005} else "s4"
    return str(record.status), f"s{record.status // 100}"


def counted(count: int, noun: str) -> str:
    """Write a number of things."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
