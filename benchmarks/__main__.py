"""`make bench`: measure in an environment in which FastAPI and Straightway are both installed.

The two have different import names, so that one process, one interpreter and one state of the machine serve both.
"""

import argparse
import subprocess
import sys

from tools.environments import (
    CACHE,
    CONSTRAINTS,
    ROOT,
    create,
    fingerprint_of,
    install,
    is_fresh,
    mark_fresh,
    python_of,
)


def main() -> None:
    """Set up the environment unless it is fresh, and measure there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("workloads", nargs="*", help="names of workloads; all by default")
    parser.add_argument("--seconds", default="18", help="how long to measure each workload")
    arguments = parser.parse_args()

    environment = CACHE / "bench" / "venv"
    wanted = fingerprint_of(ROOT / "pyproject.toml", CONSTRAINTS)
    if not is_fresh(environment, wanted):
        print("Setting up the environment of the benchmarks", flush=True)
        create(environment)
        install(environment, "--editable", str(ROOT), "--group", "bench")
        mark_fresh(environment, wanted)
    command = [str(python_of(environment)), "-m", "benchmarks.measure", "--seconds", arguments.seconds]
    sys.exit(subprocess.run([*command, *arguments.workloads], cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
