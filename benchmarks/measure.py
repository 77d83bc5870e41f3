"""Measure in process and report; runs in the environment that `python -m benchmarks` sets up."""

import argparse
import asyncio
import importlib.metadata
import platform
from collections.abc import Mapping, Sequence

from benchmarks.asgi import Answer, Application, ask, driver
from benchmarks.environments import table
from benchmarks.frameworks import Framework, fastapi, straightway
from benchmarks.harness import measure, timed
from benchmarks.remote import PEERS, assert_same, remotes, turns_of
from benchmarks.report import report
from benchmarks.results import RESULTS, Result, new_run, write
from benchmarks.scenarios import SCENARIOS
from benchmarks.targets import FASTAPI, LIMIT
from benchmarks.wire.load import SERVERS, loads
from benchmarks.workloads import MORE_ROUTES, WORKLOADS, Workload

LIBRARIES = ("Starlette", "pydantic", "pydantic-core", "anyio")


def main() -> None:
    """Measure what was asked for."""
    arguments = parsed()
    frameworks = (fastapi(), straightway())
    peers = tuple(PEERS) if arguments.all else ()
    run = new_run(versions_of(frameworks) | versions_of_peers(peers))
    for workload in (*WORKLOADS, *(MORE_ROUTES if peers else ())):
        if workload.name in arguments.workloads:
            print(f"measuring {workload.name}", flush=True)
            run.results.append(asyncio.run(measured(workload, frameworks, peers, arguments.rounds)))
    for scenario in SCENARIOS:
        if scenario.name in arguments.workloads:
            print(f"measuring {scenario.name}", flush=True)
            run.results.extend(scenario.measure(frameworks))
    write(run)  # what has been found by now is kept, whatever a server does
    if arguments.wire:
        run.wire.extend(loads(arguments.wire, arguments.seconds))
    report(run)
    print(f"written to {write(run).relative_to(RESULTS.parent.parent)}")


def parsed() -> argparse.Namespace:
    """Read the command line."""
    names = [each.name for each in (*WORKLOADS, *MORE_ROUTES, *SCENARIOS)]
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("workloads", nargs="*", metavar="workload", help="names of workloads; all by default")
    parser.add_argument("--rounds", type=int, default=60, help="how many turns each contender has")
    parser.add_argument("--all", action="store_true", help="measure the other frameworks, too")
    parser.add_argument(
        "--wire", choices=SERVERS, nargs="*", default=(), help="measure on these servers, too"
    )
    parser.add_argument("--seconds", type=int, default=6, help="how long each server is under load")
    arguments = parser.parse_args()
    if unknown := set(arguments.workloads) - set(names):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    arguments.workloads = arguments.workloads or names
    return arguments


async def measured(
    workload: Workload, frameworks: Sequence[Framework], peers: Sequence[str], rounds: int
) -> Result:
    """Measure one workload, once its answers have been compared."""
    contenders = build(workload, frameworks)
    expected = await assert_equal(contenders, workload)
    if workload.alone is not None:
        contenders |= {f"{framework.name}, alone": workload.alone(framework) for framework in frameworks}
    started = remotes(workload.name, peers)
    try:
        assert_same(started, expected, workload.name)
        local = {name: timed(driver(each, workload.request)) for name, each in contenders.items()}
        figures = await measure(local | turns_of(started), rounds=rounds)
    finally:
        for remote in started.values():
            remote.close()
    return Result(workload.name, workload.title, "µs", figures)


def build(workload: Workload, frameworks: Sequence[Framework]) -> dict[str, Application]:
    """Build every contender that gives the workload's answer."""
    limit = {} if workload.limit is None else {LIMIT: workload.limit}
    return limit | {framework.name: workload.build(framework) for framework in frameworks}


async def assert_equal(contenders: Mapping[str, Application], workload: Workload) -> Answer:
    """Return the answer that every contender gives, to the byte; stop where they do not do the same work."""
    answers: dict[str, Answer] = {
        name: await ask(each, workload.request) for name, each in contenders.items()
    }
    if len(set(answers.values())) > 1 or answers[FASTAPI].status != workload.status:
        listed = "\n".join(f"  {name}: {answer}" for name, answer in answers.items())
        raise SystemExit(f"error: the answers to {workload.name} are not the same:\n{listed}")
    return answers[FASTAPI]


def versions_of(frameworks: Sequence[Framework]) -> dict[str, str]:
    """List everything whose version changes the figures."""
    return (
        {framework.name: framework.version for framework in frameworks}
        | {name: importlib.metadata.version(name) for name in LIBRARIES}
        | {"Python": platform.python_version()}
    )


def versions_of_peers(peers: Sequence[str]) -> dict[str, str]:
    """List the versions of other frameworks, as they are pinned."""
    pinned = table()
    modules = {name: PEERS[name] for name in peers}
    return {
        name: pinned[environment]["versions"][module.replace("_", "-")]
        for name, (module, environment) in modules.items()
    }


if __name__ == "__main__":
    main()
