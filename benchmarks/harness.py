"""Measuring contenders against each other: same process, interleaved, medians.

The clock speed of a machine and what else it does change within seconds; contenders that take turns every few
hundredths of a second meet the same conditions, so that the ratio of their medians is stable where their times are not.
"""

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

Driver = Callable[[int], Awaitable[None]]

TURN = 0.02
"""Seconds that one contender works before the next one's turn."""


async def measure(contenders: Mapping[str, Driver], *, seconds: float) -> dict[str, float]:
    """Give the median time of one request, in microseconds, by contender."""
    batches = {name: await batch_of(drive) for name, drive in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    # What exists by now stays: the collector need not look at it during anybody's turn.
    gc.collect()
    gc.freeze()
    deadline = time.perf_counter() + seconds
    order = list(contenders)
    while time.perf_counter() < deadline:
        for name in order:
            times[name].append(await timed(contenders[name], batches[name]))
        # Nobody always follows the same predecessor into the same caches.
        order = [*order[1:], order[0]]
    gc.unfreeze()
    return {name: statistics.median(found) * 1e6 for name, found in times.items()}


async def batch_of(drive: Driver) -> int:
    """Find how many requests fill a turn, and warm the contender up on the way."""
    await drive(50)
    times = 1
    while (took := await timed(drive, times) * times) < TURN / 2:
        times *= 2
    return max(1, round(times * TURN / took))


async def timed(drive: Driver, times: int) -> float:
    """Take the time of one request from a number of them, in seconds."""
    started = time.perf_counter()
    await drive(times)
    return (time.perf_counter() - started) / times
