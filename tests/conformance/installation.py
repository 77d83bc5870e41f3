"""Install both distributions into empty environments and use them there; a part of `make conformance`.

The tests of the distribution run from the source tree. Only an installation shows that the wheels have every file, that
the requirements suffice and that the command is there.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.environment import assert_owner
from tests.conformance.upstream import VERSION
from tools.environments import CACHE, ROOT, create, install, python_of

FOLDER = CACHE / "installation"
DISTRIBUTION = ROOT / "compat" / "fastapi"

# What needs a package of the extra `standard`; everything else is there without.
WITH_STANDARD = ("fastapi.testclient", "fastapi.templating")

EVERY_MODULE = """
import sys, warnings
from importlib import import_module
from pathlib import Path

warnings.simplefilter("ignore")  # Starlette's WSGI adapter says on import that it is deprecated
import fastapi

package = Path(fastapi.__file__).parent
files = [path.relative_to(package.parent).with_suffix("") for path in package.rglob("*.py")]
names = sorted(".".join(path.parts).removesuffix(".__init__") for path in files)
for name in names:
    if name not in ("fastapi.__main__", *sys.argv[1:]):
        import_module(name)
assert (package / "py.typed").is_file()
print(len(names), "modules")
"""

SMALL_APPLICATION = """
import asyncio
from fastapi import Depends, FastAPI, HTTPException, Query

app = FastAPI()

def limit(limit: int = Query(10, le=100)) -> int:
    return limit

@app.get("/items/{item_id}")
async def read_item(item_id: int, limit: int = Depends(limit)) -> dict[str, int]:
    if item_id == 0:
        raise HTTPException(404)
    return {"item_id": item_id, "limit": limit}

async def get(path, query):
    sent = []
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": []}
    async def receive():
        return {"type": "http.request"}
    async def send(message):
        sent.append(message)
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]

assert asyncio.run(get("/items/3", b"limit=5")) == (200, b'{"item_id":3,"limit":5}')
assert asyncio.run(get("/items/0", b"")) == (404, b'{"detail":"Not Found"}')
assert asyncio.run(get("/items/x", b"limit=101"))[0] == 422
assert asyncio.run(get("/openapi.json", b""))[0] == 200
print("a small application answers")
"""

CLIENT = """
from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()
assert TestClient(app).get("/docs").status_code == 200
print("the test client opens the documentation")
"""


def main() -> None:
    """Verify an installation without and one with the extra `standard`."""
    bare = installed("bare", str(ROOT), str(DISTRIBUTION))
    run(bare, "-c", EVERY_MODULE, *WITH_STANDARD)
    run(bare, "-c", SMALL_APPLICATION)
    standard = installed("standard", str(ROOT), f"{DISTRIBUTION}[standard]")
    run(standard, "-c", EVERY_MODULE)
    run(standard, "-c", SMALL_APPLICATION)
    run(standard, "-c", CLIENT)
    run(standard, "-m", "fastapi", "--version")
    print("the fastapi distribution works where it is installed")


def installed(name: str, *requirements: str) -> Path:
    """Make an environment with the distributions as they are now, and give its interpreter."""
    environment = FOLDER / name
    create(environment)
    # Environments are kept, so that only the two of ours are built and installed again.
    install(
        environment, "--reinstall-package", "straightway", "--reinstall-package", "fastapi", *requirements
    )
    python = python_of(environment)
    assert_owner(python, f"{VERSION}+straightway")
    return python


def run(python: Path, *arguments: str) -> None:
    """Run Python away from the sources, and stop with its message where it fails."""
    command: Sequence[str] = [str(python), "-I", *arguments]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: {' '.join(command[2:4])} failed in {python.parent.parent.name}\n{done.stderr}")
    print(f"  {python.parent.parent.name}: {done.stdout.strip()}", flush=True)


if __name__ == "__main__":
    main()
