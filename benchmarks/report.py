"""What was found, as a table for people who ran it."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.results import Result, Run
from benchmarks.scenarios import TARGETS
from benchmarks.targets import FASTAPI, LIMIT, OURS, Target
from benchmarks.wire.verdicts import RATIOS, verdicts
from benchmarks.workloads import WORKLOADS

COLUMNS = (
    "workload", "unit", "limit", "Straightway", "FastAPI", "× FastAPI", "× limit", "target", "",
)  # fmt: skip

WIRE_COLUMNS = (
    "workload", "server", "contender", "requests/s", "CPU µs", "p50 ms", "p99 ms", "p99.9 ms", "errors",
)  # fmt: skip


def report(run: Run) -> None:
    """Print the table and the versions."""
    print_table([COLUMNS, *(row(result) for result in run.results)])
    for result in run.results:
        if result.note:
            print(f"{result.title}: {result.note}")
    if run.wire:
        print_table([WIRE_COLUMNS, *map(wire_row, run.wire)])
        print("\n".join([f"{RATIOS}:", *verdicts(run.wire)]))
    print(", ".join(f"{name} {version}" for name, version in run.versions.items()))
    print(f"{run.machine}, {run.date}")


def wire_row(load: Mapping[str, Any]) -> tuple[str, ...]:
    """Word one line of the table of what was measured over the wire."""
    figures = (number(load[name]) for name in ("processor", "p50", "p99", "p999"))
    names = (load["workload"], load["server"], load["contender"])
    return (*names, f"{load['rate']:,.0f}", *figures, str(load["errors"]))


def targets_of(result: Result) -> tuple[Target, ...]:
    """Return what is aimed at for a result."""
    known = TARGETS | {workload.name: workload.targets for workload in WORKLOADS}
    return known.get(result.name, ())


def row(result: Result) -> tuple[str, ...]:
    """Word one line of the table: figures, how many times ours FastAPI's is, and how many times the limit ours is."""
    figures = result.compared
    ours, theirs, limit = figures[OURS], figures.get(FASTAPI), figures.get(LIMIT)
    return (
        result.title,
        result.unit,
        *(number(figures.get(name)) for name in (LIMIT, OURS, FASTAPI)),
        ratio(theirs, ours),
        ratio(ours, limit),
        *judged(result, targets_of(result)),
    )


def judged(result: Result, targets: Sequence[Target]) -> tuple[str, str]:
    """Word the targets and whether each was met; what is short says what was measured instead."""
    wording = ", ".join(target.worded(result.unit) for target in targets)
    short = [target for target in targets if target.is_met(result.compared) is False]
    missing = [f"short: {number(target.value(result.compared))}" for target in short]
    return wording, ", ".join(missing) or ("met" if targets else "")


def number(value: float | None) -> str:
    """Write a figure with three digits that count."""
    if value is None:
        return "–"
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{decimals}f}"


def ratio(first: float | None, second: float | None) -> str:
    """Write how many times the second the first is."""
    return "–" if first is None or second is None else number(first / second)


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in aligned columns, words to the left and figures to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    print()
    for cells in rows:
        padded = [
            cell.rjust(width) if 2 <= position <= 6 else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        print("  ".join(padded).rstrip())
    print()
