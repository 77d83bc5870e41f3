"""Verify the documentation: examples are the tested files, links lead somewhere, commands exist; `make docs`.

A Python block in Markdown is preceded by a comment that names the file it is taken from, whole or in part:

    <!-- example: docs/examples/first_app.py -->
    ```python
    ...
    ```

The file lies below one of EXAMPLES, which tests run; so what the page shows is what the tests run.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.environments import ROOT

PAGES = ("*.md", "docs/**/*.md", "examples/*/*.md", "compat/*/*.md")
EXAMPLES = ("docs/examples/", "examples/", "tests/", "src/straightway/check/pages/")

BLOCK = re.compile(
    r"(?:<!-- example: (?P<file>\S+) -->\n+)?^```(?P<language>\w*)\n(?P<content>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\((?!\w+:)(?P<file>[^)#\s]*)(?:#(?P<heading>[^)\s]+))?\)")
COMMAND = re.compile(r"^\$ make (?P<targets>[a-z ]+)", re.MULTILINE)


def main() -> None:
    """Verify every page and list what is wrong with where it stands."""
    pages = sorted({page for pattern in PAGES for page in ROOT.glob(pattern)})
    problems = [problem for page in pages for problem in verify(page)]
    print("\n".join(problems) or f"{len(pages)} pages verified")
    sys.exit(1 if problems else 0)


def verify(page: Path, root: Path = ROOT) -> list[str]:
    """List what is wrong with a page, one line for each problem."""
    text = page.read_text()
    name = page.relative_to(root)
    found = [*wrong_examples(text, root), *wrong_links(text, page), *wrong_commands(text, root)]
    return [f"{name}:{text.count(chr(10), 0, position) + 1}: {problem}" for position, problem in found]


def wrong_examples(text: str, root: Path) -> Iterator[tuple[int, str]]:
    """Find Python blocks that name no file, or that differ from the file they name."""
    for block in BLOCK.finditer(text):
        if block["language"] != "python":
            continue
        if block["file"] is None:
            yield block.start(), "a Python block without <!-- example: file -->"
        elif not block["file"].startswith(EXAMPLES) or not (root / block["file"]).is_file():
            yield block.start(), f"there is no example {block['file']}"
        elif block["content"] not in (root / block["file"]).read_text():
            yield block.start(), f"the block differs from {block['file']}"


def wrong_links(text: str, page: Path) -> Iterator[tuple[int, str]]:
    """Find relative links to a file or heading that is not there."""
    for link in LINK.finditer(BLOCK.sub(blank, text)):
        target = (page.parent / link["file"]).resolve() if link["file"] else page
        if not target.exists():
            yield link.start(), f"the link leads to no file: {link['file']}"
        elif link["heading"] and link["heading"] not in headings(target.read_text()):
            yield link.start(), f"{target.name} has no heading #{link['heading']}"


def blank(block: re.Match[str]) -> str:
    """Empty a code block, so that nothing in it is taken for a link, and keep its length."""
    return re.sub(r"[^\n]", " ", block[0])


def headings(text: str) -> set[str]:
    """List the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", BLOCK.sub(blank, text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def wrong_commands(text: str, root: Path) -> Iterator[tuple[int, str]]:
    """Find `$ make` commands whose target is not in the Makefile."""
    targets = re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.MULTILINE)
    for command in COMMAND.finditer(text):
        for target in command["targets"].split():
            if target not in targets:
                yield command.start(), f"the Makefile has no target {target}"


if __name__ == "__main__":
    main()
