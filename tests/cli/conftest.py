"""Projects in a temporary directory, and commands that run in processes of their own."""

import os
import queue
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

PATIENCE = 40
"""Seconds until a line must have come. Far more than it takes: a deadline, not a measurement."""

APPLICATION = """
    import os
    from straightway import Straightway

    app = Straightway()

    @app.get("/")
    def index():
        return {"pid": os.getpid(), "answer": 1}
"""

INHERITED_SETTINGS = {
    "FASTAPI_ENV",
    "FASTAPI_PUBLIC_URL",
    "FORWARDED_ALLOW_IPS",
    "NO_COLOR",
    "PORT",
    "PYTHONUNBUFFERED",  # would write a line in two pieces, between which another worker's line may come
    "STRAIGHTWAY_ENV",
    "STRAIGHTWAY_LOG_FORMAT",
    "STRAIGHTWAY_PUBLIC_URL",
    "WEB_CONCURRENCY",
}


def environment(**variables):
    """Return this process's environment without what would change a command's behaviour, and with `variables`."""
    kept = {name: value for name, value in os.environ.items() if name not in INHERITED_SETTINGS}
    # A file that changes twice within a second would be taken for its compiled self.
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"} | variables


class Project:
    """A directory with the files of an application."""

    def __init__(self, directory):
        self.directory = directory

    def write(self, name, source):
        """Write a file, replacing it in one step, so that no reader sees half of it."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.draft")
        draft.write_text(textwrap.dedent(source).lstrip(), encoding="utf-8")
        draft.replace(path)
        return path


class Running:
    """A command in a process group of its own, as a terminal would start it; its output is read line by line."""

    def __init__(self, arguments, directory, variables):
        self.process = subprocess.Popen(  # noqa: S603  # arguments are those of a test
            [sys.executable, "-m", "straightway", *arguments],
            cwd=directory,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = []
        self._lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, text):
        """Return the first new line that contains the text."""
        deadline = time.monotonic() + PATIENCE
        while True:
            line = self._next(deadline, text)
            if text in line:
                return line

    def _next(self, deadline, text):
        try:
            line = self._lines.get(timeout=max(deadline - time.monotonic(), 0))
        except queue.Empty:
            line = None
        if line is None:
            raise AssertionError(f"{text!r} did not come; this did:\n" + "\n".join(self.output))
        self.output.append(line)
        return line

    def url(self):
        """Wait until the server has started, and return where."""
        return re.search(r"http://\S+", self.until("Server started at")).group()

    def signal(self, number):
        """Send a signal to the whole group, as a terminal does when Ctrl-C is pressed."""
        os.killpg(self.process.pid, number)

    def finish(self):
        """Wait until the command and all its children have closed their output; return the exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert not self._reader.is_alive(), "a child of the command is still there"
        while (line := self._lines.get()) is not None:
            self.output.append(line)
        return code

    def clean_up(self):
        """End whatever is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()


@pytest.fixture
def plain_environment():
    """The environment without what would change a command's behaviour."""
    return environment()


@pytest.fixture
def project(tmp_path):
    """An empty directory that files can be written to."""
    return Project(tmp_path)


@pytest.fixture
def application(project):
    """A directory with an application in main.py, which answers / with its process id."""
    project.write("main.py", APPLICATION)
    return project


@pytest.fixture
def launch(project):
    """A function that starts `straightway` with some arguments, and is cleaned up after."""
    started = []

    def start(*arguments, **variables):
        started.append(Running(arguments, project.directory, variables))
        return started[-1]

    yield start
    for running in started:
        running.clean_up()


@pytest.fixture
def command(project):
    """A function that runs `straightway` to its end and returns exit code, standard output and standard error."""

    def run(*arguments, directory: Path | None = None, **variables):
        done = subprocess.run(  # noqa: S603  # arguments are those of a test
            [sys.executable, "-m", "straightway", *arguments],
            cwd=directory or project.directory,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


@pytest.fixture
def get():
    """A function that gets a URL over a connection of its own and returns the JSON."""

    def request(url, **headers):
        return httpx2.get(url, headers=headers, timeout=PATIENCE).json()

    return request
