"""What became of a run of tests, and tables of that."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tests passed, failed, were skipped, and failed as expected; or why there were none."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    expected: int = 0
    remark: str = ""
    is_failure: bool = False
    exceptions: tuple[tuple[str, str], ...] = ()
    """For each test that was skipped or failed as expected: which of both, and why."""

    @classmethod
    def without_tests(cls, remark: str, *, is_failure: bool) -> Outcome:
        """Say why no test ran."""
        return cls(remark=remark, is_failure=is_failure)

    def __add__(self, other: Outcome) -> Outcome:
        """Add up two runs."""
        return Outcome(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.expected + other.expected,
            "; ".join(filter(None, (self.remark, other.remark))),
            self.is_failure or other.is_failure,
            self.exceptions + other.exceptions,
        )

    def __str__(self) -> str:
        """Word it for a table."""
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        if self.expected:
            counts += f", {self.expected} failed as expected"
        ran = self.passed + self.failed + self.skipped + self.expected
        return "; ".join(filter(None, (counts if ran else "", self.remark)))

    def reasons(self, name: str) -> Iterator[str]:
        """Say, line by line, why tests of the run of that name were skipped or failed as expected."""
        words = {"skipped": "skipped", "expected": "failed as expected"}
        for (kind, reason), count in Counter(self.exceptions).items():
            yield f"{name}: {count} {words[kind]}: {reason}"


def run_tests(
    python: Sequence[Path | str],
    directory: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run pytest in a directory, its output going where ours goes, and count what it reports."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [*python, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments]
        finished = subprocess.run(command, cwd=directory, env=environment, check=False)
        if not report.exists():
            return Outcome.without_tests(f"pytest ended with {finished.returncode}", is_failure=True)
        return outcome_in(report.read_text(), finished.returncode)


def outcome_in(report: str, code: int) -> Outcome:
    """Count in a report of JUnit's form; what pytest's exit code says about the whole run has the last word."""
    cases = list(ET.fromstring(report).iter("testcase"))  # noqa: S314  # our own pytest wrote it
    kinds = [kind_of(case) for case in cases]
    failed = kinds.count("failed")
    remark = f"pytest ended with {code}" if code and not failed else ""
    return Outcome(
        kinds.count("passed"),
        failed,
        kinds.count("skipped"),
        kinds.count("expected"),
        remark,
        is_failure=bool(code),
        exceptions=tuple(
            (kind, reason_of(case))
            for case, kind in zip(cases, kinds, strict=True)
            if kind in {"skipped", "expected"}
        ),
    )


def kind_of(case: ET.Element) -> str:
    """Say what became of one test."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is None:
        return "passed"
    return "expected" if skipped.get("type") == "pytest.xfail" else "skipped"


def reason_of(case: ET.Element) -> str:
    """Say why a test was skipped or failed as expected."""
    skipped = case.find("skipped")
    return "" if skipped is None else skipped.get("message", "")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay rows out as a table that reads well in a terminal and in Markdown."""
    cells = [heads, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
