"""What was found, as data: in memory, and as JSON for the page, the plots and later comparison."""

import json
import os
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """What one contender took, over all its turns."""

    median: float
    minimum: float


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one workload, by contender."""

    name: str
    title: str
    unit: str
    figures: dict[str, Figure]
    note: str = ""

    @property
    def compared(self) -> dict[str, float]:
        """The figures that are compared: minima, since what else a machine does only ever adds time."""
        return {name: figure.minimum for name, figure in self.figures.items()}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmarks."""

    date: str
    machine: str
    versions: dict[str, str]
    results: list[Result] = field(default_factory=list[Result])
    wire: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """What was measured over the wire: see benchmarks.wire.measured.Load."""


def new_run(versions: Mapping[str, str]) -> Run:
    """Begin a run on this machine, now."""
    return Run(time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), machine(), dict(versions))


def machine() -> str:
    """Describe the machine as far as it changes figures."""
    return f"{processor()}, {cores()} cores, {platform.system()} {platform.release().split('-')[0]}"


def processor() -> str:
    """Name the processor as Linux knows it, elsewhere its architecture."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write(run: Run) -> Path:
    """Keep a run in a file of its own."""
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{run.date.replace(' UTC', '').replace(' ', 'T').replace(':', '')}.json"
    target.write_text(json.dumps(asdict(run), indent=2, ensure_ascii=False) + "\n")
    return target


def read(file: Path) -> Run:
    """Read a run back."""
    content: dict[str, Any] = json.loads(file.read_text())
    results = [_result(each) for each in content.pop("results")]
    return Run(**content, results=results)


def _result(content: dict[str, Any]) -> Result:
    figures = {name: Figure(**figure) for name, figure in content.pop("figures").items()}
    return Result(**content, figures=figures)


def newest() -> Path:
    """Name the file of the last run."""
    files = sorted(RESULTS.glob("*.json"))
    if not files:
        raise SystemExit("error: there are no results; run `make bench-all` first")
    return files[-1]
