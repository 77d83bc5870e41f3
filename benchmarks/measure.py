"""Measure the workloads and report; runs in the environment that `python -m benchmarks` sets up."""

import argparse
import asyncio

from benchmarks.asgi import Answer, Application, Request, ask, driver
from benchmarks.frameworks import Framework, fastapi, straightway
from benchmarks.harness import measure
from benchmarks.report import Result, report
from benchmarks.workloads import WORKLOADS, Workload


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("workloads", nargs="*", metavar="workload", help="names of workloads; all by default")
    parser.add_argument("--seconds", type=float, default=18)
    arguments = parser.parse_args()
    names = [workload.name for workload in WORKLOADS]
    if unknown := set(arguments.workloads) - set(names):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = [each for each in WORKLOADS if each.name in (arguments.workloads or names)]
    frameworks = (fastapi(), straightway())
    asyncio.run(measure_all(chosen, frameworks, seconds=arguments.seconds))


async def measure_all(
    workloads: list[Workload], frameworks: tuple[Framework, ...], *, seconds: float
) -> None:
    """Measure one workload after the other, and report about all of them."""
    results: list[Result] = []
    for workload in workloads:
        print(f"measuring {workload.name}", flush=True)
        applications = build(workload, frameworks)
        await assert_equal(applications, workload.request)
        drivers = {name: driver(application, workload.request) for name, application in applications.items()}
        results.append(Result(workload.name, await measure(drivers, seconds=seconds)))
    report(results, frameworks)


def build(workload: Workload, frameworks: tuple[Framework, ...]) -> dict[str, Application]:
    """Build every contender for a workload, by the name it has in the report."""
    applications = {framework.name: workload.build(framework) for framework in frameworks}
    if workload.baseline is not None:
        applications |= {f"{framework.name}, alone": workload.baseline(framework) for framework in frameworks}
    return applications | {"limit": workload.limit}


async def assert_equal(applications: dict[str, Application], request: Request) -> None:
    """Stop unless every contender gives the same answer, to the byte: else they would not do the same work."""
    answers: dict[str, Answer] = {name: await ask(each, request) for name, each in applications.items()}
    if len(set(answers.values())) > 1 or next(iter(answers.values())).status != 200:
        listed = "\n".join(f"  {name}: {answer}" for name, answer in answers.items())
        raise SystemExit(f"error: the answers to {request.method} {request.path} are not the same:\n{listed}")


if __name__ == "__main__":
    main()
