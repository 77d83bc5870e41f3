"""What request ids and log lines cost a request: our layer beside uvicorn's access log.

Run it on a quiet machine: `python -m benchmarks.logs`. Each figure is the time that is added to an application which does
next to nothing; lines go to /dev/null.
"""

import argparse
import asyncio
import logging
import os
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TextIO

from uvicorn.logging import AccessFormatter

from benchmarks.asgi import Application, Message, Receive, Request, Scope, Send, driver
from benchmarks.harness import Timed, measure, timed
from straightway.logs.asgi import Logged
from straightway.logs.console import ConsoleHandler
from straightway.logs.entries import ACCESS
from straightway.logs.json_lines import JSONFormatter
from straightway.logs.request_id import new_request_id
from straightway.logs.text import TextFormatter

UVICORN = logging.getLogger("benchmark.uvicorn")


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer in one piece."""
    headers = [(b"content-length", b"2"), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def logged_by_uvicorn(application: Application) -> Application:
    """Do for each response what uvicorn's `send` does."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        def sending(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                client = "{}:{}".format(*scope["client"])
                path = scope["path"]
                UVICORN.info(
                    '%s - "%s %s HTTP/%s" %d', client, scope["method"], path, "1.1", message["status"]
                )
            return send(message)

        await application(scope, receive, sending)

    return answer


def turn(application: Application, formatter: logging.Formatter | None = None) -> Timed:
    """Give the function that times an application, whose lines are made by a formatter of our own."""
    drive = timed(driver(application, Request("GET", "/items/3")))

    async def take(times: int) -> float:
        for handler in ACCESS.handlers:
            handler.setFormatter(formatter)
        return await drive(times)

    return take


async def measure_all(rounds: int) -> None:
    """Print a line for each way of logging."""
    logged: Any = Logged(hello)
    contenders = {
        "alone": turn(hello),
        "uvicorn's access log": turn(logged_by_uvicorn(hello)),
        "a line as text": turn(logged, TextFormatter()),
        "a line as JSON": turn(logged, JSONFormatter()),
        "no line": turn(Logged(hello, access=False)),
    }
    times = {name: found.minimum for name, found in (await measure(contenders, rounds=rounds)).items()}
    alone = times.pop("alone")
    print(f"{'':25}{'added':>8}   microseconds for a request that takes {alone:.2f}")
    for name, time in times.items():
        print(f"{name:25}{time - alone:8.2f}")
    print(f"{'an id':25}{await _one_id(rounds):8.2f}")


async def _one_id(rounds: int) -> float:
    async def many(times: int) -> None:
        for _ in range(times):
            new_request_id()

    return (await measure({"id": timed(many)}, rounds=rounds))["id"].minimum


def listen(sink: TextIO) -> None:
    """Let both loggers write to a stream."""
    theirs: logging.Handler = logging.StreamHandler(sink)
    words = '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s'
    theirs.setFormatter(AccessFormatter(words, use_colors=False))
    for logger, handler in ((UVICORN, theirs), (ACCESS, ConsoleHandler(sink))):
        logger.handlers[:], logger.propagate = [handler], False
        logger.setLevel(logging.INFO)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="how many turns each contender has")
    rounds = parser.parse_args().rounds
    with Path(os.devnull).open("w", encoding="utf-8") as sink:
        listen(sink)
        asyncio.run(measure_all(rounds))


if __name__ == "__main__":
    main()
