"""What was found, as a table for people and as JSON for later comparison."""

import importlib.metadata
import json
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.frameworks import Framework

RESULTS = Path(__file__).resolve().parent / "results"

COLUMNS = ("workload", "FastAPI", "Straightway", "by hand", "FastAPI takes", "above by hand")


@dataclass(frozen=True, slots=True)
class Result:
    """The microseconds that one request takes, by contender."""

    workload: str
    microseconds: dict[str, float]


def report(results: list[Result], frameworks: tuple[Framework, ...]) -> None:
    """Print the table and the versions, and write both into a file."""
    versions = versions_of(frameworks)
    print_table([COLUMNS, *(row(result) for result in results)])
    print_baselines(results)
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{time.strftime('%Y-%m-%dT%H%M%S')}.json"
    content = {"versions": versions, "results": [asdict(result) for result in results]}
    target.write_text(json.dumps(content, indent=2) + "\n")
    print(f"written to {target.relative_to(RESULTS.parent.parent)}")


def versions_of(frameworks: tuple[Framework, ...]) -> dict[str, str]:
    """List everything whose version changes the figures."""
    libraries = ("starlette", "pydantic", "pydantic-core")
    return (
        {framework.name: framework.version for framework in frameworks}
        | {name: importlib.metadata.version(name) for name in libraries}
        | {"Python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    )


def row(result: Result) -> tuple[str, ...]:
    """Word one line of the table: times of a request in microseconds, and how many times as long FastAPI takes."""
    times = result.microseconds
    ours, theirs, limit = times["Straightway"], times["FastAPI"], times["limit"]
    figures = (f"{theirs:.1f} µs", f"{ours:.1f} µs", f"{limit:.1f} µs")
    return (result.workload, *figures, f"{theirs / ours:.1f} times", f"{ours / limit:.2f} times")


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in aligned columns, the first one to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    print()
    for cells in rows:
        first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *others]))
    print()


def print_baselines(results: list[Result]) -> None:
    """Print what the number of routes costs, for workloads that are measured against a smaller application."""
    for result in results:
        for name, alone in result.microseconds.items():
            if name.endswith(", alone"):
                framework = name.removesuffix(", alone")
                ratio = result.microseconds[framework] / alone
                print(
                    f"{result.workload}: {framework} {ratio:.2f} times the cost of the only route ({alone:.1f} µs)"
                )
