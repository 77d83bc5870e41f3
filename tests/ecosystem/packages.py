"""The table of the packages that are driven, read from packages.toml."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TABLE = HERE / "packages.toml"


class TableError(ValueError):
    """packages.toml says something that cannot be meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One entry of packages.toml."""

    name: str
    requirements: tuple[str, ...]
    drives: str
    fails: str = ""
    """Why it does not run here; empty where it does."""

    @property
    def version(self) -> str:
        """Give the version that the first requirement pins."""
        return self.requirements[0].partition("==")[2]

    @property
    def pins(self) -> Path:
        """Name the file that pins everything in the environment."""
        return HERE / "pins" / f"{self.name}.txt"

    @property
    def smoke(self) -> Path:
        """Name the file whose tests drive the package."""
        return HERE / "smoke" / f"smoke_{self.name.replace('-', '_')}.py"


def load(file: Path = TABLE) -> tuple[Package, ...]:
    """Read the table.

    Raises TableError for entries with missing or unknown keys and for packages whose version is not pinned.
    """
    return tuple(read_entry(name, entry) for name, entry in tomllib.loads(file.read_text()).items())


def read_entry(name: str, entry: dict[str, Any]) -> Package:
    """Read one entry."""
    if entry.keys() - {"fails"} != {"requirements", "drives"}:
        raise TableError(f"{name} needs requirements and what is driven, and nothing else: {entry}")
    if not entry["drives"].strip() or not entry["requirements"]:
        raise TableError(f"{name} needs at least one requirement and words for what is driven")
    if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", entry["requirements"][0]):
        raise TableError(f"{name} needs an exact version in its first requirement")
    return Package(**entry | {"name": name, "requirements": tuple(entry["requirements"])})


def select(packages: Iterable[Package], names: Iterable[str]) -> tuple[Package, ...]:
    """Choose packages by name, in the order of the table; all of them where no name is given.

    Raises TableError for a name that is not in the table.
    """
    packages, wanted = tuple(packages), set(names)
    if unknown := wanted - {package.name for package in packages}:
        raise TableError(f"not in {TABLE.name}: {', '.join(sorted(unknown))}")
    return tuple(package for package in packages if not wanted or package.name in wanted)
