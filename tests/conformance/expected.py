"""Which upstream tests are expected to fail, and how a run differs from that.

`expected.toml` holds tables like this one:

    [[expected]]
    reason = "The behaviour that is missing, named"
    tests = ["tests/test_one.py::test_two", "tests/test_three.py::*"]

An entry is one node id, or ends in `*` and covers every node id that begins like it. Every entry must match at least
one test that fails and none that passes, so that the file never claims less than what works.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FAILED = ("failed", "uncollected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One entry of expected.toml and its reason."""

    entry: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a run differs from what was expected; the run is as it should be when all three are empty."""

    unexpected_failures: tuple[str, ...]
    unexpected_passes: tuple[str, ...]
    stale: tuple[str, ...]
    """Entries that match no failing test: misspelt, renamed, or skipped here."""

    @property
    def as_expected(self) -> bool:
        """Say whether nothing differs."""
        return not (self.unexpected_failures or self.unexpected_passes or self.stale)


class ExpectationError(ValueError):
    """expected.toml says something that cannot be meant."""


def load(file: Path) -> tuple[Expectation, ...]:
    """Read expected.toml.

    Raises ExpectationError for a table without reason or tests, for unknown keys and for entries that occur twice.
    """
    content = tomllib.loads(file.read_text())
    if unknown := content.keys() - {"expected"}:
        raise ExpectationError(f"{file.name} has unknown keys: {', '.join(sorted(unknown))}")
    expectations = tuple(each for table in content.get("expected", []) for each in read_table(table))
    counted = Counter(expectation.entry for expectation in expectations)
    if twice := sorted(entry for entry, count in counted.items() if count > 1):
        raise ExpectationError(f"listed more than once: {', '.join(twice)}")
    return expectations


def read_table(table: dict[str, Any]) -> tuple[Expectation, ...]:
    """Read one table of expected.toml."""
    if table.keys() != {"reason", "tests"}:
        raise ExpectationError(f"a table needs a reason and tests, and nothing else: {table}")
    if not str(table["reason"]).strip() or not table["tests"]:
        raise ExpectationError(f"a table needs words for a reason and at least one test: {table}")
    return tuple(Expectation(entry=entry, reason=table["reason"]) for entry in table["tests"])


def compare(
    outcomes: Mapping[str, str], expectations: Iterable[Expectation], *, partial: bool = False
) -> Comparison:
    """Compare the outcomes of a run, by node id, with the expectations.

    A partial run is not held against entries about tests that were not in it.
    """
    expectations = tuple(expectations)
    failing = {identifier for identifier, outcome in outcomes.items() if outcome in FAILED}
    excused = {identifier for each in expectations for identifier in matches(each.entry, failing)}
    passing = {identifier for identifier, outcome in outcomes.items() if outcome == "passed"}
    passes = {identifier for each in expectations for identifier in matches(each.entry, passing)}
    idle = {each.entry for each in expectations if not any(matches(each.entry, failing | passing))}
    return Comparison(
        unexpected_failures=tuple(sorted(failing - excused)),
        unexpected_passes=tuple(sorted(passes)),
        stale=() if partial else tuple(sorted(idle)),
    )


def matches(entry: str, identifiers: Iterable[str]) -> list[str]:
    """Find what an entry covers; a file that cannot be collected is covered by an entry about anything in it."""
    if not entry.endswith("*"):
        file = entry.partition("::")[0]
        return [each for each in identifiers if each in (entry, file)]
    prefix = entry[:-1]
    return [each for each in identifiers if each.startswith(prefix) or prefix.startswith(f"{each}::")]
