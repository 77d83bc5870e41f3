import base64
import hashlib
import io
import sys
import tarfile
from pathlib import Path

import hatch_build
import pytest
from hatch_build import (
    LICENCES,
    NAMES,
    NAMES_IN_WHEEL,
    NO_PICTURE,
    REMOTE_LOGO,
    SCRIPT,
    ReDocHook,
    UnusableError,
    fetch,
)

from straightway.cli.compat.frameworks import SHIPPED
from tools.environments import ROOT

CONTENTS = {SCRIPT: b"script(" + REMOTE_LOGO + b")", LICENCES[0]: b"licence one", LICENCES[1]: b"licence two"}


def archived(contents):
    """Pack files the way npm does."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def integrity(content):
    """Write a digest the way npm does."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode("ascii")


@pytest.fixture
def npm(monkeypatch, tmp_path):
    """Return a function that installs an npm which fetches the given archive, or fails."""
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))

    def install(archive):
        monkeypatch.setattr(hatch_build, "INTEGRITY", integrity(archive or b""))
        (tmp_path / "served.tgz").write_bytes(archive or b"")
        command = commands / "npm"
        command.write_text(
            f"#!{sys.executable}\n"
            "import shutil, sys\n"
            "assert sys.argv[1:3] == ['pack', 'redoc@2.5.4'], sys.argv\n"
            f"sys.exit(1) if {archive is None} else shutil.copy({str(tmp_path / 'served.tgz')!r}, 'redoc-2.5.4.tgz')\n"
        )
        command.chmod(0o755)

    return install


@pytest.fixture
def folder(tmp_path):
    """Name a folder that is not there yet."""
    return tmp_path / "assets"


def test_script_and_licences_are_fetched(npm, folder):
    """The script asks its makers' server for nothing, and its licences are beside it."""
    npm(archived(CONTENTS))

    fetch(folder)

    assert (folder / "redoc.standalone.js").read_bytes() == b"script(" + NO_PICTURE + b")"
    notice = (folder / "redoc.LICENSE.txt").read_text("utf-8")
    assert notice.startswith(f"redoc@2.5.4 {hatch_build.INTEGRITY}\n")
    assert "licence one" in notice
    assert "licence two" in notice


def test_fetched_once(npm, folder):
    """What is there is not fetched again, until another version is wanted."""
    npm(archived(CONTENTS))
    fetch(folder)
    npm(None)
    (folder / "redoc.LICENSE.txt").write_text(f"redoc@2.5.4 {hatch_build.INTEGRITY}\n", "utf-8")

    fetch(folder)

    (folder / "redoc.LICENSE.txt").write_text("redoc@2.5.3 sha512-other\n", "utf-8")
    with pytest.raises(hatch_build.subprocess.CalledProcessError):
        fetch(folder)


def test_other_content_is_refused(npm, folder, monkeypatch):
    """An archive that is not the one meant is not unpacked."""
    npm(archived(CONTENTS))
    monkeypatch.setattr(hatch_build, "INTEGRITY", "sha512-expected")

    with pytest.raises(UnusableError, match=r"what npm fetched as redoc@2\.5\.4 is another file: sha512-"):
        fetch(folder)

    assert not folder.exists()


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({**CONTENTS, SCRIPT: b"script()"}, "has changed"),
        ({SCRIPT: CONTENTS[SCRIPT]}, "has no package/LICENSE"),
    ],
)
def test_changed_package(npm, folder, contents, message):
    """A version of which something is missing is not used, so that nobody finds out in production."""
    npm(archived(contents))

    with pytest.raises(UnusableError, match=message):
        fetch(folder)

    assert not folder.exists()


class Reporter:
    """Keeps the warnings of a build."""

    def __init__(self):
        self.warnings = []

    def display_warning(self, message):
        """Keep one."""
        self.warnings.append(message)


@pytest.mark.parametrize("installed", [True, False])
def test_build_goes_on_without_it(npm, tmp_path, installed):
    """Where npm fails or is missing, the wheel is built without the script and the build says so."""
    if installed:
        npm(None)
    reporter = Reporter()
    hook = ReDocHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel", reporter)
    build = {"artifacts": [], "force_include": {}}

    hook.initialize("standard", build)

    assert build["artifacts"] == ["/src/straightway/describe/assets/*"]
    [warning] = reporter.warnings
    assert warning.startswith("/redoc will load its script from a CDN: ")
    assert not (Path(tmp_path) / "src").exists()


@pytest.mark.parametrize(("version", "included"), [("standard", True), ("editable", False)])
def test_modules_called_fastapi_are_put_where_the_command_looks_for_them(npm, tmp_path, version, included):
    """`straightway compat` finds them in a wheel; an editable installation has the checkout."""
    npm(None)
    hook = ReDocHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel", Reporter())
    build = {"artifacts": [], "force_include": {}}

    hook.initialize(version, build)

    assert (ROOT / NAMES / "__init__.py").is_file()
    assert (ROOT / "src" / NAMES_IN_WHEEL).parent == SHIPPED
    assert build["force_include"] == ({NAMES: NAMES_IN_WHEEL} if included else {})
