"""The applications of tests/mistakes/corpus: each has one mistake, and says in comments what should be said about it.

The comments at the beginning: `mistake` names it, `asked` is where somebody asked about it, `remedy` the words of which
one belongs to a remedy (separated by ` | `), `without` the packages that are taken to be missing, and `trigger` what
shows the mistake: `import`, `start`, or a request such as `POST /items json {"name": "pen"}`. A line that ends with
`# <-` is one that a message may name.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.environments import ROOT

__all__ = ["CORPUS", "Mistake", "corpus"]

CORPUS = ROOT / "tests" / "mistakes" / "corpus"

_COMMENT = re.compile(r"# (\w+): (.+)")
_MARK = "# <-"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One application: `name` is that of its file or folder, `places` are the file names and lines that are marked."""

    name: str
    file: Path
    title: str
    asked: str
    remedies: tuple[str, ...]
    without: tuple[str, ...]
    trigger: str
    places: frozenset[tuple[str, int]]
    line: str
    """The first of the marked lines, as it is written."""


def corpus() -> list[Mistake]:
    """Read all applications, in the order of their names."""
    return [_read(each) for each in sorted(CORPUS.iterdir()) if each.suffix == ".py" or each.is_dir()]


def _read(entry: Path) -> Mistake:
    file = entry / "main.py" if entry.is_dir() else entry
    lines = file.read_text(encoding="utf-8").splitlines()
    said = {match[1]: match[2] for line in lines if (match := _COMMENT.fullmatch(line))}
    marked = [number for number, line in enumerate(lines, 1) if line.endswith(_MARK)]
    return Mistake(
        name=entry.stem,
        file=file,
        title=said["mistake"],
        asked=said.get("asked", ""),
        remedies=tuple(said["remedy"].split(" | ")),
        without=tuple(said.get("without", "").split()),
        trigger=said["trigger"],
        places=frozenset((file.name, number) for number in marked),
        line=lines[marked[0] - 1].removesuffix(_MARK).strip(),
    )
