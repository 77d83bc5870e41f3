"""Write docs/mistakes.md: what both frameworks say about each mistake, side by side."""

import platform
import re
from collections.abc import Iterator, Sequence

from tools.environments import ROOT
from tools.mistakes.corpus import CORPUS, Mistake
from tools.mistakes.judging import Verdict

__all__ = ["PAGE", "page", "row"]

PAGE = ROOT / "docs" / "mistakes.md"

INTRODUCTION = """\
# Common mistakes

Written by `make mistakes`, which runs the applications of [tests/mistakes/corpus](../tests/mistakes/corpus) on FastAPI
0.165 and, unchanged, on Straightway under FastAPI's names. Each is small, is written as beginners write, and has one
mistake that people ask about; a number links to where somebody did, where it was at hand. In both frameworks the
application is imported and, where that succeeds, started and asked with a request, with `FASTAPI_ENV` and
`STRAIGHTWAY_ENV` set to `development` as `straightway dev` sets them. `straightway check` is asked about what runs
without a word; FastAPI has nothing like it.

Both are judged by the same questions:

- **line**: is one of the lines named that have to be changed, or the decorator above? `message` says that the text of the
  exception, the log, a warning or the response names file and line; `traceback` that only a frame of the traceback
  does, among those of the framework. The lines that count are marked in each application.
- **remedy**: does any of these texts have the words of what to write instead? Each application lists them.
"""

COLUMNS = """\
| | mistake | FastAPI: line | remedy | Straightway: line | remedy |
|---|---|---|---|---|---|"""

_LONGEST = 600
"""How much of a message is quoted."""


def page(mistakes: Sequence[Mistake], theirs: Sequence[Verdict], ours: Sequence[Verdict]) -> str:
    """Return the text of the page."""
    triples = list(zip(mistakes, theirs, ours, strict=True))
    lines = [
        INTRODUCTION,
        f"On Python {python()}:",
        "",
        *_totals(theirs, ours),
        "",
        COLUMNS,
        *(row(*each) for each in triples),
        "",
        "## What is said",
        "",
        *(line for each in triples for line in _section(*each)),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def python() -> str:
    """Return the version of Python, whose own messages differ from version to version."""
    return ".".join(platform.python_version_tuple()[:2])


def _totals(theirs: Sequence[Verdict], ours: Sequence[Verdict]) -> Iterator[str]:
    yield "| | FastAPI | Straightway |"
    yield "|---|---|---|"
    yield f"| mistakes | {len(theirs)} | {len(ours)} |"
    for words, is_so in (
        ("line in the message, and remedy", lambda each: each.is_told),
        ("of these by `check` alone", lambda each: each.is_told and each.checked),
        (
            "line in the message or in the traceback, and remedy",
            lambda each: each.place != "no" and each.remedy,
        ),
        ("neither line nor remedy", lambda each: each.place == "no" and not each.remedy),
    ):
        yield f"| {words} | {sum(map(is_so, theirs))} | {sum(map(is_so, ours))} |"


def row(mistake: Mistake, theirs: Verdict, ours: Verdict) -> str:
    """Return the line of the table about one mistake."""
    number = mistake.name.partition("_")[0]
    asked = f"[{number}]({mistake.asked})" if mistake.asked else number
    cells = [asked, mistake.title, theirs.place, _yes(theirs.remedy), _place(ours), _yes(ours.remedy)]
    return f"| {' | '.join(cells)} |"


def _place(verdict: Verdict) -> str:
    return "`check`" if verdict.checked else verdict.place


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _section(mistake: Mistake, theirs: Verdict, ours: Verdict) -> Iterator[str]:
    yield f"### {mistake.name.replace('_', ' ')}"
    yield ""
    yield f"`{mistake.line}`, shown by {_shown_by(mistake)}."
    for name, verdict in (("FastAPI", theirs), ("Straightway", ours)):
        yield from ("", f"{name}:", "", "```text", *said(verdict), "```")
    yield ""


def _shown_by(mistake: Mistake) -> str:
    match mistake.trigger.split(" ", 2):
        case ["import"]:
            return "importing it"
        case ["start"]:
            return "starting it"
        case [method, target, *content]:
            return f"`{method} {target}`" + (f" with `{content[0]}`" if content else "")
        case _:
            return mistake.trigger


def said(verdict: Verdict) -> list[str]:
    """Return the quoted text: paths relative to the corpus, no addresses of objects, no lines of libraries, the end cut off."""
    text = re.sub(r" at 0x[0-9a-f]+", "", verdict.said).replace(f"{CORPUS}/", "")
    # Where a coroutine that was forgotten happened to be collected says nothing, and is another place each time.
    text = re.sub(r"^\S*/site-packages/\S+:\d+: ", "", text, flags=re.MULTILINE)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return [line.rstrip() for line in text.splitlines()]
