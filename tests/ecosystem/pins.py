"""Write the versions of everything that a package's environment contains, one file for each package.

Run as `python -m tests.ecosystem.pins` after a change of packages.toml; name packages to write only theirs. Packages
disagree about what they need (one bounds what another requires), so that each is resolved alone; versions that our own
tests run on are preferred wherever a package allows them.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ecosystem.environment import BASE
from tests.ecosystem.packages import Package, load, select
from tools.environments import CONSTRAINTS
from tools.pins import CONFORMANCE, lines, pins, resolve, without

# What building the two distributions of this repository takes.
BUILDING = ("hatchling", "editables")


def main() -> None:
    """Resolve the packages that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.pins", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="packages; all by default")
    parser.add_argument("--upgrade", action="store_true", help="move to the newest versions")
    arguments = parser.parse_args()
    for package in select(load(), arguments.names):
        print(package.name, flush=True)
        write(package, upgrade=arguments.upgrade)


def write(package: Package, *, upgrade: bool) -> None:
    """Resolve what one environment contains, for all supported versions of Python."""
    # Which distribution called fastapi gets installed, the run decides; here it is resolved for what it needs.
    wanted = [*BUILDING, *BASE, *package.requirements, "fastapi"]
    with TemporaryDirectory() as folder:
        # An output file that is there is what uv takes for preferences, which give way where they must.
        file = Path(folder) / "pins.txt"
        file.write_text("" if upgrade else preferences(package))
        resolve(wanted, ["--output-file", str(file)])
        found = "".join(f"{pin}\n" for pin in pins(file.read_text()))
    package.pins.write_text(without(found, "fastapi"))


def preferences(package: Package) -> str:
    """Give the versions to keep: those of the last time, then those of our own tests."""
    files = [file for file in (CONSTRAINTS, CONFORMANCE / "constraints.txt", package.pins) if file.exists()]
    found = {pin.partition("==")[0]: pin for file in files for pin in lines(file)}
    return "".join(f"{pin}\n" for pin in found.values())


if __name__ == "__main__":
    main()
