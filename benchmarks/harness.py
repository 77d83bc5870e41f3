"""Measuring contenders against each other: interleaved, in one process wherever one process can hold them.

The clock speed of a machine and what else it does change within seconds; contenders that take turns every few
hundredths of a second meet the same conditions, so that ratios are stable where times are not.
"""

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

from benchmarks.asgi import Driver
from benchmarks.results import Figure

Timed = Callable[[int], Awaitable[float]]
"""Handles a request a number of times and returns the seconds that one of them took."""

TURN = 0.02
"""Seconds that one contender works before the next one's turn."""


def timed(drive: Driver) -> Timed:
    """Give the function that times a driver in this process."""

    async def take(times: int) -> float:
        started = time.perf_counter()
        await drive(times)
        return (time.perf_counter() - started) / times

    return take


async def measure(contenders: Mapping[str, Timed], *, rounds: int) -> dict[str, Figure]:
    """Give the time of one request, in microseconds, by contender."""
    batches = {name: await batch_of(take) for name, take in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    # What exists by now stays: the collector need not look at it during anybody's turn.
    gc.collect()
    gc.freeze()
    order = list(contenders)
    for _ in range(rounds):
        for name in order:
            times[name].append(await contenders[name](batches[name]) * 1e6)
        # Nobody always follows the same predecessor into the same caches.
        order = [*order[1:], order[0]]
    gc.unfreeze()
    return {name: figure_of(found) for name, found in times.items()}


def figure_of(found: list[float]) -> Figure:
    """Sum up what was measured."""
    return Figure(statistics.median(found), min(found))


async def batch_of(take: Timed) -> int:
    """Find how many requests fill a turn, and warm the contender up on the way."""
    times = 1
    while (took := await take(times) * times) < TURN / 2:
        times *= 2
    return max(1, round(times * TURN / took))
