import pytest

from straightway.check.rules.table import RULES
from tools.check_corpus import CORPUS, applications, examples, score

FAULTY = applications(CORPUS / "faulty")
CORRECT = applications(CORPUS / "correct")


def named(file):
    """Name an application by its place below its part of the corpus."""
    return "/".join(file.parts[len(CORPUS.parts) + 1 :])


@pytest.mark.parametrize("file", FAULTY, ids=named)
def test_every_fault_is_found_and_nothing_else(file):
    """What is reported is what the comments of the application announce."""
    scored = score(file, CORPUS / "faulty")

    assert scored.expected
    assert (scored.missed, scored.false) == ([], [])


@pytest.mark.parametrize("file", CORRECT, ids=named)
def test_a_correct_application_is_not_accused(file):
    """Look-alikes of faults are not reported."""
    scored = score(file, CORPUS / "correct")

    assert not scored.expected
    assert scored.false == []


def test_the_example_applications_are_not_accused():
    """The applications that this project shows have no faults."""
    assert [fault for each in examples() for fault in each.false] == []


def test_the_corpus_is_large_and_has_every_rule():
    """Sixty faulty applications, forty correct ones, and a faulty one for each rule."""
    expected = {
        fault[0] for file in FAULTY for fault in score(file, CORPUS / "faulty", imports=False).expected
    }

    assert len(FAULTY) >= 60
    assert len(CORRECT) >= 40
    assert {rule.id for rule in RULES} - expected == set()
