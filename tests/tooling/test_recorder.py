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
