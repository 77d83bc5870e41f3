"""What the checker deals in: rules, what they find, and the edits that would mend it."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from straightway.check.model.project import Project
from straightway.check.model.source import Module

__all__ = ["Edit", "Finding", "Found", "LoadedApplication", "Rule", "Severity"]


class Severity(StrEnum):
    """How bad it is: an error does not do what was meant, a warning is a risk that somebody may have accepted."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text between two places of a file; lines count from 1, columns in UTF-8 bytes from 0, as in `ast`."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One fault as a rule sees it: the node in the user's source, what is wrong there, what to write instead.

    Without `instead` the rule's own remedy is told. With `edits` it can be mended without asking.
    """

    module: Module
    node: ast.AST
    what: str
    instead: str | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedApplication:
    """The imported application, which is a `Straightway`."""

    application: Any


@dataclass(frozen=True, slots=True)
class Rule:
    """One mistake the checker knows: `static` looks at source, `loaded` at the imported application.

    `why` and `remedy` are one line each. A rule with `deploy` asks about production and runs only with --deploy.
    """

    id: str
    severity: Severity
    title: str
    why: str
    remedy: str
    static: Callable[[Project], Iterable[Found]] | None = None
    loaded: Callable[[Project, LoadedApplication], Iterable[Found]] | None = None
    deploy: bool = False
    fixable: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in its final form: the rule's id and severity, the place, and the two sentences about it."""

    rule: str
    severity: Severity
    file: Path
    line: int
    column: int
    what: str
    instead: str
    edits: tuple[Edit, ...] = ()
