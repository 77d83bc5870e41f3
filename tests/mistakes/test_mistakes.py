import pytest

from tools.mistakes.corpus import corpus
from tools.mistakes.judging import verdicts_on_fastapi, verdicts_on_straightway
from tools.mistakes.page import PAGE, page, python, said

MISTAKES = corpus()


@pytest.fixture(scope="module")
def ours():
    """What Straightway says about each mistake, by the name of the application."""
    return dict(zip([each.name for each in MISTAKES], verdicts_on_straightway(MISTAKES), strict=True))


@pytest.fixture(scope="module")
def theirs():
    """What FastAPI says about each mistake, by the name of the application."""
    return dict(zip([each.name for each in MISTAKES], verdicts_on_fastapi(MISTAKES), strict=True))


def test_the_corpus_has_25_mistakes():
    """Each application marks the lines that count and names what shows the mistake."""
    assert len(MISTAKES) == 25
    assert all(each.places and each.title and each.trigger and each.remedies for each in MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.name)
def test_a_mistake_is_told_with_line_and_remedy(ours, mistake):
    """The message itself names the user's line and what to write instead."""
    verdict = ours[mistake.name]

    assert verdict.place == "message", verdict.said
    assert verdict.remedy, verdict.said


def test_only_what_runs_without_a_word_is_left_to_the_checker(ours):
    """All other mistakes are told when the application is imported, started or asked."""
    assert {name for name, each in ours.items() if each.checked} == {
        "24_returned_http_exception",
        "25_blocking_call",
    }


def test_the_page_says_what_straightway_says(ours):
    """docs/mistakes.md has the messages of today; `make mistakes` writes it."""
    text = PAGE.read_text("utf-8")

    for verdict in ours.values():
        assert "\n".join(said(verdict)) in text


def test_the_page_is_what_the_tool_writes(ours, theirs):
    """The whole page, on the Python it was written with: messages of Python itself differ between versions."""
    text = PAGE.read_text("utf-8")
    if f"On Python {python()}:" not in text:
        pytest.skip("the page was written with another version of Python")

    assert text == page(MISTAKES, list(theirs.values()), list(ours.values()))
