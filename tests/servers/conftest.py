"""A server process that is started as in production, for `make servers`; without a chosen server nothing is collected."""

import os
import socket
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pytest

from tests.servers.application import BREAKS, NOTES
from tests.servers.limits import EXPECTED, LEFT_OUT
from tools.environments import ROOT
from tools.servers import CHOSEN, SERVERS, command

NAME = os.environ.get(CHOSEN)

BARE = bool(os.environ.get("STRAIGHTWAY_SERVER_BARE"))
"""Whether the application is Starlette alone, and only what is in `limits.py` is of interest."""

APPLICATION = "tests.servers.bare:app" if BARE else "tests.servers.application:app"

OURS = "src/straightway"
"""What a traceback through our code has in it."""

collect_ignore_glob = [] if NAME else ["test_*.py"]

WAIT = 10
"""Seconds after which something that was to happen did not."""


def pytest_collection_modifyitems(config, items):
    """Expect what the server cannot do to fail, each time; leave out what it does sometimes."""
    expected, left_out = EXPECTED.get(NAME, {}), LEFT_OUT.get(NAME, {})
    if BARE:
        others = [item for item in items if item.name not in expected | left_out]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
        return
    for item in items:
        if reason := expected.get(item.name):
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
        if reason := left_out.get(item.name):
            item.add_marker(pytest.mark.skip(reason=f"left out: {reason}"))


class Running:
    """A server process, and what the application in it notes."""

    def __init__(self, folder, app, root_path, environment):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notes.bind(str(folder / "notes"))
        self.notes.settimeout(WAIT)
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command(SERVERS[NAME], app, self.port, root_path)],
                cwd=ROOT,
                env=os.environ | {NOTES: str(folder / "notes"), "PYTHONPATH": str(ROOT)} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def logged(self):
        """Return what the server has printed, also after it has ended."""
        if self.output.exists():
            self.text = self.output.read_text()
        return self.text

    def wait_until_it_answers(self):
        """Ask, again and again, until there is an answer."""
        try:
            with httpx2.Client(transport=httpx2.HTTPTransport(retries=7)) as client:
                client.get(f"http://{self.address}/state")
        except httpx2.ConnectError:
            pytest.fail(self.logged())

    def noted(self):
        """Wait for what the application notes next."""
        return self.notes.recv(1000).decode()

    def unread(self):
        """Return the notes that no test waited for."""
        texts = []
        self.notes.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                texts.append(self.notes.recv(1000).decode())
        self.notes.settimeout(WAIT)
        return texts

    def connect(self):
        """Open a connection for HTTP/1.1."""
        return closing(HTTPConnection("127.0.0.1", self.port, timeout=WAIT))

    def raw(self, data):
        """Open a connection and send bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
        connection.sendall(data)
        return connection

    def stop(self):
        """Ask the server to end, as an orchestrator does, and return its exit code."""
        self.process.terminate()
        return self.process.wait(WAIT)


def free_port():
    """Ask the system for a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def serving(app=APPLICATION, root_path="", breaks=False):
    """Run the server; it is killed if the test did not stop it."""
    with TemporaryDirectory() as folder:
        running = Running(Path(folder), app, root_path, {BREAKS: "1"} if breaks else {})
        try:
            yield running
        finally:
            running.process.terminate()
            try:
                running.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()
            running.logged()
            running.notes.close()


@pytest.fixture(scope="module")
def shared():
    """Run one server for the tests of a file, in the end it has logged no error."""
    with serving() as running:
        running.wait_until_it_answers()
        assert running.noted() == "started"
        yield running
    if OURS in running.logged():
        pytest.fail(running.logged())


@pytest.fixture
def server(shared):
    """Check that the application has noted nothing that the test did not expect."""
    yield shared
    assert shared.unread() == []


@pytest.fixture
def starting():
    """Give the function that runs a server of the test's own."""
    return serving
