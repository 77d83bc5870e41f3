"""A pytest plugin that writes what became of each test, by node id, as JSON into the file `--record` names.

Runs in the environment of the upstream tests, where nothing of this repository but the framework is importable.
"""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

# What a file imports and only few of its tests call: internals of FastAPI that nothing but these tests knows. The others
# can run when something has the name; a test that calls it fails.
INTERNALS = {
    "test_dependency_models.py": (
        "fastapi.dependencies.models",
        ("_is_async_gen_callable_cached", "_is_coroutine_callable_cached", "_is_gen_callable_cached"),
    ),
    "test_router_include_context.py": (
        "fastapi.routing",
        ("_iter_included_route_candidates", "_restore_fastapi_scope_key"),
    ),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the name of the file."""
    parser.addoption("--record", required=True, help="write the outcome of each test into this file")


def pytest_configure(config: pytest.Config) -> None:
    """Record in the process that collects the reports; with pytest-xdist the workers only send them."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(str(config.getoption("record")))))


def pytest_pycollect_makemodule(module_path: Path) -> None:
    """Let a file be imported that names internals which are not there."""
    home, names = INTERNALS.get(module_path.name, ("", ()))
    for name in names:
        module = import_module(home)
        if not hasattr(module, name):
            setattr(module, name, not_there(f"{home}.{name}"))


def not_there(name: str) -> Any:
    """Return what stands for an internal that is not there."""

    def stand_in(*_arguments: object, **_options: object) -> None:
        pytest.fail(f"{name} is internal to FastAPI")

    return stand_in


class Recorder:
    """Outcomes by node id; a file that could not be collected is recorded under its own name."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.outcomes: dict[str, str] = {}
        self.messages: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note files that fail to import, which would otherwise only be missing."""
        if report.failed:
            self.note(report, "uncollected")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the worst of a test's phases: one that fails in its teardown has not passed."""
        if report.failed:
            self.note(report, "failed")
        elif report.skipped:
            self.note(report, "xfailed" if hasattr(report, "wasxfail") else "skipped")
        elif report.when == "call":
            self.outcomes.setdefault(without_group(report.nodeid), "passed")

    def note(self, report: pytest.TestReport | pytest.CollectReport, outcome: str) -> None:
        """Keep an outcome other than success, and the line that says why; nothing softens a failure."""
        identifier = without_group(report.nodeid)
        if self.outcomes.get(identifier) != "failed":
            self.outcomes[identifier] = outcome
            self.messages[identifier] = essence(report)

    def pytest_sessionfinish(self) -> None:
        """Write everything down."""
        record = {"outcomes": self.outcomes, "messages": self.messages}
        self.target.write_text(json.dumps(record, indent=1, sort_keys=True))


def without_group(identifier: str) -> str:
    """Remove the group that pytest-xdist appends to a node id under `--dist loadgroup`."""
    return re.sub(r"(\]|::\w+)@\w+$", r"\1", identifier)


def essence(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Find the line of a report that names the error."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return next(iter(crash.message.splitlines()), "")
    errors = [line[1:].strip() for line in report.longreprtext.splitlines() if line.startswith("E  ")]
    return errors[-1] if errors else ""
