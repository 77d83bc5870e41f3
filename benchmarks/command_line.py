"""How long `straightway --help` takes, beside an interpreter that does nothing.

Run it on a quiet machine: `python -m benchmarks.command_line`. The aim is less than 0.3 seconds.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

ROUNDS = 20
AIM = 0.3

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "straightway --version": ["-m", "straightway", "--version"],
    "straightway --help": ["-m", "straightway", "--help"],
    "straightway dev --help": ["-m", "straightway", "dev", "--help"],
}


def seconds(arguments: Sequence[str]) -> float:
    """Return how long a new interpreter takes for the arguments."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main() -> None:
    """Measure the commands in turn, so that what else the machine does hits all of them, and print the medians."""
    measured = [{name: seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    for name in COMMANDS:
        times = [taken[name] for taken in measured]
        print(f"{name:24} median {statistics.median(times):.3f} s, worst {max(times):.3f} s")
    worst = statistics.median(taken["straightway --help"] for taken in measured)
    print(f"straightway --help is {'within' if worst < AIM else 'NOT within'} {AIM} s")


if __name__ == "__main__":
    main()
