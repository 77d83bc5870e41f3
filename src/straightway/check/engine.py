"""Run rules over a project and give what they found, in order, each fault once, without what the source excuses."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from straightway.check.findings import Finding, Found, LoadedApplication, Rule
from straightway.check.model.project import Project
from straightway.check.model.source import Module

__all__ = ["check"]

IGNORE = re.compile(r"#\s*straightway:\s*ignore\[\s*([A-Za-z0-9,\s]+?)\s*\]")


def check(project: Project, rules: Iterable[Rule], application: object | None = None) -> list[Finding]:
    """Run the rules; those on the imported application only where one is given, which must be a `Straightway`."""
    loaded = LoadedApplication(application) if application is not None else None
    found: dict[tuple[str, Path, int, int], Finding] = {}
    for rule in rules:
        by_line: set[tuple[Path, int]] = set()
        for each in rule.static(project) if rule.static is not None else ():
            by_line.add(_keep(found, rule, each))
        for each in rule.loaded(project, loaded) if rule.loaded is not None and loaded is not None else ():
            # What the source shows too has been told already, if in other words.
            if (each.module.path, place_of(each.node)[0]) not in by_line:
                _keep(found, rule, each)
    return sorted(found.values(), key=lambda each: (str(each.file), each.line, each.column, each.rule))


def _keep(found: dict[tuple[str, Path, int, int], Finding], rule: Rule, each: Found) -> tuple[Path, int]:
    """Add a fault unless it is excused, and return its file and line."""
    finding = _finding(rule, each)
    if not _is_excused(each, rule.id):
        found.setdefault((rule.id, finding.file, finding.line, finding.column), finding)
    return finding.file, finding.line


def _finding(rule: Rule, found: Found) -> Finding:
    line, column = place_of(found.node)
    # `ast` counts bytes, people and SARIF count characters.
    text = found.module.lines[line - 1].encode()[: column - 1].decode(errors="ignore") if column > 1 else ""
    column = len(text) + 1
    return Finding(
        rule.id,
        rule.severity,
        found.module.path,
        line,
        column,
        found.what,
        found.instead or rule.remedy,
        found.edits,
    )


def place_of(node: ast.AST) -> tuple[int, int]:
    """Return line and column of a node, both counted from 1."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    return int(line), int(column) + 1


def _is_excused(found: Found, rule_id: str) -> bool:
    """Look for `# straightway: ignore[SW101]` on any line of the node (of a function: of its head)."""
    first = place_of(found.node)[0]
    last = getattr(found.node, "end_lineno", first) or first
    body = getattr(found.node, "body", None)
    if isinstance(body, list) and body:
        last = max(first, int(getattr(body[0], "lineno", first + 1)) - 1)
    return any(
        rule_id.startswith(each)
        for line in range(first, last + 1)
        for each in ignored(found.module).get(line, ())
    )


@cache
def ignored(module: Module) -> dict[int, tuple[str, ...]]:
    """Return the ids that comments excuse, by line."""
    if "straightway:" not in module.text:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT and (match := IGNORE.search(token.string)):
            found[token.start[0]] = tuple(
                each.strip().upper() for each in match[1].split(",") if each.strip()
            )
    return found
