"""Who is served by what, and how a server is started: one worker, pinned to one core."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import SHARED
from benchmarks.targets import FASTAPI, LIMIT, OURS, OURS_RSGI
from benchmarks.wire.variables import CONTENDER, WORKLOAD
from tools.environments import CACHE, ROOT, python_of

SERVER_CORE, LOAD_CORE = 0, 1
PATIENCE = 20.0
"""Seconds in which a server must begin to listen."""

Command = Callable[[int], list[str]]
"""Words the command of a server for a port, without the interpreter."""


@dataclass(frozen=True, slots=True)
class Served:
    """A contender on a server."""

    name: str
    server: str
    environment: str
    contender: str
    command: Command
    workloads: tuple[str, ...] = ("hello", "path-query", "body", "models-100")


def uvicorn(port: int) -> list[str]:
    """Serve ASGI with uvicorn, httptools and uvloop."""
    options = "--loop uvloop --http httptools --no-access-log --log-level warning --lifespan auto"
    return ["-m", "uvicorn", "benchmarks.wire.served:application", "--port", str(port), *options.split()]


def granian(interface: str, target: str) -> Command:
    """Serve with granian, through one of its interfaces."""

    def command(port: int) -> list[str]:
        options = "--workers 1 --runtime-threads 1 --loop uvloop --http 1 --no-ws --no-access-log --log-level warning"
        return ["-m", "granian", "--interface", interface, "--port", str(port), *options.split(), target]

    return command


def emmett55(port: int) -> list[str]:
    """Serve emmett55 as its own command does."""
    options = "--workers 1 --loop uvloop --no-ws --no-access-log --log-level warning"
    target = ["-c", "from emmett55.cli import main; main()", "-a", "benchmarks.peers.emmett55_served"]
    return [*target, "serve", "--port", str(port), *options.split()]


def robyn(port: int) -> list[str]:
    """Serve Robyn as its own command does."""
    options = "--processes 1 --workers 1 --log-level ERROR --disable-openapi"
    return ["-m", "benchmarks.peers.robyn_served", *options.split(), str(port)]


def sanic(port: int) -> list[str]:
    """Serve Sanic in a single process."""
    return ["-m", "benchmarks.peers.sanic_served", str(port)]


ASGI = granian("asgi", "benchmarks.wire.served:application")
RSGI = granian("rsgi", "benchmarks.wire.rsgi:application")
THREE = ("hello", "path-query", "body")

SERVED = (
    *(Served(name, "uvicorn", SHARED, name, uvicorn) for name in (LIMIT, OURS, FASTAPI)),
    Served("Starlette", "uvicorn", SHARED, "starlette", uvicorn),
    Served("Falcon", "uvicorn", "falcon", "falcon", uvicorn),
    Served("BlackSheep", "uvicorn", "blacksheep", "blacksheep", uvicorn),
    Served("Litestar", "uvicorn", "litestar", "litestar", uvicorn),
    Served(f"{LIMIT}, RSGI", "granian", SHARED, LIMIT, RSGI),
    # The application itself: it speaks both.
    Served(OURS_RSGI, "granian", SHARED, OURS, granian("rsgi", "benchmarks.wire.served:application")),
    *(Served(name, "granian", SHARED, name, ASGI) for name in (LIMIT, OURS, FASTAPI)),
    Served("Falcon", "granian", "falcon", "falcon", ASGI),
    Served("BlackSheep", "granian", "blacksheep", "blacksheep", ASGI),
    Served("emmett55", "own", "emmett55", "emmett55", emmett55, THREE),
    Served("Sanic", "own", "sanic", "sanic", sanic, THREE),
    Served("Robyn", "own", "robyn", "robyn", robyn, THREE),
)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    port: int
    process: int

    def seconds_of_processor(self) -> float:
        """Add up what all processes of the server have used (proc(5), stat: utime and stime)."""
        ticks = sum(map(_ticks, filter(self._is_ours, Path("/proc").glob("[0-9]*"))))
        return ticks / os.sysconf("SC_CLK_TCK")

    def _is_ours(self, entry: Path) -> bool:
        try:
            return os.getsid(int(entry.name)) == self.process
        except ProcessLookupError:
            return False


def _ticks(entry: Path) -> int:
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return int(fields[11]) + int(fields[12])


@contextmanager
def running(served: Served, workload: str) -> Generator[Running]:
    """Start a server in a session of its own, and stop it in the end."""
    port = free_port()
    python = python_of(CACHE / "bench" / served.environment)
    log = CACHE / "bench" / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), str(python), *served.command(port)],
            cwd=ROOT,
            env={**os.environ, CONTENDER: served.contender, WORKLOAD: workload},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(port, process, served, log)
        yield Running(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def wait_for(port: int, process: "subprocess.Popen[bytes]", served: Served, log: Path) -> None:
    """Wait until the server accepts connections; stop where it never does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"error: {served.name} does not listen on {served.server}:\n{log.read_text()[-2000:]}")
