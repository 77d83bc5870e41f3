import pytest

from straightway.security.utils import get_authorization_scheme_param


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        (None, ("", "")),
        ("", ("", "")),
        ("Bearer", ("Bearer", "")),
        ("Bearer token", ("Bearer", "token")),
        ("Foo  two words ", ("Foo", "two words")),
        (" Bearer token", ("", "Bearer token")),
    ],
)
def test_header_is_split_at_its_first_space(header, parts):
    """What is before the first space is the scheme, the rest is stripped; what is missing is empty."""
    assert get_authorization_scheme_param(header) == parts
