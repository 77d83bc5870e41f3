"""Write docs/check: one page for each rule of `straightway check`, and the index."""

from straightway.check.findings import Rule
from straightway.check.pages import index, page_of
from straightway.check.rules.table import RULES
from tools.environments import ROOT

FOLDER = ROOT / "docs" / "check"


def pages() -> dict[str, str]:
    """Return the content of every page by its file name."""
    return {"README.md": index()} | {f"{rule.id}.md": _with_sources(rule) for rule in RULES}


def _with_sources(rule: Rule) -> str:
    """Say before each example where it comes from, as on every page; tests/check/test_pages.py runs them there."""
    source = f"<!-- example: src/straightway/check/pages/{rule.id}.md -->"
    return page_of(rule).replace("```python\n", f"{source}\n```python\n")


def main() -> None:
    """Write the pages anew, and remove those of rules that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = pages()
    for file in FOLDER.glob("*.md"):
        if file.name not in written:
            file.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
