"""The text of explanations, whole: a change shows in review as a change of these files.

`pytest tests/describe/test_explained.py --update-golden` writes them anew.
"""

from dataclasses import asdict
from pathlib import Path

import pytest

from straightway import Straightway
from tests.compile.endpoints import app
from tools.environments import ROOT

GOLDEN = Path(__file__).parent / "explanations"
REQUESTS = {
    "hello": "GET /hello",
    "path_and_query": "/items/3?q=blue&unknown=1",
    "every_place": "GET /search?tags=a&tags=b",
    "body_to_model": "POST /items",
    "two_bodies": "PUT /items/3",
    "three_levels": "GET /me",
    "sync_all_the_way": "GET /reports",
    "with_yield": "DELETE /items/3",
    "form_and_file": "POST /upload",
    "chat": "WS /chat/kitchen",
    "json_lines": "GET /lines?count=2",
    "events": "GET /events",
    "raw_stream": "GET /stream",
    "injected": "GET /injected",
    "plain_text": "GET /text",
    "max_concurrency": "GET /limited",
    "secured": "GET /secured",
    "method_not_allowed": "PATCH /items/3",
    "not_found": "GET /helo",
    "redirect": "GET /hello/?a=1",
    "starlette_endpoint": "GET /docs",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_golden(name, update_golden, monkeypatch):
    """The text is the one that was reviewed."""
    monkeypatch.chdir(ROOT)
    text, golden = f"{app.explain(REQUESTS[name])}\n", GOLDEN / f"{name}.txt"

    if update_golden:
        golden.write_text(text, encoding="utf-8")

    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_is_compared():
    """No file is left over."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(REQUESTS)


def test_data_is_plain():
    """The data holds text, numbers and more of the same, so that it can be written as JSON."""

    def kinds(value):
        if isinstance(value, dict):
            return {kind for each in value.values() for kind in kinds(each)}
        if isinstance(value, tuple):
            return {kind for each in value for kind in kinds(each)}
        return {type(value)}

    for request in REQUESTS.values():
        assert kinds(asdict(app.explain(request))) <= {str, int, bool, type(None)}


def test_control_characters_are_escaped():
    """Nothing that a request or a declaration holds reaches the terminal as a command."""
    hostile = Straightway(openapi_url=None)

    @hostile.get("/a\x1b[31m/{name}")
    def index(name: str, default: str = "\x1b[2J"):
        return name, default

    text = str(hostile.explain("GET /a%1b%5b31m/%0d%1b"))

    assert "GET /a\\x1b[31m/{name} answers" in text
    assert all(line.isprintable() for line in text.splitlines())
