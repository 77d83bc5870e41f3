"""What telemetry costs a request: nothing while nothing is configured, and what it costs where it records.

Run it on a quiet machine: `python -m benchmarks.telemetry`. One application answers a constant dict as JSON; "no gate"
is the same without the question whether anything is configured. The first line is measured before opentelemetry has
been imported. The SDK records into nothing: what exporters do is theirs.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.asgi import Application, Receive, Request, Scope, Send, driver
from benchmarks.harness import measure
from straightway import Straightway


class Ungated(Straightway):
    """The application as it would be without telemetry."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if self.root_path:
            scope["root_path"] = self.root_path
        scope["app"] = self
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        await self.middleware_stack(scope, receive, send)


def hello(kind: type[Straightway], **options: Any) -> Application:
    """Build the application."""
    app = kind(**options)

    @app.get("/")
    async def read_root() -> dict[str, str]:
        return {"message": "Hello World"}

    return app


async def compare(title: str, contenders: Mapping[str, Application], seconds: float) -> None:
    """Measure applications side by side and print what each takes, and takes more than the first."""
    request = Request("GET", "/")
    times = await measure({name: driver(each, request) for name, each in contenders.items()}, seconds=seconds)
    base = next(iter(times.values()))
    for name, time in times.items():
        print(f"{title:30}{name:24}{time:8.3f}{time - base:+9.3f}{time / base:8.3f}", flush=True)


async def measure_all(seconds: float) -> None:
    """Print a line for each state of telemetry."""
    print(f"{'opentelemetry is':30}{'application':24}{'time':>8}{'more':>9}{'ratio':>8}   microseconds")
    contenders = {"no gate": hello(Ungated), "gate": hello(Straightway)}
    if "opentelemetry" in sys.modules:
        raise RuntimeError("something has imported opentelemetry already")
    await compare("not imported", contenders, seconds)

    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

    await compare("imported, not configured", contenders, seconds)

    tracer, unsampled, meter = TracerProvider(), TracerProvider(sampler=ALWAYS_OFF), MeterProvider()
    recording = {
        "nothing": contenders["gate"],
        "metrics": hello(Straightway, telemetry={"meter_provider": meter}),
        "spans, none sampled": hello(Straightway, telemetry={"tracer_provider": unsampled}),
        "one span": hello(Straightway, telemetry={"tracer_provider": tracer, "operation_spans": False}),
        "spans of operations": hello(Straightway, telemetry={"tracer_provider": tracer}),
    }
    await compare("configured", recording, seconds)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=12, help="how long to measure each state")
    asyncio.run(measure_all(parser.parse_args().seconds))


if __name__ == "__main__":
    main()
