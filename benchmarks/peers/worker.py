"""The process of one peer at one workload: `python -m benchmarks.peers.worker falcon hello`.

First it prints its answer as one line of JSON, or null where it has no such application. Then it takes turns: one line
with a number in, that many requests handled, one line with the seconds that one of them took out. A process is used for
one workload, since some frameworks allow but one application in each.
"""

import asyncio
import gc
import importlib
import json
import sys
import time
from contextlib import suppress

from benchmarks.asgi import ask, driver
from benchmarks.models import request_of


def main():
    """Take turns until there is nothing more to read."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a framework prints is no answer
    _, peer, workload = sys.argv
    build = importlib.import_module(f"benchmarks.peers.{peer}").APPLICATIONS.get(workload)
    if build is None:
        print("null", file=answers)
        return
    asyncio.run(work(build(), request_of(workload), answers))


async def work(application, request, answers):
    """Show the answer, then handle the request as often as told."""
    lifespan = await started(application)
    answer = await ask(application, request)
    shown = {"status": answer.status, "body": answer.body.decode()}
    print(json.dumps(shown), file=answers, flush=True)
    drive = driver(application, request)
    gc.collect()
    gc.freeze()
    # Nothing else is to run between turns: the loop may well wait for the next line.
    for line in sys.stdin:
        times = int(line)
        begin = time.perf_counter()
        await drive(times)
        print((time.perf_counter() - begin) / times, file=answers, flush=True)
    lifespan.cancel()


async def started(application):
    """Begin the lifespan, which stays open for as long as the process lives."""
    ready = asyncio.Event()

    async def receive():
        if not ready.is_set():
            return {"type": "lifespan.startup"}
        return await asyncio.Future()

    async def send(_):
        ready.set()

    async def live():
        # A framework without lifespans says so by an exception.
        with suppress(Exception):
            await application({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
        ready.set()

    lifespan = asyncio.ensure_future(live())
    await ready.wait()
    return lifespan


if __name__ == "__main__":
    main()
