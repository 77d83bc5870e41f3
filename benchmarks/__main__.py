"""`make bench`: measure in an environment in which FastAPI and Straightway are both installed.

The two have different import names, so that one process, one interpreter and one state of the machine serve both.
"""

import subprocess
import sys

from benchmarks.environments import SHARED, environment, table
from tools.environments import ROOT


def main() -> None:
    """Set up the environment unless it is fresh, and measure there; the arguments are those of benchmarks.measure."""
    if "--all" in sys.argv or "--wire" in sys.argv:
        for name in table():
            environment(name)
    command = [str(environment(SHARED)), "-m", "benchmarks.measure", *sys.argv[1:]]
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
