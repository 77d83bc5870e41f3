"""Measure in process and report; runs in the environment that `python -m benchmarks` sets up."""

import argparse
import asyncio
import importlib.metadata
import platform
from collections.abc import Mapping, Sequence

from benchmarks.asgi import Answer, Application, ask, driver
from benchmarks.frameworks import Framework, fastapi, straightway
from benchmarks.harness import measure, timed
from benchmarks.report import report
from benchmarks.results import Result, new_run, write
from benchmarks.scenarios import SCENARIOS
from benchmarks.targets import FASTAPI, LIMIT
from benchmarks.workloads import WORKLOADS, Workload

LIBRARIES = ("starlette", "pydantic", "pydantic-core", "anyio")


def main() -> None:
    """Measure what was asked for."""
    arguments = parsed()
    frameworks = (fastapi(), straightway())
    run = new_run(versions_of(frameworks))
    for workload in WORKLOADS:
        if workload.name in arguments.workloads:
            print(f"measuring {workload.name}", flush=True)
            run.results.append(asyncio.run(measured(workload, frameworks, arguments.rounds)))
    for scenario in SCENARIOS:
        if scenario.name in arguments.workloads:
            print(f"measuring {scenario.name}", flush=True)
            run.results.extend(scenario.measure(frameworks))
    report(run)
    print(f"written to {write(run)}")


def parsed() -> argparse.Namespace:
    """Read the command line."""
    names = [each.name for each in (*WORKLOADS, *SCENARIOS)]
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("workloads", nargs="*", metavar="workload", help="names of workloads; all by default")
    parser.add_argument("--rounds", type=int, default=60, help="how many turns each contender has")
    arguments = parser.parse_args()
    if unknown := set(arguments.workloads) - set(names):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    arguments.workloads = arguments.workloads or names
    return arguments


async def measured(workload: Workload, frameworks: Sequence[Framework], rounds: int) -> Result:
    """Measure one workload, once its answers have been compared."""
    contenders = build(workload, frameworks)
    await assert_equal(contenders, workload)
    if workload.alone is not None:
        contenders |= {f"{framework.name}, alone": workload.alone(framework) for framework in frameworks}
    turns = {name: timed(driver(each, workload.request)) for name, each in contenders.items()}
    return Result(workload.name, workload.title, "µs", await measure(turns, rounds=rounds))


def build(workload: Workload, frameworks: Sequence[Framework]) -> dict[str, Application]:
    """Build every contender that gives the workload's answer."""
    limit = {} if workload.limit is None else {LIMIT: workload.limit}
    return limit | {framework.name: workload.build(framework) for framework in frameworks}


async def assert_equal(contenders: Mapping[str, Application], workload: Workload) -> None:
    """Stop unless every contender gives the same answer, to the byte: else they would not do the same work."""
    answers: dict[str, Answer] = {
        name: await ask(each, workload.request) for name, each in contenders.items()
    }
    if len(set(answers.values())) > 1 or answers[FASTAPI].status != workload.status:
        listed = "\n".join(f"  {name}: {answer}" for name, answer in answers.items())
        raise SystemExit(f"error: the answers to {workload.name} are not the same:\n{listed}")


def versions_of(frameworks: Sequence[Framework]) -> dict[str, str]:
    """List everything whose version changes the figures."""
    return (
        {framework.name: framework.version for framework in frameworks}
        | {name: importlib.metadata.version(name) for name in LIBRARIES}
        | {"Python": platform.python_version()}
    )


if __name__ == "__main__":
    main()
