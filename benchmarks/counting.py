"""What a request makes Python do, counted: calls of Python functions, and bytes allocated at once.

Times change with the machine and with what else it does, counts do not: so a test can hold them to a ceiling. Run
`python -m benchmarks.counting` to see the counts of every workload, `python -m benchmarks.counting hello` to see which
functions are called.
"""

import argparse
import asyncio
import json
import sys
import sysconfig
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.asgi import Application, Conversation, Driver, Request, driver
from benchmarks.frameworks import straightway
from benchmarks.workloads import WORKLOADS, Workload

WARM_UP = 50
"""Requests after which caches are full, functions compiled, and CPython's free lists as they stay."""
REPEATS = 5

HERE = str(Path(__file__).resolve().parent)

STANDARD_LIBRARY = sysconfig.get_path("stdlib")

Calls = Counter[str]


def calls_of(application: Application, request: Request | Conversation) -> Calls:
    """Count the Python functions that one request calls in the event loop's thread, by name.

    A coroutine counts again whenever it is resumed. Left out are calls into the benchmark itself, such as the endpoint
    and the server's `send()`, and what differs between versions of Python: functions written in C, and the standard
    library, whose functions are called by those that are counted.
    """
    return asyncio.run(_counted(driver(application, request)))


async def _counted(drive: Driver) -> Calls:
    await drive(WARM_UP)
    calls: Calls = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and _is_counted(code.co_filename):
            calls[f"{_short(code.co_filename)} {code.co_qualname}"] += 1

    sys.setprofile(note)
    try:
        await drive(1)
    finally:
        sys.setprofile(None)
    return calls


def _is_counted(file: str) -> bool:
    if file.startswith((HERE, "<frozen")):
        return False
    return not file.startswith(STANDARD_LIBRARY) or "site-packages" in file


def _short(file: str) -> str:
    """Name a file by its last two parts; the name of compiled code is not one of a file."""
    return file if file.startswith("<") else "/".join(Path(file).parts[-2:])


def bytes_of(application: Application, request: Request | Conversation) -> tuple[int, int]:
    """Return how many bytes one request allocates at once, and how many it leaves behind.

    Only memory that Python's allocators hand out is seen, not what pydantic-core holds in Rust.
    """
    return asyncio.run(_allocated(driver(application, request)))


async def _allocated(drive: Driver) -> tuple[int, int]:
    await drive(WARM_UP)
    tracemalloc.start()
    try:
        await drive(WARM_UP)
        peaks: list[int] = []
        first = tracemalloc.get_traced_memory()[0]
        for _ in range(REPEATS):
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            await drive(1)
            peaks.append(tracemalloc.get_traced_memory()[1] - before)
        left = tracemalloc.get_traced_memory()[0] - first
    finally:
        tracemalloc.stop()
    # What the collector or a cache happens to do meanwhile is not the request's.
    return min(peaks), left // REPEATS


def main() -> None:
    """Print the counts of every workload, or the calls of those that are named."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("workloads", nargs="*", help="workloads whose calls are listed")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    arguments = parser.parse_args()
    names: Sequence[str] = arguments.workloads
    if arguments.json:
        print(json.dumps({each.name: counts_of(each) for each in WORKLOADS}))
        return
    for workload in WORKLOADS:
        if not names or workload.name in names:
            print_counts(workload, listed=bool(names))


def counts_of(workload: Workload) -> dict[str, Any]:
    """Return the calls of one workload by function, and its bytes: at once, and left."""
    application = workload.build(straightway())
    calls = calls_of(application, workload.request)
    return {"calls": dict(calls.most_common()), "bytes": bytes_of(application, workload.request)}


def print_counts(workload: Workload, *, listed: bool) -> None:
    """Print the counts of one workload."""
    application = workload.build(straightway())
    calls = calls_of(application, workload.request)
    peak, left = bytes_of(application, workload.request)
    print(f"{workload.name:20}{calls.total():6} calls{peak:10,} bytes at once{left:8,} left")
    if listed:
        for name, number in calls.most_common():
            print(f"{number:8}  {name}")


if __name__ == "__main__":
    main()
