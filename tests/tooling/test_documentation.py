"""The documentation, and the tool that verifies it."""

import linecache
from pathlib import Path

import pytest
from docs.examples import read_item

from straightway.testclient import TestClient
from tools.documentation import EXAMPLES, PAGES, verify
from tools.environments import ROOT

EXAMPLE = "x = 1\ny = 2\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with one example and a Makefile."""
    (tmp_path / "docs" / "examples").mkdir(parents=True)
    (tmp_path / "docs" / "examples" / "one.py").write_text(EXAMPLE)
    (tmp_path / "Makefile").write_text("test: .venv\n")
    return tmp_path


def problems(project: Path, text: str) -> list[str]:
    """Verify a page of that text."""
    page = project / "README.md"
    page.write_text(text)
    return verify(page, project)


def test_pages_of_the_project_are_verified():
    """The project's own documentation has no example that differs from its file, dead link or unknown command."""
    pages = {page for pattern in PAGES for page in ROOT.glob(pattern)}

    assert [problem for page in sorted(pages) for problem in verify(page)] == []


def test_page_shows_what_the_compiler_writes():
    """The compiled function on the page about the architecture is the one that its endpoint is compiled to.

    After a change of the compiler, copy what the failure shows into docs/examples and docs/architecture.md.
    """
    assert TestClient(read_item.app).get("/items/3?search=blue").json() == {
        "item_id": 3,
        "search": "blue",
        "limit": 100,
    }

    compiled = linecache.getlines("<straightway GET /items/{item_id} docs.examples.read_item.read_item>")
    assert "".join(compiled) == (ROOT / "docs" / "examples" / "read_item.compiled.py").read_text()


@pytest.mark.parametrize("content", [EXAMPLE, "y = 2\n"], ids=["whole", "part"])
def test_block_equal_to_its_file_is_right(project: Path, content: str):
    """A block may show a file or a part of it."""
    text = f"<!-- example: docs/examples/one.py -->\n```python\n{content}```\n"

    assert problems(project, text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# T\n\n```python\nx = 1\n```\n", "README.md:3: a Python block without <!-- example: file -->"),
        (
            "<!-- example: docs/examples/two.py -->\n```python\nx\n```\n",
            "README.md:1: there is no example docs/examples/two.py",
        ),
        (
            "<!-- example: docs/examples/one.py -->\n```python\nx = 3\n```\n",
            "README.md:1: the block differs from docs/examples/one.py",
        ),
        ("see [there](docs/none.md)", "README.md:1: the link leads to no file: docs/none.md"),
        ("# A b\n[up](#a-c)", "README.md:2: README.md has no heading #a-c"),
        ("```console\n$ make test nothing\n```", "README.md:2: the Makefile has no target nothing"),
    ],
    ids=["nameless", "missing", "different", "dead link", "dead anchor", "unknown target"],
)
def test_problem_is_reported_with_its_line(project: Path, text: str, problem: str):
    """Each kind of mistake is found and located."""
    assert problems(project, text) == [problem]


def test_working_links_are_right(project: Path):
    """Links to files, headings and other hosts are no problem."""
    text = "# A b\n[up](#a-b) [example](docs/examples/one.py) [far](https://example.org/x#y)"

    assert problems(project, text) == []


def test_examples_lie_where_tests_reach_them():
    """The folders examples may come from are tested or are tests."""
    assert set(EXAMPLES) == {"docs/examples/", "examples/", "tests/", "src/straightway/check/pages/"}
