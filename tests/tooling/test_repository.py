"""What must hold for the files of the repository as a whole."""

import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tools.environments import ROOT
from tools.pins import requirements

CONSTRAINTS = [ROOT / "constraints.txt", ROOT / "tests" / "conformance" / "constraints.txt"]
# Written in two parts, so that this file is not what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry.npm" + "js",
    "/sim" + "ple/",
    "index" + "-url =",
]


def tracked_files() -> list[Path]:
    """List the files that are committed, or skip where this is no checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def normalised(name: str) -> str:
    """Spell a distribution's name as in the constraints (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", CONSTRAINTS, ids=["project", "conformance"])
def test_constraints_are_one_version_each(file: Path):
    """Every line is name==version, each name occurs once, and the lines are sorted."""
    lines = file.read_text().splitlines()

    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.!]*", line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert len(set(names)) == len(names)
    assert lines == sorted(lines)


def test_constraints_name_every_requirement():
    """Nothing that pyproject.toml asks for is installed at a version of the day."""
    pinned = {line.partition("==")[0] for line in CONSTRAINTS[0].read_text().splitlines()}
    asked = {normalised(re.split(r"[\[<>=!~; ]", each)[0]) for each in requirements(ROOT / "pyproject.toml")}

    assert asked - pinned == set()


def test_no_file_names_a_package_registry():
    """Where packages come from is decided by the machine and not by the repository."""
    found = [
        f"{file.relative_to(ROOT)}: {address}"
        for file in tracked_files()
        for address in REGISTRIES
        if address.encode() in file.read_bytes() and file != Path(__file__)
    ]

    assert found == []


def test_readme_commands_are_targets_of_the_makefile():
    """Every target the project promises exists."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {"run", "test", "check", "conformance", "bench", "docs", "clean"} <= targets


def test_every_lint_exception_carries_its_reason():
    """Each group of ignored rules in pyproject.toml stands below the comment that says why."""
    text = (ROOT / "pyproject.toml").read_text()
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)

    assert ignored is not None
    lines = [line.strip() for line in ignored[1].splitlines()]
    assert lines[0].startswith("#")
    assert all(before.startswith("#") for before, line in pairwise(lines) if line.startswith('"'))


def test_continuous_integration_is_executable():
    """.ci/run can be started as it is."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
