"""Run the tests that are about servers on every ASGI server, and print a table; `make servers`.

They are those of `tests/servers` and the todo example's whole story, each on a server process that is started as in
production. `python -m tools.servers hypercorn` runs them on one server. `tests/servers` finds its server here too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.environments import (
    CACHE,
    CONSTRAINTS,
    ROOT,
    create,
    fingerprint_of,
    install,
    is_fresh,
    mark_fresh,
    python_of,
)
from tools.outcomes import Outcome, run_tests, table

ENVIRONMENT = CACHE / "servers"

CHOSEN = "STRAIGHTWAY_SERVER"
"""The environment variable that names the server for `tests/servers`."""


@dataclass(frozen=True, slots=True)
class Server:
    """How a server is started: words of its command line in which `{app}`, `{port}` and `{path}` are filled in."""

    distribution: str
    command: tuple[str, ...]
    root_path: tuple[str, ...]
    speaks_http2: bool = False


SERVERS = {
    "uvicorn with httptools": Server(
        "uvicorn",
        ("uvicorn", "{app}", "--http", "httptools", "--host", "127.0.0.1", "--port", "{port}"),
        ("--root-path", "{path}"),
    ),
    "uvicorn with h11": Server(
        "uvicorn",
        ("uvicorn", "{app}", "--http", "h11", "--ws", "wsproto", "--host", "127.0.0.1", "--port", "{port}"),
        ("--root-path", "{path}"),
    ),
    "hypercorn": Server(
        "hypercorn",
        ("hypercorn", "{app}", "--bind", "127.0.0.1:{port}"),
        ("--root-path", "{path}"),
        speaks_http2=True,
    ),
    "granian": Server(
        "granian",
        ("granian", "{app}", "--interface", "asgi", "--host", "127.0.0.1", "--port", "{port}"),
        ("--url-path-prefix", "{path}"),
        speaks_http2=True,
    ),
    "granian through RSGI": Server(
        "granian",
        (
            "straightway",
            "run",
            "-e",
            "{app}",
            "--server",
            "granian",
            "--host",
            "127.0.0.1",
            "--port",
            "{port}",
        ),
        ("--root-path", "{path}"),
        speaks_http2=True,
    ),
    "gunicorn": Server(
        "gunicorn",
        ("gunicorn", "{app}", "--worker-class", "asgi", "--bind", "127.0.0.1:{port}"),
        ("--root-path", "{path}"),
    ),
}


def main() -> None:
    """Run the tests on each server; exit with 1 where one fails."""
    python = prepare()
    wanted = sys.argv[1:] or list(SERVERS)
    outcomes = {name: outcome_on(name, python) for name in wanted}
    rows = [(name, version_of(name, python), str(outcome)) for name, outcome in outcomes.items()]
    print(table(("server", "version", "tests"), rows))
    print("\n".join(line for name, outcome in outcomes.items() for line in outcome.reasons(name)))
    sys.exit(any(outcome.is_failure for outcome in outcomes.values()))


def prepare() -> Path:
    """Make the environment unless it is fresh, and give its interpreter."""
    wanted = fingerprint_of(ROOT / "pyproject.toml", CONSTRAINTS)
    if not is_fresh(ENVIRONMENT, wanted):
        print("Setting up the environment of the servers", flush=True)
        create(ENVIRONMENT)
        install(ENVIRONMENT, "--editable", f"{ROOT}[standard]", "--group", "servers")
        mark_fresh(ENVIRONMENT, wanted)
    return python_of(ENVIRONMENT)


def outcome_on(name: str, python: Path) -> Outcome:
    """Run both suites on one server."""
    print(f"== {name}", flush=True)
    story = " ".join(command(SERVERS[name], "todo.main:app", "{port}"))
    differences = run_tests([python], ROOT, "tests/servers", environment=os.environ | {CHOSEN: name})
    return differences + run_tests(
        [python],
        ROOT / "examples" / "todo",
        "tests/test_story.py",
        environment=os.environ | {"TODO_TEST_SERVER": story},
    )


def command(server: Server, app: str, port: int | str, root_path: str = "") -> list[str]:
    """Word the command line, to be run with `python -m`."""
    words = server.command + (server.root_path if root_path else ())
    return [word.format(app=app, port=port, path=root_path) for word in words]


def version_of(name: str, python: Path) -> str:
    """Ask the environment which version of a server it has."""
    program = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    asked = subprocess.run(
        [python, "-c", program, SERVERS[name].distribution], capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


if __name__ == "__main__":
    main()
