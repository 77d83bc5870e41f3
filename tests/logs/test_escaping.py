import pytest

from straightway.logs.escaping import LONGEST_PATH, escaped, path_shown

HOSTILE = {
    "newline": "\n",
    "carriage return": "\r",
    "escape": "\x1b[31m",
    "backspace": "\b",
    "null": "\0",
    "delete": "\x7f",
    "next line (C1)": "\x85",
    "control sequence (C1)": "\x9b31m",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "zero width space": "\u200b",
    "byte order mark": "\ufeff",
    "lone surrogate": "\udc80",
    "no-break space": "\xa0",
    "unassigned": "\U000e0000",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("make", [escaped, path_shown])
def test_nothing_that_cannot_be_printed_is_left(make, text):
    """What ends a line, moves the cursor or turns text around becomes an escape; the rest stays."""
    made = make(f"/a{text}b")

    assert made.isprintable()
    assert made.startswith("/a")
    assert made.endswith("b")


def test_escapes_are_those_of_python():
    """They can be read, and pasted into a program."""
    assert escaped("a\x1b\u202e\nb") == r"a\x1b\u202e\nb"


def test_what_is_asked_for_is_kept():
    """A message may have several lines."""
    assert escaped("a\nb\x1b", keep="\n") == "a\nb\\x1b"


def test_words_of_all_languages_stay():
    """Only what nobody can see is escaped."""
    assert escaped("Straße 北京 🙂") == "Straße 北京 🙂"
    assert path_shown("/Straße/北京") == "/Straße/北京"


def test_a_path_is_one_word():
    """Spaces cannot make it look like the columns beside it; a percent sign is told from an escape."""
    assert path_shown("/a 200 1.0 ms") == "/a%20200%201.0%20ms"
    assert path_shown("/100%/%0A") == "/100%25/%250A"


def test_a_long_path_is_cut():
    """The line stays readable, and says how much is missing."""
    made = path_shown("/" + "x" * 10_000)

    assert made == "/" + "x" * (LONGEST_PATH - 1) + f"...(+{10_001 - LONGEST_PATH})"


def test_a_short_path_is_whole():
    """Up to the limit nothing is cut."""
    assert path_shown("/" + "x" * (LONGEST_PATH - 1)) == "/" + "x" * (LONGEST_PATH - 1)
