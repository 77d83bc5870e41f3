"""Create the project's environments with uv, on a machine that has nothing but Python.

Run as `python tools/environments.py --group test`: makes `.venv` if there is none and installs the project, editable,
with its `standard` extra and one dependency group, at the versions that `constraints.txt` names. Only the standard
library is imported here, since nothing else is installed yet.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
CONSTRAINTS = ROOT / "constraints.txt"

# What pip calls a setting -> what uv calls it. A machine on which pip reaches its packages through a mirror or a
# private certificate needs no second configuration. Extra indexes are left out: uv would prefer them to the main one.
PIP_SETTINGS = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE", "trusted-host": "UV_INSECURE_HOST"}


def main() -> None:
    """Install the project with one dependency group into its environment."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--group", required=True, help="a name under [dependency-groups] in pyproject.toml")
    parser.add_argument("--environment", type=Path, default=ROOT / ".venv")
    arguments = parser.parse_args()
    create(arguments.environment)
    install(arguments.environment, "--editable", f"{ROOT}[standard]", "--group", arguments.group)


def create(environment: Path) -> None:
    """Make an empty environment for the running Python, unless one of the same version is there."""
    if version_in(environment) != sys.version:
        run_uv("venv", "--quiet", "--clear", "--python", sys.executable, str(environment))


def version_in(environment: Path) -> str | None:
    """Ask an environment for the version of its Python; None where it has none that works."""
    try:
        program = "import sys; print(sys.version)"
        asked = subprocess.run(
            [python_of(environment), "-c", program], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()


def install(environment: Path, *requirements: str, constraints: Path = CONSTRAINTS) -> None:
    """Install requirements, as `uv pip install` takes them, at the pinned versions."""
    pins = ["--constraints", str(constraints), "--build-constraints", str(constraints)]
    run_uv("pip", "install", "--quiet", "--python", str(python_of(environment)), *pins, *requirements)


def is_fresh(environment: Path, fingerprint: str) -> bool:
    """Say whether an environment was marked with that fingerprint, by this version of Python."""
    stamp = environment / ".fresh"
    return stamp.exists() and stamp.read_text() == fingerprint + sys.version


def mark_fresh(environment: Path, fingerprint: str) -> None:
    """Remember what an environment was made from."""
    (environment / ".fresh").write_text(fingerprint + sys.version)


def fingerprint_of(*files: Path) -> str:
    """Digest the content of the files that decide what is installed."""
    content = b"\0".join(file.read_bytes() for file in files if file.exists())
    return hashlib.sha256(content).hexdigest()


def python_of(environment: Path) -> Path:
    """Name the interpreter of an environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_uv(*arguments: str) -> None:
    """Run uv and stop the program with uv's own message where it fails."""
    finished = subprocess.run([*uv(), *arguments], cwd=ROOT, env=uv_settings(), check=False)
    if finished.returncode:
        sys.exit(f"error: uv {arguments[0]} failed; its message is above")


@cache
def uv() -> tuple[str, ...]:
    """Find uv, or install it below `.cache`, and say how to run it."""
    if found := shutil.which("uv"):
        return (found,)
    home = CACHE / "uv"
    if not python_of(home).exists():
        print("Installing uv", flush=True)
        install_uv(home)
    return (str(python_of(home)), "-m", "uv")


def install_uv(home: Path) -> None:
    """Put uv into an environment of its own; leave nothing half made behind."""
    wanted = ["uv", "--constraint", str(CONSTRAINTS)]
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        if has("ensurepip"):
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            subprocess.run([python_of(home), *pip, *wanted], check=True)
            return
        # Debian's python3 has no ensurepip without python3-venv; its pip, where there is one, serves as well.
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
        subprocess.run(
            [sys.executable, *pip, "--target", str(site_packages(home)), "--break-system-packages", *wanted],
            check=True,
        )
    except subprocess.CalledProcessError as error:
        shutil.rmtree(home, ignore_errors=True)
        sys.exit(
            f"error: could not install uv for {sys.executable} ({error}).\n"
            "Install uv, or Python's venv module (Debian: apt-get install python3-venv), and try again."
        )


def has(module: str) -> bool:
    """Say whether the running Python can import a module, by trying it in a fresh process."""
    tried = subprocess.run([sys.executable, "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False)
    return tried.returncode == 0


def site_packages(environment: Path) -> Path:
    """Name the directory in which an environment keeps its packages."""
    return environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


@cache
def uv_settings() -> dict[str, str]:
    """Translate what pip is configured with for uv; what is set for uv already stays."""
    settings = translated(pip_configuration()) | os.environ
    # The Python that was asked for, or none: uv must not fetch another one.
    return settings | {"UV_PYTHON_DOWNLOADS": "never"}


def pip_configuration() -> str:
    """Ask pip what it is configured with; environments made by uv have no pip, the Python below them may."""
    pythons = [getattr(sys, "_base_executable", sys.executable), python_of(CACHE / "uv")]
    for python in pythons:
        command = [python, "-m", "pip", "config", "list"]
        if Path(python).exists():
            asked = subprocess.run(command, capture_output=True, text=True, check=False)
            if asked.returncode == 0:
                return asked.stdout
    return ""


def translated(configuration: str) -> dict[str, str]:
    """Translate the lines of `pip config list`; later lines, which are stronger for pip, win."""
    lines = re.findall(r"^[^=]*\.([a-z-]+)='(.*)'$", configuration, flags=re.MULTILINE)
    return {PIP_SETTINGS[name]: value for name, value in lines if name in PIP_SETTINGS}


if __name__ == "__main__":
    main()
