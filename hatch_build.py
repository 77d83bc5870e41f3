"""Put into the wheel what is not below src/: ReDoc's bundle, and the modules called `fastapi`.

With the bundle, `/redoc` works without internet.

Third-party files are not part of the source, and no Python package of its own carries this one. So the build has
the npm client fetch it, wherever npm gets its packages from, and checks that it is the file meant. Without npm, or
without its registry, the wheel is built all the same; its page then loads the script from a CDN and says so.

With the modules, `straightway compat` gives Straightway to an application that imports `fastapi`. They are package data
in a directory that is no import path, so that installing Straightway brings nobody another `fastapi`.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "redoc@2.5.4"
# Of the package's archive, as `npm view redoc@2.5.4 dist.integrity` prints it.
INTEGRITY = "sha512-M6jWhG1qoBnH6TFmzJnstyCZ87HmOY/UzDm78mHiYihEdlV/YcS9ogOo1NlElnJMeLsyxHFe2yFc4sNjHTrABQ=="
SCRIPT = "package/bundles/redoc.standalone.js"
LICENCES = ("package/LICENSE", "package/bundles/redoc.standalone.js.LICENSE.txt")
# The page would fetch this picture from its makers' server at every visit. ReDoc shows nothing where it cannot.
REMOTE_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
NO_PICTURE = b"data:,"

NAMES = "compat/fastapi/src/fastapi"
NAMES_IN_WHEEL = "straightway/cli/compat/names/fastapi"

ASSETS = Path("src/straightway/describe/assets")
SECONDS = 60


class ReDocHook(BuildHookInterface[Any]):
    """Fetch the bundle before a wheel, editable ones included, is put together, and add the modules."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the files in place and told to the builder, which leaves out what git ignores."""
        folder = Path(self.root) / ASSETS
        try:
            fetch(folder)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, UnusableError) as error:
            self.app.display_warning(f"/redoc will load its script from a CDN: {error}")
        build_data["artifacts"].append(f"/{ASSETS.as_posix()}/*")
        # An editable installation finds them in the checkout; a copy would grow old.
        if version != "editable":
            build_data["force_include"][NAMES] = NAMES_IN_WHEEL


class UnusableError(Exception):
    """Say why a download is not used."""


def fetch(folder: Path) -> None:
    """Put the script and its licences into a folder, unless those of this version are there."""
    target, notice = folder / "redoc.standalone.js", folder / "redoc.LICENSE.txt"
    first_line = f"{PACKAGE} {INTEGRITY}"
    if target.is_file() and notice.is_file() and notice.read_text("utf-8").startswith(first_line):
        return
    with tempfile.TemporaryDirectory() as download, tarfile.open(archive(Path(download))) as members:
        script = content(members, SCRIPT)
        licences = [content(members, name).decode("utf-8") for name in LICENCES]
    if REMOTE_LOGO not in script:
        raise UnusableError(f"{PACKAGE} has changed; see what its page loads now and adapt hatch_build.py")
    folder.mkdir(exist_ok=True)
    target.write_bytes(script.replace(REMOTE_LOGO, NO_PICTURE))
    change = "Changed: the address of a picture on its makers' server is left out."
    notice.write_text("\n\n".join([first_line, change, *licences]), "utf-8")


def archive(folder: Path) -> Path:
    """Download the package into a folder and return its archive; it is exactly the one meant."""
    npm = shutil.which("npm")
    if npm is None:
        raise UnusableError("npm is not installed")
    command = [npm, "pack", PACKAGE, "--ignore-scripts", "--silent", "--fetch-retries=0"]
    subprocess.run(command, cwd=folder, check=True, timeout=SECONDS, capture_output=True)  # noqa: S603  # constants
    path = next(folder.glob("*.tgz"), None)
    if path is None:
        raise UnusableError(f"npm fetched no {PACKAGE}")
    digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode("ascii")
    if f"sha512-{digest}" != INTEGRITY:
        raise UnusableError(f"what npm fetched as {PACKAGE} is another file: sha512-{digest}")
    return path


def content(members: tarfile.TarFile, name: str) -> bytes:
    """Return one file of an archive."""
    try:
        file = members.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise UnusableError(f"{PACKAGE} has no {name}")
    return file.read()
