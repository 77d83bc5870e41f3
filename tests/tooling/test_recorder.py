"""The pytest plugin that records what became of the upstream tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conformance.environment import HERE

SAMPLE = """
import pytest

def test_passes(): pass
def test_fails(): assert 1 == 2
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.xfail
def test_known(): raise ValueError
@pytest.fixture
def broken():
    yield
    raise RuntimeError("too late")
def test_teardown(broken): pass
@pytest.mark.parametrize("x", ["a::b@c"])
def test_parameter(x): pass
"""


def test_every_outcome_is_recorded_by_node_id(tmp_path: Path):
    """Outcomes, failures of teardown and of collection among them, reach the file with the line that says why."""
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "test_broken.py").write_text("import missing_module")
    target = tmp_path / "record.json"

    command = [sys.executable, "-m", "pytest", "-q", "-p", "conformance_recorder", "-p", "no:cacheprovider"]
    subprocess.run(
        [*command, "--continue-on-collection-errors", "--record", target, f"--rootdir={tmp_path}", tmp_path],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(HERE / "recorder")},
        stdout=subprocess.DEVNULL,
        check=False,
    )

    record = json.loads(target.read_text())
    assert record["outcomes"] == {
        "test_sample.py::test_passes": "passed",
        "test_sample.py::test_fails": "failed",
        "test_sample.py::test_skipped": "skipped",
        "test_sample.py::test_known": "xfailed",
        "test_sample.py::test_teardown": "failed",
        "test_sample.py::test_parameter[a::b@c]": "passed",
        "test_broken.py": "uncollected",
    }
    assert record["messages"]["test_sample.py::test_fails"] == "assert 1 == 2"
    assert record["messages"]["test_sample.py::test_teardown"] == "RuntimeError: too late"
    assert "missing_module" in record["messages"]["test_broken.py"]


def test_file_that_imports_internals_can_be_collected(tmp_path: Path):
    """The tests in it run; one that calls what is not there fails, and says so."""
    (tmp_path / "fastapi").mkdir()
    (tmp_path / "fastapi" / "__init__.py").touch()
    (tmp_path / "fastapi" / "routing.py").touch()
    (tmp_path / "test_router_include_context.py").write_text(
        "from fastapi.routing import _restore_fastapi_scope_key\n"
        "def test_other(): pass\n"
        "def test_internal(): _restore_fastapi_scope_key({}, 'key', None)\n"
    )
    target = tmp_path / "record.json"

    command = [sys.executable, "-m", "pytest", "-q", "-p", "conformance_recorder", "-p", "no:cacheprovider"]
    subprocess.run(
        [*command, "--record", target, f"--rootdir={tmp_path}", tmp_path],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE / "recorder"), str(tmp_path)])},
        stdout=subprocess.DEVNULL,
        check=False,
    )

    record = json.loads(target.read_text())
    assert record["outcomes"] == {
        "test_router_include_context.py::test_other": "passed",
        "test_router_include_context.py::test_internal": "failed",
    }
    assert list(record["messages"].values()) == [
        "Failed: fastapi.routing._restore_fastapi_scope_key is internal to FastAPI"
    ]
