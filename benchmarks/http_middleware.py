"""What a middleware function costs a request: our `HTTPMiddleware` beside Starlette's `BaseHTTPMiddleware`.

Run it on a quiet machine: `python -m benchmarks.http_middleware`. Each figure is the time that the layers add to an
application which does next to nothing.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request as StarletteRequest

from benchmarks.asgi import Application, Receive, Request, Scope, Send, driver
from benchmarks.harness import measure, timed
from straightway.serve.middleware import HTTPMiddleware

Dispatch = Callable[[StarletteRequest, Callable[[StarletteRequest], Awaitable[Any]]], Awaitable[Any]]

KINDS = {"Straightway": HTTPMiddleware, "Starlette": BaseHTTPMiddleware}


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer in one piece."""
    headers = [(b"content-length", b"2"), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


async def ten_parts(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer in ten parts."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(10):
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def add_header(
    request: StarletteRequest, call_next: Callable[[StarletteRequest], Awaitable[Any]]
) -> Any:
    """Do what most middleware functions do."""
    response = await call_next(request)
    response.headers["x-process-time"] = "0"
    return response


WORKLOADS: dict[str, tuple[Application, int]] = {
    "one piece": (hello, 1),
    "one piece, three layers": (hello, 3),
    "ten parts": (ten_parts, 1),
}


def wrapped(application: Application, kind: type[BaseHTTPMiddleware], layers: int) -> Application:
    """Put a number of layers around the application."""
    for _ in range(layers):
        application = kind(application, dispatch=add_header)
    return application


async def measure_all(rounds: int) -> None:
    """Print a line for each workload."""
    print(f"{'response':25}{'alone':>10}{'Straightway':>14}{'Starlette':>12}{'ratio':>8}   microseconds")
    for name, (application, layers) in WORKLOADS.items():
        contenders = {kind: wrapped(application, cls, layers) for kind, cls in KINDS.items()}
        contenders["alone"] = application
        turns = {each: timed(driver(app, Request("GET", "/"))) for each, app in contenders.items()}
        times = {each: found.median for each, found in (await measure(turns, rounds=rounds)).items()}
        ours, theirs = times["Straightway"] - times["alone"], times["Starlette"] - times["alone"]
        print(f"{name:25}{times['alone']:10.1f}{ours:14.1f}{theirs:12.1f}{theirs / ours:8.1f}", flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="how many turns each contender has")
    asyncio.run(measure_all(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
