"""Write `constraints.txt` anew: one version of everything that is installed to run, test, check or build the project.

Run as `python -m tools.pins`; give `--upgrade` to move to the newest versions, otherwise the pins that still fit stay.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.environments import CONSTRAINTS, ROOT, uv, uv_settings

# Asked for by nothing in pyproject.toml: the installer, and what hatchling needs for an editable installation.
BESIDES = ["uv", "editables"]


def main() -> None:
    """Resolve all requirements together, for all supported versions of Python, and pin the result."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--upgrade", action="store_true", help="move to the newest versions")
    arguments = parser.parse_args()
    kept = [] if arguments.upgrade else ["--constraints", str(CONSTRAINTS)]
    resolved = compiled([*BESIDES, *requirements(ROOT / "pyproject.toml")], *kept)
    CONSTRAINTS.write_text("".join(f"{pin}\n" for pin in pins(resolved)))


def requirements(project: Path) -> Iterator[str]:
    """Collect every requirement a pyproject.toml names, whatever it is needed for."""
    content = tomllib.loads(project.read_text())
    yield from content["build-system"]["requires"]
    yield from content["project"]["dependencies"]
    for extra in content["project"]["optional-dependencies"].values():
        yield from extra
    for group in content["dependency-groups"].values():
        yield from (requirement for requirement in group if isinstance(requirement, str))


def compiled(wanted: list[str], *options: str) -> str:
    """Resolve requirements into one version each that serves every supported Python and platform."""
    command = [*uv(), "pip", "compile", "-", "--universal", "--python-version", "3.11", "--no-header", "--quiet"]
    command += ["--fork-strategy", "fewest", "--no-annotate", "--no-emit-index-url", *options]
    finished = subprocess.run(
        command, input="\n".join(wanted), capture_output=True, text=True, env=uv_settings(), check=False
    )
    if finished.returncode:
        sys.exit(finished.stderr)
    return finished.stdout


def pins(resolved: str) -> list[str]:
    """Reduce uv's output to name==version; a constraint for another platform does no harm, a marker would."""
    return sorted(set(re.findall(r"^[\w.-]+==[\w.!+-]+", resolved, flags=re.MULTILINE)))


if __name__ == "__main__":
    main()
