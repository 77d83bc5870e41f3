"""The set-up that has nothing but Python to start from."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from tools.environments import (
    CACHE,
    ROOT,
    fingerprint_of,
    has,
    is_fresh,
    mark_fresh,
    python_of,
    translated,
    version_in,
)


def test_pip_settings_are_translated_for_uv():
    """A mirror and a certificate that pip is configured with serve uv too; the stronger, later line wins."""
    configuration = """\
global.cert='/etc/ssl/one.pem'
global.index-url='https://mirror.example/one'
global.extra-index-url='https://mirror.example/more'
global.timeout='60'
:env:.index-url='https://mirror.example/two'
"""

    assert translated(configuration) == {
        "SSL_CERT_FILE": "/etc/ssl/one.pem",
        "UV_DEFAULT_INDEX": "https://mirror.example/two",
    }


def test_missing_module_is_told_from_present_one():
    """Whether venv can bring pip along is found out by trying."""
    assert has("json")
    assert not has("no_such_module_anywhere")


def test_set_up_needs_the_standard_library_only():
    """The script runs before anything is installed: isolated, without site-packages."""
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "environments.py"), "--help"]

    assert "--group" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_environment_is_fresh_until_something_changes(tmp_path: Path):
    """A mark holds for the files it was made from, and for no other content of them."""
    file = tmp_path / "constraints.txt"
    file.write_text("one==1\n")
    mark_fresh(tmp_path, fingerprint_of(file))

    assert is_fresh(tmp_path, fingerprint_of(file))
    file.write_text("one==2\n")
    assert not is_fresh(tmp_path, fingerprint_of(file))


def test_version_of_an_environment_is_what_its_python_says(tmp_path: Path):
    """An environment is recognised by its interpreter, and its absence is no error."""
    venv.create(tmp_path / "some", with_pip=False)

    assert version_in(tmp_path / "some") == sys.version
    assert version_in(tmp_path / "none") is None


def test_pip_is_asked_although_the_environment_has_none(tmp_path: Path):
    """From an environment that uv made, pip's configuration is still found where the machine has a pip."""
    venv.create(tmp_path, with_pip=False)
    program = "from tools.environments import pip_configuration; print(pip_configuration())"

    asked = subprocess.run(
        [python_of(tmp_path), "-c", program],
        cwd=ROOT,
        env=os.environ | {"PIP_INDEX_URL": "https://mirror.example/one"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ("mirror.example/one" in asked.stdout) is any(
        map(has_pip, [sys._base_executable, python_of(CACHE / "uv")])
    )


def has_pip(python: str | Path) -> bool:
    """Say whether an interpreter is there and has pip."""
    if not Path(python).exists():
        return False
    return subprocess.run([python, "-m", "pip"], capture_output=True, check=False).returncode == 0
