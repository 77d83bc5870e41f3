"""granian, serving the application of these tests in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30
"""Seconds until the server must answer."""


def free_port():
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port, process):
    """Wait until somebody listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)  # another process is awaited: there is nothing else to wait for
        else:
            return
    raise AssertionError("the server does not listen")


@contextmanager
def serving(target, log):
    """Yield a server of an application: its port, its log, and its address."""
    port = free_port()
    command = ["-m", "granian", "--interface", "rsgi", "--port", str(port), target]
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603  # arguments are those of this fixture
            [sys.executable, *command],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    try:
        wait_until_open(port, process)
        yield SimpleNamespace(port=port, log=log, url=f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def granian(tmp_path_factory):
    """Yield a server of the application of these tests."""
    log = tmp_path_factory.mktemp("granian") / "log"
    with serving("tests.rsgi.application:app", log) as server:
        yield server
    assert "lifespan ended" in log.read_text()


@pytest.fixture(scope="session")
def granian_with_problems(tmp_path_factory):
    """Yield a server of an application that answers errors with problem details."""
    with serving("tests.rsgi.problems:app", tmp_path_factory.mktemp("problems") / "log") as server:
        yield server
