"""`python -m tests.differential`: compare many generated applications, and report."""

import argparse
import sys
import time

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.differential.comparing import Difference
from tests.differential.examples import Tally, examples


def main() -> int:
    """Compare as many examples as were asked for; return 1 where a difference was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=main.__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    tally, started = Tally(), time.monotonic()

    @seed(arguments.seed)
    @settings(
        max_examples=arguments.examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(examples())
    def compare(example: object) -> None:
        tally.compare(example)

    try:
        compare()
    except (Difference, BaseExceptionGroup) as found:
        print(found if isinstance(found, Difference) else "\n\n".join(map(str, found.exceptions)))
        return 1
    finally:
        seconds = time.monotonic() - started
        print(
            f"seed {arguments.seed}: {tally.examples} applications, {tally.refused} of them refused by both, "
            f"{tally.questions} requests compared in {seconds:.0f} seconds",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
