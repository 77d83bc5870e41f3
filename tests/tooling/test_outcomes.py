"""What became of a run of tests, as `make servers` and `make pythons` tell it."""

import os
import sys
from pathlib import Path

import pytest

from tools.outcomes import Outcome, outcome_in, run_tests, table

REPORT = """
<testsuites><testsuite>
  <testcase name="a"/>
  <testcase name="b"><failure message="x"/></testcase>
  <testcase name="c"><error message="x"/></testcase>
  <testcase name="d"><skipped type="pytest.skip" message="no browser"/></testcase>
  <testcase name="e"><skipped type="pytest.xfail" message="no codes"/></testcase>
</testsuite></testsuites>
"""

PASSING = '<testsuites><testsuite><testcase name="a"/></testsuite></testsuites>'


def test_every_kind_of_end_is_counted():
    """A test that fails, or breaks while it is set up, has failed; one that fails as expected was not skipped."""
    outcome = outcome_in(REPORT, 1)

    assert (outcome.passed, outcome.failed, outcome.skipped, outcome.expected) == (1, 2, 1, 1)
    assert outcome.is_failure
    assert outcome.exceptions == (("skipped", "no browser"), ("expected", "no codes"))


def test_passing_tests_are_no_failure():
    """A run that ended with 0 has passed."""
    outcome = outcome_in(PASSING, 0)

    assert (str(outcome), outcome.is_failure) == ("1 passed, 0 failed, 0 skipped", False)


def test_exit_code_has_the_last_word():
    """A run in which each test passed and pytest did not end with 0 has failed, and says so."""
    outcome = outcome_in(PASSING, 2)

    assert (str(outcome), outcome.is_failure) == ("1 passed, 0 failed, 0 skipped; pytest ended with 2", True)


def test_runs_add_up():
    """Numbers are added, remarks and reasons are both kept, and one failure is enough."""
    one = Outcome(1, 0, 3, 4, "first", exceptions=(("skipped", "a"),))
    other = Outcome(10, 20, 30, 40, "second", is_failure=True, exceptions=(("expected", "b"),))

    assert one + other == Outcome(
        11, 20, 33, 44, "first; second", is_failure=True, exceptions=(("skipped", "a"), ("expected", "b"))
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(1, 2, 3), "1 passed, 2 failed, 3 skipped"),
        (Outcome(1, 2, 3, 4), "1 passed, 2 failed, 3 skipped, 4 failed as expected"),
        (Outcome.without_tests("not on this machine", is_failure=False), "not on this machine"),
    ],
    ids=["plain", "expected", "none"],
)
def test_outcome_is_worded(outcome: Outcome, words: str):
    """Expected failures are named where there are some; where no test ran, there are no numbers."""
    assert str(outcome) == words


def test_reasons_are_told_once_with_their_number():
    """Tests that were skipped for one reason share a line."""
    outcome = Outcome(exceptions=(("skipped", "a"), ("expected", "b"), ("skipped", "a")))

    assert list(outcome.reasons("some")) == ["some: 2 skipped: a", "some: 1 failed as expected: b"]


def test_table_is_markdown():
    """Columns are as wide as what is in them."""
    assert table(("a", "long head"), [("longer", "b")]).splitlines() == [
        "| a      | long head |",
        "|--------|-----------|",
        "| longer | b         |",
    ]


def test_tests_are_run_in_their_directory(tmp_path: Path):
    """The tests run there, in the environment they are given."""
    (tmp_path / "test_one.py").write_text(
        "import os\ndef test_one(): assert os.environ['GIVEN'] == 'yes'\ndef test_two(): assert False\n"
    )

    outcome = run_tests([sys.executable], tmp_path, environment=os.environ | {"GIVEN": "yes"})

    assert (outcome.passed, outcome.failed, outcome.is_failure) == (1, 1, True)


def test_run_that_does_not_begin_is_a_failure(tmp_path: Path):
    """Where pytest leaves no report, its exit code is what there is to say."""
    outcome = run_tests([sys.executable, "-c", "raise SystemExit(9)"], tmp_path)

    assert (str(outcome), outcome.is_failure) == ("pytest ended with 9", True)
