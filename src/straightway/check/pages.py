"""The documentation of each rule: what the table says, with the example and the notes in `pages/`."""

import re
from importlib.resources import files

from straightway.check.findings import Rule
from straightway.check.rules.table import GROUPS, RULES

__all__ = ["example_of", "index", "page_of"]

BLOCK = re.compile(r"```python\n(.*?)```\n*", re.DOTALL)


def page_of(rule: Rule) -> str:
    """Return the page about a rule, in Markdown."""
    bad, good, notes = example_of(rule)
    return (
        f"# {rule.id}: {rule.title}\n\n"
        f"{_nature(rule)}\n\n"
        f"{rule.why}\n\n"
        f"```python\n{bad}```\n\n"
        f"Instead: {rule.remedy}.\n\n"
        f"```python\n{good}```\n\n"
        f"{notes}\n"
        f"Excuse a single line with `# straightway: ignore[{rule.id}]`.\n"
    )


def example_of(rule: Rule) -> tuple[str, str, str]:
    """Return the faulty application, the mended one, and the notes."""
    text = (files("straightway.check") / "pages" / f"{rule.id}.md").read_text(encoding="utf-8")
    bad, good = BLOCK.findall(text)
    return bad, good, BLOCK.sub("", text)


def _nature(rule: Rule) -> str:
    kinds = [
        "an error" if rule.severity == "error" else "a warning",
        *(["only with `--deploy`"] if rule.deploy else []),
        *(["mended by `--fix`"] if rule.fixable else []),
    ]
    return f"*{', '.join(kinds).capitalize()}.*"


def index() -> str:
    """Return the page that lists all rules."""
    lines = [
        "# What `straightway check` finds",
        "",
        "Each page has the reason, a faulty application and the mended one; `straightway check --explain SW101` prints it.",
    ]
    for digit, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| id | | |", "|---|---|---|"]
        lines += [
            f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.severity.value}{', `--fix`' if rule.fixable else ''} |"
            for rule in RULES
            if rule.id[2] == digit
        ]
    return "\n".join(lines) + "\n"
