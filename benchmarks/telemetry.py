"""What telemetry costs a request: a question while nothing is configured, and what it costs where it records.

Run it on a quiet machine: `python -m benchmarks.telemetry`. An application answers a constant dict as JSON. The question
whether anything is configured takes a hundredth of that, too little to be seen between two applications; it is timed by
itself, the best of many rounds. The SDK records into nothing: what exporters do is theirs.
"""

import argparse
import asyncio
import sys
import timeit
from importlib import import_module
from typing import Any

from benchmarks.asgi import Application, Request, driver
from benchmarks.harness import measure, timed
from straightway import Straightway
from straightway.telemetry.gate import INTERFACE, has_global_provider

QUESTION = "INTERFACE in modules and (has_global_provider() or app._telemetry.provides)"
"""What `Straightway.__call__` asks."""

ROUND = 100_000


def hello(**options: Any) -> Application:
    """Build the application."""
    app = Straightway(**options)

    @app.get("/")
    async def read_root() -> dict[str, str]:
        return {"message": "Hello World"}

    return app


def question_takes() -> float:
    """Return the microseconds that the question takes."""
    names = {
        "INTERFACE": INTERFACE,
        "modules": sys.modules,
        "has_global_provider": has_global_provider,
        "app": Straightway(),
    }
    asked = min(timeit.repeat(QUESTION, globals=names, number=ROUND, repeat=50))
    nothing = min(timeit.repeat("pass", globals=names, number=ROUND, repeat=50))
    return (asked - nothing) / ROUND * 1e6


async def requests_take(contenders: dict[str, Application], rounds: int) -> dict[str, float]:
    """Return the microseconds that one request takes, by contender."""
    request = Request("GET", "/")
    turns = {name: timed(driver(each, request)) for name, each in contenders.items()}
    return {name: figure.minimum for name, figure in (await measure(turns, rounds=rounds)).items()}


async def measure_all(rounds: int) -> None:
    """Print a line for each state of telemetry."""
    if "opentelemetry" in sys.modules:
        raise RuntimeError("something has imported opentelemetry already")
    for state in ("not imported", "imported, not configured"):
        if state != "not imported":
            import_module(INTERFACE)
        question = question_takes()
        whole = (await requests_take({"request": hello()}, rounds))["request"]
        print(
            f"opentelemetry {state:26} question {question:6.3f}   request {whole:6.2f}   {question / whole:.1%}"
        )
    times = await requests_take(recording(), rounds)
    for name, taken in times.items():
        print(f"recorded: {name:30} request {taken:8.2f}   {taken / times['nothing']:.1f} times")


def recording() -> dict[str, Application]:
    """Build applications that record."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

    tracer, unsampled, meter = TracerProvider(), TracerProvider(sampler=ALWAYS_OFF), MeterProvider()
    return {
        "nothing": hello(),
        "metrics": hello(telemetry={"meter_provider": meter}),
        "spans, none sampled": hello(telemetry={"tracer_provider": unsampled}),
        "one span": hello(telemetry={"tracer_provider": tracer, "operation_spans": False}),
        "spans of operations": hello(telemetry={"tracer_provider": tracer}),
    }


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="how often each state is measured")
    asyncio.run(measure_all(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
