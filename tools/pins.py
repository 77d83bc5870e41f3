"""Write the constraints files anew: one version of everything that is installed to run, test, check or build.

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

CONFORMANCE = ROOT / "tests" / "conformance"

# Asked for by nothing in pyproject.toml: the installer, and what hatchling needs for an editable installation.
INSTALLERS = ["uv", "editables"]


def main() -> None:
    """Resolve all requirements together, for all supported versions of Python, and pin the result."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--upgrade", action="store_true", help="move to the newest versions")
    upgrade = parser.parse_args().upgrade

    wanted = [*INSTALLERS, *requirements(ROOT / "pyproject.toml")]
    write_pins(CONSTRAINTS, wanted, [] if upgrade else [CONSTRAINTS])

    # The upstream tests run on the versions that our own tests run on, but for the two they bound themselves. fastapi
    # is resolved for what it needs; which distribution of that name gets installed, the conformance run decides.
    common = CONFORMANCE / ".common.txt"
    common.write_text(without(CONSTRAINTS.read_text(), "pytest", "ruff"))
    pins_of_tests = CONFORMANCE / "constraints.txt"
    wanted = [*lines(CONFORMANCE / "requirements.txt"), "fastapi[standard]", "hatchling", "editables"]
    kept = [common] if upgrade or not pins_of_tests.exists() else [common, pins_of_tests]
    write_pins(pins_of_tests, wanted, kept)
    pins_of_tests.write_text(without(pins_of_tests.read_text(), "fastapi"))
    common.unlink()


def requirements(project: Path) -> Iterator[str]:
    """Collect every requirement a pyproject.toml names, whatever it is needed for."""
    content = tomllib.loads(project.read_text())
    yield from content["build-system"]["requires"]
    yield from content["project"]["dependencies"]
    for extra in content["project"]["optional-dependencies"].values():
        yield from extra
    for group in content["dependency-groups"].values():
        yield from (requirement for requirement in group if isinstance(requirement, str))


def lines(file: Path) -> list[str]:
    """Read a requirements file without its comments."""
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def without(content: str, *names: str) -> str:
    """Leave the pins of some distributions out."""
    return "".join(f"{pin}\n" for pin in content.splitlines() if pin.partition("==")[0] not in names)


def write_pins(target: Path, wanted: list[str], constraints: list[Path]) -> None:
    """Resolve requirements into one version each that serves every supported Python and platform."""
    options = [part for file in constraints for part in ("--constraints", str(file))]
    target.write_text("".join(f"{pin}\n" for pin in pins(resolve(wanted, options))))


def resolve(wanted: list[str], options: list[str]) -> str:
    """Resolve requirements, with further options of uv, and give what uv prints."""
    command = [*uv(), "pip", "compile", "-", "--universal", "--python-version", "3.11"]
    command += ["--no-header", "--fork-strategy", "fewest", "--no-annotate", "--no-emit-index-url"]
    finished = subprocess.run(
        [*command, *options],
        input="\n".join(wanted),
        capture_output=True,
        text=True,
        env=uv_settings(),
        check=False,
    )
    if finished.returncode:
        sys.exit(finished.stderr)
    return finished.stdout


def pins(resolved: str) -> list[str]:
    """Reduce uv's output to name==version; a constraint for another platform does no harm, a marker would."""
    return sorted(set(re.findall(r"^[\w.-]+==[\w.!+-]+", resolved, flags=re.MULTILINE)))


if __name__ == "__main__":
    main()
