import pytest

from straightway.describe.failure_answer import preferred

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (CHROME, "html"),
        ("text/html", "html"),
        ("TEXT/HTML; q=0.5", "html"),
        ("text/html, application/json", "html"),
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/json, text/plain, */*", "json"),
        ("application/problem+json", "json"),
        ("application/json, text/html;q=0.9", "json"),
        ("text/html;q=0, */*", "json"),
        ("image/png", "json"),
        ("text/plain", "text"),
        ("text/*", "text"),
        ("text/plain, */*;q=0.1", "text"),
        ("text/html;q=nonsense, ;;,,=", "json"),
    ],
)
def test_what_clients_get(accept, kind):
    """A page for who asks for HTML by name, text for who prefers it to JSON, JSON for everybody else."""
    assert preferred(accept) == kind
