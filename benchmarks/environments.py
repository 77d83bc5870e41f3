"""Where contenders live: environments below `.cache/bench`, with exactly the versions that `versions.toml` names.

FastAPI, Starlette and Straightway share one, so that one process serves all three; every other peer has its own, so that
none has to agree with another about a dependency. `python -m benchmarks.environments --pin` writes the versions anew.
"""

import argparse
import json
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.environments import (
    CACHE,
    CONSTRAINTS,
    ROOT,
    create,
    fingerprint_of,
    is_fresh,
    mark_fresh,
    python_of,
    run_uv,
    uv,
    uv_settings,
)

VERSIONS = ROOT / "benchmarks" / "versions.toml"
SHARED = "shared"
"""The environment of FastAPI, Starlette, Straightway and the hand-written limit."""

HEADER = """\
# What the benchmarks compare with: for each environment below .cache/bench what it is asked to have, and the versions of
# everything in it. After changing `requires`: python -m benchmarks.environments --pin
"""


def environment(name: str) -> Path:
    """Set up an environment unless it is fresh, and return its interpreter."""
    home = CACHE / "bench" / name
    content = table()[name]
    wanted = _section(name, content) + (fingerprint_of(ROOT / "pyproject.toml") if name == SHARED else "")
    if not is_fresh(home, wanted):
        print(f"Setting up .cache/bench/{name}", flush=True)
        create(home)
        pins = [f"{package}=={version}" for package, version in content["versions"].items()]
        _install(home, "--no-deps", *pins)
        if name == SHARED:
            _install(home, "--no-deps", "--editable", str(ROOT))
        mark_fresh(home, wanted)
    return python_of(home)


def table() -> dict[str, dict[str, Any]]:
    """Read what each environment is asked to have, and its versions."""
    return tomllib.loads(VERSIONS.read_text())


def pin(names: Iterable[str]) -> None:
    """Resolve environments to the newest versions and write those down."""
    content = table()
    for name in names:
        home = CACHE / "bench" / name
        create(home)
        project = ["--constraints", str(CONSTRAINTS), str(ROOT)] if name == SHARED else []
        _install(home, "--upgrade", *content[name]["requires"], *project)
        listed = subprocess.run(
            [*uv(), "pip", "list", "--format", "json", "--python", str(python_of(home))],
            env=uv_settings(),
            capture_output=True,
            check=True,
        )
        versions = {each["name"]: each["version"] for each in json.loads(listed.stdout)}
        versions.pop("straightway", None)
        content[name]["versions"] = versions
    VERSIONS.write_text(HEADER + "".join(_section(name, part) for name, part in content.items()))


def _install(home: Path, *arguments: str) -> None:
    # hatchling builds the project at the version the tests build it with.
    build = ["--build-constraints", str(CONSTRAINTS)]
    run_uv("pip", "install", "--quiet", "--python", str(python_of(home)), *build, *arguments)


def _section(name: str, content: dict[str, Any]) -> str:
    versions = "".join(f'{package} = "{version}"\n' for package, version in content["versions"].items())
    return f"\n[{name}]\nrequires = {json.dumps(content['requires'])}\n\n[{name}.versions]\n{versions}"


def main() -> None:
    """Set environments up, or pin them first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.environments", description=main.__doc__)
    parser.add_argument("names", nargs="*", help="environments; all by default")
    parser.add_argument("--pin", action="store_true", help="resolve the newest versions and write them down")
    arguments = parser.parse_args()
    names = arguments.names or list(table())
    if arguments.pin:
        pin(names)
    for name in names:
        environment(name)


if __name__ == "__main__":
    main()
