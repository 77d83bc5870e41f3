"""What a server does under load: requests each second, latencies, and what a request costs the server's processor.

The last is what a shared machine changes least, so it is what contenders are best compared by.
"""

import http.client
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.asgi import Request
from benchmarks.models import REQUESTS
from benchmarks.wire.servers import LOAD_CORE, SERVED, Running, Served, running

SERVERS = ("uvicorn", "granian", "own")
CONNECTIONS = 64
WARM_UP = 1
"""Seconds of load before it counts."""

SCRIPT = """
wrk.method = {method}
wrk.body = {body}
wrk.headers["content-type"] = "application/json"
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\\nRESULT {{"requests": %d, "microseconds": %d, "errors": %d, "p50": %d, "p90": %d, "p99": %d, "p999": %d}}\\n',
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9)))
end
"""
"""For wrk, in Lua: what is sent, and what is printed in the end."""


@dataclass(frozen=True, slots=True)
class Load:
    """One contender on one server at one workload."""

    workload: str
    server: str
    contender: str
    rate: float
    """Requests each second."""
    processor: float
    """Microseconds of the server's processor for each request."""
    p50: float
    p90: float
    p99: float
    p999: float
    """Latencies, in milliseconds."""
    errors: int


def loads(servers: Sequence[str], seconds: int) -> list[dict[str, Any]]:
    """Put every contender on the servers under load, workload by workload."""
    wrk = found("wrk", "wrk")
    found("taskset", "util-linux")
    measured: list[dict[str, Any]] = []
    for workload in ("hello", "path-query", "body", "models-100"):
        for served in SERVED:
            if served.server in servers and workload in served.workloads:
                print(f"measuring {workload}: {served.name} on {served.server}", flush=True)
                measured.append(asdict(under_load(wrk, served, workload, seconds)))
    return measured


def found(command: str, package: str) -> str:
    """Find a command, or say what to install."""
    if path := shutil.which(command):
        return path
    raise SystemExit(f"error: there is no {command}; on Debian: apt-get install {package}")


def under_load(wrk: str, served: Served, workload: str, seconds: int) -> Load:
    """Start a server, compare its answer, and put it under load."""
    request = REQUESTS[workload]
    if not isinstance(request, Request):
        raise TypeError(f"{workload} is no request")
    with running(served, workload) as server, tempfile.TemporaryDirectory() as folder:
        assert_answer(server, served, request, workload)
        script = Path(folder) / "load.lua"
        script.write_text(SCRIPT.format(method=quoted(request.method), body=quoted(request.body.decode())))
        run_wrk(wrk, server, request, script, WARM_UP)
        before = server.seconds_of_processor()
        told = run_wrk(wrk, server, request, script, seconds)
        spent = server.seconds_of_processor() - before
    percentiles = {name: told[name] / 1e3 for name in ("p50", "p90", "p99", "p999")}
    return Load(
        workload=workload,
        server=served.server,
        contender=served.name,
        rate=told["requests"] / told["microseconds"] * 1e6,
        processor=spent / told["requests"] * 1e6,
        errors=told["errors"],
        **percentiles,
    )


def quoted(text: str) -> str:
    """Write a string of Lua."""
    return json.dumps(text)


def run_wrk(wrk: str, server: Running, request: Request, script: Path, seconds: int) -> dict[str, Any]:
    """Send requests for some seconds, over one thread on a core of its own, and return what wrk tells."""
    query = f"?{request.query.decode()}" if request.query else ""
    address = f"http://127.0.0.1:{server.port}{request.path}{query}"
    options = ["-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", str(script)]
    pinned = ["taskset", "-c", str(LOAD_CORE), wrk, *options, address]
    ran = subprocess.run(pinned, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(ran.stdout.rpartition("RESULT ")[2])
    return told


EXPECTED: dict[str, Any] = {}
"""The answer of the first contender to each workload, which the others have to give."""


def assert_answer(server: Running, served: Served, request: Request, workload: str) -> None:
    """Stop unless the server gives the JSON that the others give."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    query = f"?{request.query.decode()}" if request.query else ""
    headers = {"content-type": "application/json"}
    connection.request(request.method, request.path + query, request.body or None, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    same = response.status == 200 and json.loads(content) == EXPECTED.setdefault(
        workload, json.loads(content)
    )
    if not same:
        raise SystemExit(
            f"error: {served.name} on {served.server} answers {response.status} {content[:500]!r}"
        )
