"""Requests that come through RSGI are recorded as well."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx2

from tests.telemetry.collector import collecting
from tools.environments import ROOT

PATIENCE = 30
"""Seconds until the server must answer."""


def answer_of(port, path):
    """Return what the server answers once it listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx2.get(f"http://127.0.0.1:{port}{path}").json()
        except httpx2.ConnectError:
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.05)  # another process is awaited: there is nothing else to wait for


def test_request_is_recorded():
    """From start to end: exporters are set up in the worker, and have sent everything when the server has ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "granian", "--interface", "rsgi", "--port", str(port), "docs.examples.read_item:app"]

    with collecting() as collector:
        process = subprocess.Popen(  # noqa: S603  # our own text
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true",
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                "OTEL_BSP_SCHEDULE_DELAY": "60000",
            },
        )
        try:
            answer = answer_of(port, "/items/3?search=blue")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)

    assert answer == {"item_id": 3, "search": "blue", "limit": 100}
    assert [span.name for span in collector.items("traces")] == [
        "fastapi.dependencies",
        "fastapi.endpoint",
        "fastapi.serialization",
        "GET /items/{item_id}",
    ]
