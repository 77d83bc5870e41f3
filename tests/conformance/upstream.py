"""The tests of FastAPI 0.165.0: fetched from the package index, checked, and laid out to be run.

Only what running the tests needs leaves the archive. The library in it never does: the name `fastapi` must lead to our
distribution, and FastAPI's source is not ours to look at.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

VERSION = "0.165.0"
SHA256 = "dd94d4128319c1e1d50535ab023ab698f850a4d2822f0e181747b46f4ff3c0ab"

# How many tests pytest collects from tests/ without the benchmarks. A run that finds another number measures
# something else.
TOTAL = 5227

TESTS = "tests"
BENCHMARKS = ("tests/benchmarks", "tests/memory_benchmarks")
# docs_src holds the applications under test, pyproject.toml pytest's settings; a few tests are about scripts, and two
# send that image.
NEEDED = ("tests/", "docs_src/", "scripts/", "pyproject.toml", "docs/en/docs/img/favicon.png")


def fetch(cache: Path, *, python: Path) -> Path:
    """Give the checked archive, downloading it with that interpreter's pip where the cache lacks it."""
    archive = cache / f"fastapi-{VERSION}.tar.gz"
    if not archive.exists():
        download(cache, python=python)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        archive.unlink()
        sys.exit(f"error: {archive.name} has the SHA-256 {found}, not {SHA256}; it was deleted")
    return archive


def download(folder: Path, *, python: Path) -> None:
    """Download the source distribution, the only one that carries the tests, from the configured package index."""
    print(f"Downloading the source distribution of FastAPI {VERSION}", flush=True)
    command = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", "fastapi", "--dest", str(folder), f"fastapi=={VERSION}"]
    if subprocess.run(command, check=False).returncode:
        sys.exit("error: the download failed; pip's message is above")


def lay_out(archive: Path, folder: Path) -> None:
    """Write the needed files of the archive into a fresh folder; the tests write beside themselves."""
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as opened:
        for name, content in needed_files(opened):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def needed_files(opened: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """Yield the name, below the archive's one top directory, and the content of every file the tests need."""
    for member in opened:
        _, _, name = member.name.partition("/")
        content = opened.extractfile(member) if name.startswith(NEEDED) else None
        if content is not None and ".." not in Path(name).parts:
            yield name, content.read()
