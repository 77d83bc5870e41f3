"""Install packages that are built on FastAPI beside the `fastapi` distribution, and drive each through HTTP.

`make ecosystem` is `python -m tests.ecosystem.run`; packages.toml lists the packages.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.conformance import environment as conformance
from tests.conformance.environment import Distribution
from tests.conformance.run import REMOVED
from tests.ecosystem.environment import FOLDER, prepare
from tests.ecosystem.packages import HERE, Package, TableError, load, select

RECORDER = conformance.HERE / "recorder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of the tests of one package."""

    package: Package
    distribution: Distribution
    outcomes: dict[str, str]
    messages: dict[str, str]
    seconds: float

    @property
    def passed(self) -> bool:
        """Say whether there were tests and all of them passed; a skipped test shows nothing.

        On the real thing those may fail that are marked to: they need what only Straightway's list of routes shows.
        """
        fine = {"passed"} if self.distribution == "straightway" else {"passed", "xfailed"}
        return bool(self.outcomes) and set(self.outcomes.values()) <= fine

    @property
    def as_expected(self) -> bool:
        """Say whether the package passes, or fails where the table says that it does; it must say no less."""
        return self.passed is not (self.distribution == "straightway" and bool(self.package.fails))


def main() -> None:
    """Run the packages that are asked for, print the table, and fail where one does not do what is expected of it."""
    arguments = parse_arguments()
    try:
        packages = select(load(), arguments.only)
    except TableError as error:
        sys.exit(f"error: {error}")
    width = max(len(package.name) for package in packages)
    results = [run(package, arguments.distribution, width) for package in packages]
    print_failures(results)
    passed = sum(result.passed for result in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    unexpected = [result.package.name for result in results if not result.as_expected]
    if unexpected:
        sys.exit(f"error: not as the table says: {', '.join(unexpected)}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.run", description=main.__doc__)
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="a package; may be given several times"
    )
    parser.add_argument(
        "--distribution",
        choices=["straightway", "real"],
        default="straightway",
        help="what answers as fastapi; the real one shows that the tests themselves pass",
    )
    return parser.parse_args()


def run(package: Package, distribution: Distribution, width: int) -> Result:
    """Drive one package in its environment and print its line of the table."""
    started = time.monotonic()
    python = prepare(package, distribution)
    record = FOLDER / distribution / f"{package.name}.json"
    record.unlink(missing_ok=True)
    log = record.with_suffix(".log")
    with log.open("w") as output:
        subprocess.run(
            [python, *pytest_arguments(package, record)],
            cwd=FOLDER,
            env=variables(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not record.exists():
        sys.exit(f"error: pytest did not finish for {package.name}:\n{log.read_text()[-4000:]}")
    content = json.loads(record.read_text())
    result = Result(package=package, distribution=distribution, seconds=time.monotonic() - started, **content)
    print(line_of(result, width), flush=True)
    return result


def pytest_arguments(package: Package, record: Path) -> list[str]:
    """Compose pytest's command line; the project's own settings are for its own tests."""
    settings = ["-c", str(HERE / "pytest.toml"), "--rootdir", str(HERE), "--confcutdir", str(HERE / "smoke")]
    plugins = ["-p", "no:cacheprovider", "-p", "conformance_recorder", "--record", str(record)]
    return ["-m", "pytest", "-q", *settings, *plugins, str(package.smoke)]


def variables() -> dict[str, str]:
    """Give the environment variables of a machine that configures none of this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith((*REMOVED, "SENTRY_"))}
    return kept | {"PYTHONPATH": str(RECORDER), "PYTHONDONTWRITEBYTECODE": "1"}


def line_of(result: Result, width: int) -> str:
    """Give a package's line of the table: name, version, what became of its tests, seconds with the set-up."""
    counted = Counter(result.outcomes.values())
    outcome = ", ".join(f"{count} {name}" for name, count in sorted(counted.items())) or "no tests"
    verdict = "passed" if result.passed else "FAILED"
    name, version = result.package.name, result.package.version
    return f"{name:<{width}}  {version:<9}  {verdict}  {result.seconds:5.1f} s  {outcome}"


def print_failures(results: Iterable[Result]) -> None:
    """Print each test that did not pass, with the line that says why."""
    for result in results:
        for identifier, outcome in result.outcomes.items():
            if not result.passed and outcome != "passed":
                print(f"\n{identifier} {outcome}\n    {result.messages[identifier]}")


if __name__ == "__main__":
    main()
