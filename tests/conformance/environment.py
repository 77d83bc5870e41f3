"""The environment of the conformance run: the tests' requirements and a distribution that owns the name `fastapi`."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tests.conformance.upstream import VERSION
from tools.environments import ROOT, create, fingerprint_of, install, is_fresh, mark_fresh, python_of

Distribution = Literal["straightway", "real"]

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
CONSTRAINTS = HERE / "constraints.txt"

DECIDING = (
    REQUIREMENTS,
    CONSTRAINTS,
    ROOT / "pyproject.toml",
    ROOT / "compat" / "fastapi" / "pyproject.toml",
)

SOURCES: dict[Distribution, Sequence[str]] = {
    "straightway": ("--editable", f"{ROOT}[standard]", "--editable", str(ROOT / "compat" / "fastapi")),
    # For the developers of this harness: shows that the tests themselves pass here.
    "real": (f"fastapi[standard]=={VERSION}",),
}
VERSIONS: dict[Distribution, str] = {"straightway": f"{VERSION}+straightway", "real": VERSION}


def prepare(environment: Path, distribution: Distribution) -> Path:
    """Make the environment unless it is fresh, and give its interpreter."""
    wanted = fingerprint_of(*DECIDING) + distribution
    if not is_fresh(environment, wanted):
        print(f"Setting up the environment of the tests ({distribution})", flush=True)
        create(environment)
        install(
            environment, "--requirement", str(REQUIREMENTS), *SOURCES[distribution], constraints=CONSTRAINTS
        )
        mark_fresh(environment, wanted)
    python = python_of(environment)
    assert_owner(python, VERSIONS[distribution])
    return python


def assert_owner(python: Path, version: str) -> None:
    """Stop unless exactly the wanted distribution provides `fastapi`; a requirement may have pulled in another."""
    program = "from importlib.metadata import version; print(version('fastapi'))"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    if found.stdout.strip() != version:
        sys.exit(f"error: the environment has fastapi {found.stdout.strip() or '(none)'}, not {version}")
