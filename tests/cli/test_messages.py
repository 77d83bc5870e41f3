import io

import pytest

from straightway.cli.messages import Failure, colours_wanted, render


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self):
        """Say that it is one."""
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_failure_is_plain_text():
    """What is wrong, where, and what to do: in this order, without escape sequences."""
    failure = Failure("it is broken", excerpt=["  main.py:3"], instead="Mend it.")

    assert render(failure) == "Error: it is broken\n\n  main.py:3\n\nMend it."


def test_colours_mark_the_word_error_only():
    """On a terminal the first word is red."""
    assert render(Failure("no", instead="Yes."), colours=True) == "\033[31mError:\033[0m no\n\nYes."


def test_colours_are_for_terminals(monkeypatch):
    """A pipe or a file gets plain text."""
    assert colours_wanted(Terminal())
    assert not colours_wanted(io.StringIO())


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_refused(monkeypatch, name, value):
    """NO_COLOR and a dumb terminal are honoured."""
    monkeypatch.setenv(name, value)

    assert not colours_wanted(Terminal())
