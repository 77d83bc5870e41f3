import pytest

from straightway.negotiation import media_ranges


@pytest.mark.parametrize(
    ("accept", "ranges"),
    [
        ("", []),
        ("text/html", [("text/html", 1.0)]),
        ("Text/HTML, */*;q=0.8", [("text/html", 1.0), ("*/*", 0.8)]),
        ("a/b ; charset=x ; Q=0.5,,", [("a/b", 0.5)]),
        ("a/b;q=7, c/d;q=-1, e/f;q=much", [("a/b", 1.0), ("c/d", 0.0), ("e/f", 0.0)]),
    ],
)
def test_media_ranges(accept, ranges):
    """Each range comes with its quality, whatever a client has made of it."""
    assert list(media_ranges(accept)) == ranges


def test_a_long_header_is_read_in_part():
    """A megabyte of ranges costs no more than two thousand characters."""
    assert len(list(media_ranges("a/b," * 250_000))) == 500
