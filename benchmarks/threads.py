"""One application in several threads, each with an event loop of its own: what a Python without the GIL gains.

Run it on a quiet machine: `python -m benchmarks.threads`. Each line has the requests a second of all threads together.
Where there is a GIL, more threads answer no more than one; on a free-threaded Python, see whether it has stayed off.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from threading import Barrier, Thread

from benchmarks.asgi import Application, Conversation, Request, ask, driver
from benchmarks.frameworks import straightway
from benchmarks.workloads import WORKLOADS

MEASURED = ("hello", "path-query", "body", "dependencies", "models-100")


def together(
    application: Application, request: Request | Conversation, *, threads: int, requests: int
) -> float:
    """Let every thread send that many requests; return how many a second there were."""
    start = Barrier(threads + 1)

    def send() -> None:
        async def sending() -> None:
            drive = driver(application, request)
            await drive(100)
            start.wait()
            await drive(requests)

        asyncio.run(sending())

    workers = [Thread(target=send) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    before = time.perf_counter()
    for worker in workers:
        worker.join()
    return threads * requests / (time.perf_counter() - before)


def expect_answers(application: Application, request: Request | Conversation) -> None:
    """Stop where the application does not answer as it should."""
    answer = asyncio.run(ask(application, request))
    if answer.status != 200:
        sys.exit(f"error: {request.path} is answered with {answer.status}: {answer.body!r}")


def gil() -> str:
    """Say whether this process has a global interpreter lock, after all that has been imported."""
    is_enabled: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    return "with the GIL" if is_enabled() else "without the GIL"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each number of threads has its turn")
    parser.add_argument("--requests", type=int, default=20_000, help="requests of each thread in a turn")
    arguments = parser.parse_args()
    counts = sorted({1, os.cpu_count() or 1})
    print(f"Python {sys.version.split()[0]}, {gil()}")
    for workload in (each for each in WORKLOADS if each.name in MEASURED):
        application, request = workload.build(straightway()), workload.request
        expect_answers(application, request)
        best = dict.fromkeys(counts, 0.0)
        for _ in range(arguments.rounds):
            for threads in counts:
                found = together(application, request, threads=threads, requests=arguments.requests)
                best[threads] = max(best[threads], found)
        listed = ", ".join(f"{threads} thread(s): {rate:,.0f}/s" for threads, rate in best.items())
        print(f"{workload.name:16}{listed} ({best[counts[-1]] / best[1]:.2f}x)", flush=True)


if __name__ == "__main__":
    main()
