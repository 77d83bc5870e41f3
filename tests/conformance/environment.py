"""The environment of the conformance run: the tests' requirements and a distribution that owns the name `fastapi`."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tests.conformance.upstream import VERSION
from tools.environments import ROOT, create, install, python_of

Distribution = Literal["straightway", "real"]

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
CONSTRAINTS = HERE / "constraints.txt"

SOURCES: dict[Distribution, Sequence[str]] = {
    "straightway": ("--editable", f"{ROOT}[standard]", "--editable", str(ROOT / "compat" / "fastapi")),
    # For the developers of this harness: shows that the tests themselves pass here.
    "real": (f"fastapi[standard]=={VERSION}",),
}
VERSIONS: dict[Distribution, str] = {"straightway": f"{VERSION}+straightway", "real": VERSION}


def prepare(environment: Path, distribution: Distribution) -> Path:
    """Make the environment unless it is fresh, and give its interpreter."""
    stamp = environment / ".fresh"
    wanted = fingerprint(distribution)
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Setting up the environment of the tests ({distribution})", flush=True)
        create(environment)
        install(
            environment, "--requirement", str(REQUIREMENTS), *SOURCES[distribution], constraints=CONSTRAINTS
        )
        stamp.write_text(wanted)
    python = python_of(environment)
    assert_owner(python, VERSIONS[distribution])
    return python


def fingerprint(distribution: Distribution) -> str:
    """Digest everything that decides what is installed."""
    files = [
        REQUIREMENTS,
        CONSTRAINTS,
        ROOT / "pyproject.toml",
        ROOT / "compat" / "fastapi" / "pyproject.toml",
    ]
    content = b"".join(file.read_bytes() for file in files if file.exists())
    return hashlib.sha256(content + repr(SOURCES[distribution]).encode()).hexdigest()


def assert_owner(python: Path, version: str) -> None:
    """Stop unless exactly the wanted distribution provides `fastapi`; a requirement may have pulled in another."""
    program = "from importlib.metadata import version; print(version('fastapi'))"
    found = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    if found.stdout.strip() != version:
        sys.exit(f"error: the environment has fastapi {found.stdout.strip() or '(none)'}, not {version}")
