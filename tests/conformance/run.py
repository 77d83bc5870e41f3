"""Run FastAPI's own tests on Straightway and compare the outcome with expected.toml.

`make conformance` is `python -m tests.conformance.run`. Name test files, as upstream calls them, to run only those.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.conformance.environment import HERE, Distribution, prepare
from tests.conformance.expected import FAILED, Comparison, Expectation, ExpectationError, compare, load
from tests.conformance.upstream import BENCHMARKS, TESTS, TOTAL, fetch, lay_out
from tools.environments import CACHE

EXPECTED = HERE / "expected.toml"
FOLDER = CACHE / "conformance"

# What configures the framework, pytest or telemetry from outside would change what the tests find.
REMOVED = (
    "STRAIGHTWAY_",
    "FASTAPI_",
    "PYTEST_",
    "OTEL_",
    "COVERAGE_",
    "PYTHONPATH",
    "PYTHONWARNINGS",
    "VIRTUAL_ENV",
)


def main() -> None:
    """Run, report, and fail where the outcome differs from what is expected."""
    arguments = parse_arguments()
    # The real thing is measured against nothing: it is there to show that the tests themselves pass.
    expectations = load_expectations() if arguments.distribution == "straightway" else ()
    FOLDER.mkdir(parents=True, exist_ok=True)
    record = FOLDER / f"outcomes-{arguments.distribution}.json"
    if not arguments.reuse:
        run(record, arguments.tests, arguments.distribution, arguments.workers)
    content = json.loads(record.read_text())
    if arguments.failures:
        print_failures(content["outcomes"], content["messages"])
    comparison = compare(content["outcomes"], expectations, partial=bool(arguments.tests))
    complete = print_summary(content["outcomes"], partial=bool(arguments.tests))
    print_differences(comparison, content["messages"])
    sys.exit(0 if comparison.as_expected and complete else 1)


def load_expectations() -> tuple[Expectation, ...]:
    """Read expected.toml, or stop with what is wrong in it."""
    try:
        return load(EXPECTED)
    except (ExpectationError, tomllib.TOMLDecodeError) as error:
        sys.exit(f"error: {EXPECTED.name}: {error}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.run", description=main.__doc__)
    parser.add_argument(
        "tests", nargs="*", help="files or node ids, such as tests/test_query.py; all by default"
    )
    parser.add_argument(
        "--failures", action="store_true", help="list the failing tests, grouped by their error"
    )
    parser.add_argument(
        "--reuse", action="store_true", help="report about the last run instead of running again"
    )
    parser.add_argument("--workers", default="2", help="processes that share the tests; 0 for none")
    parser.add_argument(
        "--distribution",
        choices=["straightway", "real"],
        default="straightway",
        help="what answers as fastapi",
    )
    return parser.parse_args()


def run(record: Path, selection: list[str], distribution: Distribution, workers: str) -> None:
    """Run the tests in their environment and leave the outcomes in a file."""
    python = prepare(FOLDER / f"venv-{distribution}", distribution)
    folder = FOLDER / f"upstream-{distribution}"
    lay_out(fetch(FOLDER, python=python), folder)
    record.unlink(missing_ok=True)
    log = FOLDER / f"pytest-{distribution}.log"
    print(f"Running the upstream tests ({distribution}); pytest writes into {log}", flush=True)
    started = time.monotonic()
    with log.open("w") as output:
        subprocess.run(
            [python, *pytest_arguments(record, selection, workers)],
            cwd=folder,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    print(f"pytest took {time.monotonic() - started:.0f} seconds", flush=True)
    if not record.exists():
        sys.exit(f"error: pytest did not finish:\n{log.read_text()[-4000:]}")


def pytest_arguments(record: Path, selection: list[str], workers: str) -> list[str]:
    """Compose pytest's command line; settings of the tests themselves come from their pyproject.toml."""
    # loadgroup: tests that write into the working directory say that they must not run beside each other.
    options = [
        "-n",
        workers,
        "--dist",
        "loadgroup",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "conformance_recorder",
    ]
    options += ["--continue-on-collection-errors", "--record", str(record)]
    ignored = [f"--ignore={folder}" for folder in BENCHMARKS]
    return ["-m", "pytest", *options, *ignored, *(selection or [TESTS])]


def environment() -> dict[str, str]:
    """Give the environment variables of a machine that configures none of this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED)}
    return kept | {"PYTHONPATH": str(HERE / "recorder"), "PYTHONDONTWRITEBYTECODE": "1"}


def print_summary(outcomes: Mapping[str, str], *, partial: bool) -> bool:
    """Print how many tests pass; say whether the number of tests is the one that was to be run."""
    counted = Counter(outcomes.values())
    collected = sum(counted.values()) - counted["uncollected"]
    # Tests of files that cannot be imported are not collected, and count as what they are: failing.
    total = collected if partial else max(TOTAL, collected)
    others = [f"{counted[outcome]} {outcome}" for outcome in ("skipped", "xfailed") if counted[outcome]]
    print(f"{counted['passed']} of {total} upstream tests pass ({counted['passed'] / total:.1%})", end="")
    print(f"; {', '.join(others)}" if others else "")
    if partial or collected == TOTAL or (counted["uncollected"] and collected < TOTAL):
        return True
    print(f"error: {collected} tests were collected where {TOTAL} were expected")
    return False


def print_differences(comparison: Comparison, messages: Mapping[str, str]) -> None:
    """Print what did not go as expected."""
    print_list(
        "unexpected failures", [f"{each}\n    {messages[each]}" for each in comparison.unexpected_failures]
    )
    print_list("unexpected passes (remove them from expected.toml)", comparison.unexpected_passes)
    print_list("expected to fail, but not among the tests that ran", comparison.stale)


def print_list(title: str, lines: Iterable[str]) -> None:
    """Print a list with its length, unless it is empty."""
    lines = list(lines)
    if lines:
        print(f"\n{len(lines)} {title}:")
        print("\n".join(f"  {line}" for line in lines))


def print_failures(outcomes: Mapping[str, str], messages: Mapping[str, str]) -> None:
    """Print the failing tests by error, most frequent error first."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for identifier, outcome in outcomes.items():
        if outcome in FAILED:
            groups[messages[identifier]].append(identifier)
    for message, identifiers in sorted(groups.items(), key=lambda group: -len(group[1])):
        print_list(message, identifiers)


if __name__ == "__main__":
    main()
