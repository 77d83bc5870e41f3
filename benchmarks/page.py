"""Write the figures of docs/performance.md from the newest results: `python -m benchmarks.page`.

Figures are never typed: what stands between `<!-- figures: NAME -->` and `<!-- end of figures -->` is written here, the
words around it are the page's own.
"""

import re
from collections.abc import Callable, Sequence

from benchmarks.report import COLUMNS, WIRE_COLUMNS, number, row, targets_of, wire_row
from benchmarks.results import Result, Run, newest, read
from benchmarks.targets import FASTAPI, LIMIT, OURS
from benchmarks.wire.verdicts import RATIOS, verdicts
from tools.environments import ROOT

PAGE = ROOT / "docs" / "performance.md"
BLOCK = re.compile(r"(<!-- figures: (?P<name>[a-z-]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL)

PEER_COLUMNS = (
    LIMIT, OURS, "Falcon", "BlackSheep", "Starlette", "Litestar", "Sanic", FASTAPI, "Flask", "Django Ninja",
)  # fmt: skip


def main() -> None:
    """Write the page anew."""
    run = read(newest())
    PAGE.write_text(filled(PAGE.read_text(), run))
    print(f"written to {PAGE.relative_to(ROOT)}")


def filled(page: str, run: Run) -> str:
    """Return the page with the figures of a run."""
    return BLOCK.sub(lambda block: f"{block[1]}\n{FIGURES[block['name']](run)}\n\n{block[3]}", page)


def about(run: Run) -> str:
    """Tell when, where and with what was measured."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"Measured on {run.date}: {run.machine}.\n{versions}."


def targets(run: Run) -> str:
    """Write the table of workloads and targets."""
    columns = [*COLUMNS[:-1], "met?"]
    notes = [f"\n{result.title}: {result.note}." for result in run.results if result.note]
    rows = [row(result) for result in run.results if targets_of(result)]
    return "\n".join([markdown(columns, rows, right=range(2, 7)), *notes])


def peers(run: Run) -> str:
    """Write the table of other frameworks."""
    rows: list[Sequence[str]] = []
    for result in run.results:
        if "Starlette" in result.figures:
            figures = result.compared
            rows.append([result.title, *(_emphasised(name, figures.get(name)) for name in PEER_COLUMNS)])
    return markdown(["µs per request", *PEER_COLUMNS], rows, right=range(1, len(PEER_COLUMNS) + 1))


def _emphasised(name: str, value: float | None) -> str:
    return f"**{number(value)}**" if name == OURS else number(value)


def behind(run: Run) -> str:
    """List what falls short of its target, and which peers are ahead of us."""
    short = [f"- {title}: {verdict}" for title, verdict in map(_shortfall, run.results) if verdict]
    short.extend(f"- {each}" for each in verdicts(run.wire) if ": short" in each)
    ahead = [f"- {result.title}: {names}" for result in run.results if (names := _ahead_of_us(result))]
    lists = ["Short of what is aimed at:", *(short or ["- nothing"])]
    lists.extend(["", "Other frameworks that take less time than we do, in process:", *(ahead or ["- none"])])
    return "\n".join(lists).replace(":\n-", ":\n\n-")


def _shortfall(result: Result) -> tuple[str, str]:
    missed = [target for target in targets_of(result) if target.is_met(result.compared) is False]
    worded = [
        f"{target.worded(result.unit)} is aimed at, {number(target.value(result.compared))} was measured"
        for target in missed
    ]
    return result.title, "; ".join(worded)


def _ahead_of_us(result: Result) -> str:
    figures = {
        name: value for name, value in result.compared.items() if name in PEER_COLUMNS and name != LIMIT
    }
    if len(figures) <= 2:
        return ""
    ours = figures[OURS]
    return ", ".join(
        f"{name} ({number(value)} against {number(ours)} µs)"
        for name, value in figures.items()
        if value < ours
    )


def wire(run: Run) -> str:
    """Write the table of what was measured over the wire, and the verdicts."""
    rows = [[f"**{cell}**" if cell == OURS else cell for cell in wire_row(load)] for load in run.wire]
    table = markdown(WIRE_COLUMNS, rows, right=range(3, 9))
    return "\n".join([table, "", f"{RATIOS}:", "", *(f"- {each}" for each in verdicts(run.wire))])


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: range) -> str:
    """Write a table of Markdown."""
    rules = ["---:" if position in right else "---" for position in range(len(columns))]
    lines = [columns, rules, *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


FIGURES: dict[str, Callable[[Run], str]] = {
    "about": about,
    "targets": targets,
    "peers": peers,
    "behind": behind,
    "wire": wire,
}

if __name__ == "__main__":
    main()
