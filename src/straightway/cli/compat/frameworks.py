"""Which interpreter and which import path make `import fastapi` mean FastAPI, and which make it mean Straightway.

Both live in one environment: the directory with our modules of that name goes before site-packages, by PYTHONPATH, so
that processes the application starts see the same. It is part of the distribution (pyproject.toml puts it into the
wheel), and in a checkout it lies in compat/.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

from straightway.cli.messages import Failure

__all__ = ["FASTAPI", "Framework", "downloaded", "fastapi_framework", "not_found", "straightway_framework"]

FASTAPI = "0.165.0"
"""The version of FastAPI that Straightway implements, and that is fetched where one is asked for."""

PACKAGE = Path(__file__).resolve().parents[2]
SHIPPED = Path(__file__).resolve().parent / "names"
CHECKOUT = PACKAGE.parents[1] / "compat" / "fastapi" / "src"


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework's name, an interpreter, and the directories that go first in its import path."""

    name: str
    python: Path
    folders: tuple[Path, ...] = ()

    def environment(self) -> dict[str, str]:
        """Return the environment variables of a process in which `fastapi` is this framework."""
        path = os.pathsep.join([*map(str, self.folders), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
        variables: Mapping[str, str] = os.environ
        # The order of sets, such as methods, must not be another in each process.
        return {"PYTHONHASHSEED": "0", **variables, **({"PYTHONPATH": path} if path else {})}


def straightway_framework(scratch: Path) -> Framework:
    """Return how to run on Straightway; `scratch` is a directory that lives as long as its processes."""
    folder = CHECKOUT if (CHECKOUT / "fastapi").is_dir() else SHIPPED
    if not (folder / "fastapi").is_dir():
        raise Failure(
            f"This installation of Straightway is incomplete: there is no {folder / 'fastapi'}",
            instead="Install it again: pip install --force-reinstall straightway",
        )
    _write_metadata(folder, scratch)
    return Framework("Straightway", Path(sys.executable), (folder, scratch))


def _write_metadata(folder: Path, scratch: Path) -> None:
    """Have importlib.metadata tell of our `fastapi`, which packages ask for, as it will after the switch."""
    text = (folder / "fastapi" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"', text, re.MULTILINE)
    version = f"{found[1] if found else FASTAPI}+straightway"
    metadata = scratch / f"fastapi-{version}.dist-info"
    metadata.mkdir()
    text = f"Metadata-Version: 2.1\nName: fastapi\nVersion: {version}\n"
    (metadata / "METADATA").write_text(text, "utf-8")


def fastapi_framework(python: Path | None, folder: Path | None) -> Framework:
    """Return how to run on FastAPI: with an interpreter that has it, or with a folder that it was fetched into."""
    folders = () if folder is None else (folder,)
    return Framework("FastAPI", python or Path(sys.executable), folders)


def downloaded() -> Path:
    """Fetch FastAPI and what it needs into a folder of its own, unless that has been done; return the folder.

    Nothing that is installed changes. What both frameworks need comes in the version that is installed.
    """
    pins = _pins()
    folder = _cache() / f"fastapi-{FASTAPI}-{sha256((sys.version + pins).encode()).hexdigest()[:12]}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            _fetch(Path(scratch), pins).rename(folder)
    return folder


def _pins() -> str:
    found = {str(each.metadata["Name"]): each.version for each in distributions()}
    wanted = sorted(name for name in found if name.lower() not in {"fastapi", "straightway"})
    return "".join(f"{name}=={found[name]}\n" for name in wanted)


def _fetch(scratch: Path, pins: str) -> Path:
    constraints, target = scratch / "constraints.txt", scratch / "target"
    constraints.write_text(pins, "utf-8")
    command = [*_installer(), "--quiet", "--target", str(target)]
    command += ["--constraint", str(constraints), f"fastapi=={FASTAPI}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # constants
    if done.returncode:
        raise Failure(
            f"FastAPI could not be fetched by {' '.join(command)}",
            excerpt=[f"  {line}" for line in done.stderr.strip().splitlines()[-5:]],
            instead="Install it yourself in another environment, and name that: --fastapi-python PATH",
        )
    return target


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return (Path(home) if home else Path.home() / ".cache") / "straightway"


def _installer() -> list[str]:
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    uv = shutil.which("uv")
    if uv is not None:
        return [uv, "pip", "install", "--python", sys.executable]
    raise Failure(
        "To fetch FastAPI, pip or uv is needed; neither is installed",
        instead="Install one of them, or name an environment that has FastAPI: --fastapi-python PATH",
    )


def not_found(framework: Framework, found: str, rerun: str) -> Failure:
    """Word that there is no FastAPI to compare with; `rerun` is the command that the user typed."""
    return Failure(
        f"There is no FastAPI to compare with in {framework.python}: {found}",
        instead=f"Have it fetched into a folder of its own, which changes nothing that is installed:\n"
        f"    {rerun} --fetch-fastapi\n"
        f"or name the interpreter of an environment that has FastAPI and what your application needs:\n"
        f"    {rerun} --fastapi-python path/to/venv/bin/python",
    )
