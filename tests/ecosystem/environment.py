"""The environment of one package: the package at its pinned versions and a distribution that owns the name `fastapi`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.environment import VERSIONS, Distribution, assert_owner
from tests.conformance.upstream import VERSION
from tests.ecosystem.packages import Package
from tools.environments import CACHE, ROOT, create, fingerprint_of, install, is_fresh, mark_fresh, python_of

FOLDER = CACHE / "ecosystem"

# What every environment has: the test client's own requirement, and what runs the tests. No extra of either
# distribution: a package must say itself what it needs.
BASE = ("httpx2", "pytest", "pytest-timeout")

SOURCES: dict[Distribution, Sequence[str]] = {
    "straightway": ("--editable", str(ROOT), "--editable", str(ROOT / "compat" / "fastapi")),
    "real": (f"fastapi=={VERSION}",),
}

# Metadata can say what is not so: this asks the module that is imported under the name.
WHO_ANSWERS = """
import fastapi
print(fastapi.FastAPI.__mro__[1].__module__.partition(".")[0], fastapi.routing.APIRoute.__module__.partition(".")[0])
"""
ANSWERS: dict[Distribution, str] = {"straightway": "straightway straightway", "real": "starlette fastapi"}


def prepare(package: Package, distribution: Distribution) -> Path:
    """Make the package's environment unless it is fresh, and give its interpreter."""
    environment = FOLDER / distribution / package.name
    projects = (ROOT / "pyproject.toml", ROOT / "compat" / "fastapi" / "pyproject.toml")
    wanted = fingerprint_of(package.pins, *projects) + " ".join((distribution, *package.requirements))
    if not is_fresh(environment, wanted):
        create(environment)
        install(environment, *BASE, *package.requirements, *SOURCES[distribution], constraints=package.pins)
        mark_fresh(environment, wanted)
    python = python_of(environment)
    assert_owner(python, VERSIONS[distribution])
    assert_answers(python, ANSWERS[distribution])
    return python


def assert_answers(python: Path, expected: str) -> None:
    """Stop unless `import fastapi` gives what the wanted distribution holds."""
    asked = subprocess.run([python, "-c", WHO_ANSWERS], capture_output=True, text=True, check=False)
    if asked.stdout.strip() != expected:
        sys.exit(f"error: `import fastapi` gives {asked.stdout.strip() or asked.stderr}, not {expected}")
