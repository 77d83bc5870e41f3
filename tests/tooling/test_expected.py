"""The comparison of a conformance run with what is expected of it."""

from pathlib import Path

import pytest

from tests.conformance.expected import Expectation, ExpectationError, compare, load

OUTCOMES = {
    "tests/test_a.py::test_one": "passed",
    "tests/test_a.py::test_two": "failed",
    "tests/test_a.py::test_two[x]": "failed",
    "tests/test_b.py::test_one": "skipped",
    "tests/test_c.py": "uncollected",
}


def expect(*entries: str) -> list[Expectation]:
    """Expect tests to fail, for some reason."""
    return [Expectation(entry=entry, reason="missing") for entry in entries]


def written(folder: Path, content: str) -> Path:
    """Write an expected.toml."""
    file = folder / "expected.toml"
    file.write_text(content)
    return file


def test_nothing_differs_when_every_failure_is_expected():
    """A run is as expected when the entries cover its failures and nothing else."""
    expectations = expect("tests/test_a.py::test_two*", "tests/test_c.py::*")

    assert compare(OUTCOMES, expectations).as_expected


def test_failure_without_entry_is_unexpected():
    """A failing test that no entry covers is reported, and so is a file that cannot be collected."""
    comparison = compare(OUTCOMES, expect("tests/test_a.py::test_two"))

    assert comparison.unexpected_failures == ("tests/test_a.py::test_two[x]", "tests/test_c.py")


def test_exact_entry_covers_no_other_parameters():
    """An entry without an asterisk is one node id, brackets included."""
    comparison = compare(OUTCOMES, expect("tests/test_a.py::test_two[x]", "tests/test_c.py::*"))

    assert comparison.unexpected_failures == ("tests/test_a.py::test_two",)


def test_pattern_that_covers_a_passing_test_is_wrong():
    """An entry for a whole file must not hide that some of its tests pass."""
    comparison = compare(OUTCOMES, expect("tests/test_a.py::*", "tests/test_c.py::*"))

    assert comparison.unexpected_passes == ("tests/test_a.py::test_one",)
    assert not comparison.as_expected


@pytest.mark.parametrize(
    "entry",
    ["tests/test_a.py::test_three", "tests/test_b.py::test_one", "tests/test_d.py::*"],
    ids=["unknown test", "skipped test", "unknown file"],
)
def test_entry_that_matches_no_failure_is_stale(entry: str):
    """An entry must match something that fails here; a skipped or renamed test is no such thing."""
    comparison = compare(OUTCOMES, expect("tests/test_a.py::test_two*", "tests/test_c.py::*", entry))

    assert comparison.stale == (entry,)
    assert not comparison.as_expected


def test_uncollected_file_is_covered_by_entries_about_its_tests():
    """Where a file cannot be imported, entries for single tests in it are neither stale nor insufficient."""
    outcomes = {"tests/test_c.py": "uncollected"}

    assert compare(outcomes, expect("tests/test_c.py::test_one", "tests/test_c.py::test_two[*")).as_expected


def test_partial_run_knows_nothing_about_other_tests():
    """Running some files does not make the entries for the others stale."""
    outcomes = {"tests/test_a.py::test_two": "failed"}
    expectations = expect("tests/test_a.py::test_two", "tests/test_c.py::*")

    assert compare(outcomes, expectations, partial=True).as_expected


def test_tables_become_entries_with_their_reason(tmp_path: Path):
    """Each test of a table is expected to fail for the reason of the table."""
    file = written(
        tmp_path, '[[expected]]\nreason = "no cookies"\ntests = ["tests/a.py::b", "tests/c.py::*"]\n'
    )

    assert load(file) == (
        Expectation(entry="tests/a.py::b", reason="no cookies"),
        Expectation(entry="tests/c.py::*", reason="no cookies"),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[expected]]\ntests = ["a"]', "needs a reason"),
        ('[[expected]]\nreason = " "\ntests = ["a"]', "words for a reason"),
        ('[[expected]]\nreason = "x"\ntests = []', "at least one test"),
        ('[[expected]]\nreason = "x"\ntests = ["a"]\nsince = 1', "nothing else"),
        ('[[expected]]\nreason = "x"\ntests = ["a", "a"]', "more than once: a"),
        ('[[expect]]\nreason = "x"\ntests = ["a"]', "unknown keys: expect"),
    ],
    ids=["no reason", "blank reason", "no tests", "unknown key", "twice", "unknown table"],
)
def test_file_that_cannot_be_meant_is_refused(tmp_path: Path, content: str, message: str):
    """A mistake in expected.toml stops the run instead of excusing or accusing tests."""
    with pytest.raises(ExpectationError, match=message):
        load(written(tmp_path, content))


def test_committed_file_is_well_formed():
    """The project's own expected.toml can be read."""
    load(Path(__file__).parents[1] / "conformance" / "expected.toml")
