"""The set-up that has nothing but Python to start from."""

import subprocess
import sys

from tools.environments import ROOT, has, translated


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
