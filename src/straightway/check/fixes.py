"""Mend what can be mended safely: apply edits to source, and show them as a diff."""

import difflib
from collections.abc import Iterable

from straightway.check.findings import Edit, Finding

__all__ = ["diff_of", "mended"]


def mended(text: str, findings: Iterable[Finding]) -> str:
    """Return the text with the edits of the findings, which are all in this file; of overlapping ones the first counts."""
    lines = text.encode().splitlines(keepends=True)
    edits = sorted(
        {edit for finding in findings for edit in finding.edits}, key=lambda each: each.start, reverse=True
    )
    before: Edit | None = None
    for edit in edits:
        if before is None or edit.end <= before.start:
            lines = _replaced(lines, edit)
            before = edit
    return b"".join(lines).decode()


def _replaced(lines: list[bytes], edit: Edit) -> list[bytes]:
    (first, start), (last, end) = edit.start, edit.end
    text = lines[first - 1][:start] + edit.text.encode() + lines[last - 1][end:]
    return [*lines[: first - 1], text, *lines[last:]]


def diff_of(before: str, after: str, name: str) -> str:
    """Return the change of a file as a unified diff."""
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, f"a/{name}", f"b/{name}"))
