"""What was found, as text for people and as JSON for programs."""

import json
from collections.abc import Sequence
from pathlib import Path

from straightway.check.findings import Finding, Severity
from straightway.check.rules.table import RULES

__all__ = ["as_json", "as_text", "shown_path", "summary"]

COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33"}
BOLD, DIM = "1", "2"


def as_text(findings: Sequence[Finding], base: Path, *, colours: bool) -> str:
    """Write two lines for each fault: where and what, and what to write instead."""
    lines: list[str] = []
    for each in findings:
        place = _painted(f"{shown_path(each.file, base)}:{each.line}:{each.column}", BOLD, colours)
        mark = _painted(f"{each.severity} {each.rule}", COLOURS[each.severity], colours)
        lines += [
            f"{place}: {mark} {_one_line(each.what)}",
            _painted(f"    instead: {_one_line(each.instead)}", DIM, colours),
        ]
    return "\n".join(lines)


def _painted(text: str, code: str, colours: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if colours else text


def _one_line(text: str) -> str:
    """Control characters out of the user's source are escaped: they must not reach a terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def summary(findings: Sequence[Finding], files: int) -> str:
    """Count what was found."""
    errors = sum(each.severity is Severity.ERROR for each in findings)
    warnings = len(findings) - errors
    modules = f"{files} file{'' if files == 1 else 's'}"
    if not findings:
        return f"No faults found in {modules}."
    return f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'} in {modules}."


def as_json(findings: Sequence[Finding], base: Path, *, files: int) -> str:
    """Write an object: `findings`, and `summary` with the counts."""
    titles = {rule.id: rule.title for rule in RULES}
    errors = sum(each.severity is Severity.ERROR for each in findings)
    document = {
        "findings": [
            {
                "id": each.rule,
                "title": titles[each.rule],
                "severity": each.severity.value,
                "file": shown_path(each.file, base),
                "line": each.line,
                "column": each.column,
                "what": each.what,
                "instead": each.instead,
                "fixable": bool(each.edits),
            }
            for each in findings
        ],
        "summary": {"files": files, "errors": errors, "warnings": len(findings) - errors},
    }
    return json.dumps(document, indent=2)


def shown_path(path: Path, base: Path) -> str:
    """Write a path relative to a directory where it lies below."""
    try:
        return path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        return path.as_posix()
