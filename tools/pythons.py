"""Run all tests on every supported Python that this machine has, and print a table; `make pythons`.

Interpreters are looked for on PATH and among pyenv's versions. Each gets an environment of its own below
`.cache/pythons`, with the pinned versions. Where a package cannot be installed for one of them, the table says so. A
Python that is not on the machine is reported and is no failure; anything else but passing tests is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from tools.environments import CACHE, ROOT, python_of
from tools.outcomes import Outcome, run_tests, table

SUPPORTED = ("3.11", "3.12", "3.13", "3.14", "3.15")
ENVIRONMENTS = CACHE / "pythons"
INSTALLER = ROOT / "tools" / "environments.py"

NEWEST_FIRST = partial(
    sorted, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)], reverse=True
)


def main() -> None:
    """Run the tests on each Python; exit with 1 where one fails."""
    wanted = sys.argv[1:] or SUPPORTED
    outcomes = {version: outcome_on(version) for version in wanted}
    print(table(("Python", "tests"), [(version, str(outcome)) for version, outcome in outcomes.items()]))
    print("\n".join(line for version, outcome in outcomes.items() for line in outcome.reasons(version)))
    sys.exit(any(outcome.is_failure for outcome in outcomes.values()))


def outcome_on(version: str) -> Outcome:
    """Set up one version of Python, where there is one, and run the tests in it."""
    if (interpreter := interpreter_of(version, candidates(version))) is None:
        return Outcome.without_tests("not on this machine", is_failure=False)
    environment = ENVIRONMENTS / version
    print(f"== Python {version}: {interpreter}", flush=True)
    command: list[str | Path] = [interpreter, INSTALLER, "--group", "test", "--environment", environment]
    if subprocess.run(command, check=False).returncode:
        return Outcome.without_tests("could not be set up; the message is above", is_failure=True)
    python = python_of(environment)
    return run_tests([python], ROOT) + run_tests([python], ROOT / "examples" / "todo")


def candidates(version: str) -> Iterator[Path]:
    """Name the files that may be an interpreter of this version: of this minor version and no other."""
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for directory in NEWEST_FIRST(home.glob(f"versions/{version}.*")):
        yield directory / "bin" / "python"


def interpreter_of(version: str, paths: Iterable[Path]) -> Path | None:
    """Return the first that runs and is what it says: pyenv leaves commands on PATH that only print a refusal."""
    program = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    for path in paths:
        try:
            asked = subprocess.run([path, "-c", program], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if asked.stdout.strip() == version:
            return path
    return None


if __name__ == "__main__":
    main()
