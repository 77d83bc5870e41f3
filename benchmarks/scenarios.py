"""What is more than one request: starting up, many routes, and many requests at once.

What a process does only once is measured in processes of its own, which take turns as everything here does.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import applications
from benchmarks.asgi import Application, Request, ask
from benchmarks.frameworks import Framework
from benchmarks.harness import figure_of
from benchmarks.results import Result
from benchmarks.targets import FASTAPI, LIMIT, OURS, Target, near

IMPORT_ROUNDS, START_ROUNDS, POOL_ROUNDS = 12, 3, 2
AT_ONCE = 100

IMPORTS = {FASTAPI: "from fastapi import FastAPI", OURS: "from straightway import Straightway"}
FOUNDATION = "import starlette.applications, pydantic; pydantic.BaseModel, pydantic.TypeAdapter"
"""What both frameworks stand on, and nothing else: the limit of an import."""

IMPORT = """
import json, sys, time
before = set(sys.modules)
started = time.perf_counter()
{statement}
took = time.perf_counter() - started
print(json.dumps({{"time": took * 1e3, "modules": len(set(sys.modules) - before)}}))
"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that is measured as a whole, as one or several results."""

    name: str
    measure: Callable[[tuple[Framework, ...]], list[Result]]


def imports(_frameworks: tuple[Framework, ...]) -> list[Result]:
    """Measure how long the import takes and how many modules it brings."""
    statements = IMPORTS | {LIMIT: FOUNDATION}
    programs = {name: ["-c", IMPORT.format(statement=each)] for name, each in statements.items()}
    found = in_turn(programs, IMPORT_ROUNDS)
    return [
        result_of("import-time", "import", "ms", "time", found),
        result_of("import-modules", "modules imported", "modules", "modules", found),
    ]


def starts(_frameworks: tuple[Framework, ...]) -> list[Result]:
    """Measure what 1,000 routes with a model each cost, beyond the models."""
    programs = {name: ["-m", "benchmarks.start", name] for name in IMPORTS}
    found = in_turn(programs, START_ROUNDS)
    return [
        result_of("start-time", "1,000 routes: to the first answer", "ms", "first_answer", found),
        result_of("start-memory", "1,000 routes: resident memory", "MiB", "memory", found),
        result_of("start-document", "1,000 routes: first OpenAPI document", "ms", "document", found),
    ]


def in_turn(programs: dict[str, list[str]], rounds: int) -> dict[str, list[dict[str, float]]]:
    """Run programs one after the other, a number of times, and collect what they print."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, arguments in programs.items():
            ran = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
            if number:  # the first one fills the caches of the file system
                found[name].append(json.loads(ran.stdout))
    return found


def result_of(name: str, title: str, unit: str, key: str, found: dict[str, list[dict[str, float]]]) -> Result:
    """Sum up one of the figures that the programs printed."""
    figures = {who: figure_of([each[key] for each in printed]) for who, printed in found.items()}
    return Result(name, title, unit, figures)


def pool(frameworks: tuple[Framework, ...]) -> list[Result]:
    """Measure requests at once that share the few connections of a pool."""
    took: dict[str, list[float]] = {framework.name: [] for framework in frameworks}
    succeeded: dict[str, list[int]] = {framework.name: [] for framework in frameworks}
    for _ in range(POOL_ROUNDS):
        for framework in frameworks:
            seconds, number = asyncio.run(at_once(applications.pooled(framework)))
            took[framework.name].append(seconds * 1e3)
            succeeded[framework.name].append(number)
    figures = {name: figure_of(found) for name, found in took.items()}
    ideal = AT_ONCE / applications.POOL * applications.WORK * 1e3
    figures["limit"] = figure_of([ideal])
    note = ", ".join(f"{name}: {min(found)} of {AT_ONCE} succeed" for name, found in succeeded.items())
    return [Result("pool", f"{AT_ONCE} at once over a pool of {applications.POOL}", "ms", figures, note)]


async def at_once(application: Application) -> tuple[float, int]:
    """Send the requests, all at once; return the seconds and how many succeeded."""
    await ask(application, Request("GET", "/orders/0"))
    requests = [ask(application, Request("GET", f"/orders/{number}")) for number in range(AT_ONCE)]
    started = time.perf_counter()
    answers = await asyncio.gather(*requests)
    return time.perf_counter() - started, sum(answer.status == 200 for answer in answers)


SCENARIOS = (Scenario("pool", pool), Scenario("import", imports), Scenario("start", starts))

TARGETS: dict[str, tuple[Target, ...]] = {
    "pool": (near(1.5),),
    "import-time": (near(0.55, FASTAPI),),
    "import-modules": (near(0.55, FASTAPI),),
    "start-time": (near(0.33, FASTAPI),),
    "start-memory": (near(0.5, FASTAPI),),
    "start-document": (near(0.33, FASTAPI),),
}
"""What is aimed at, by the name of the result."""
