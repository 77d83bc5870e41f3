"""What makes `import fastapi` mean one framework or the other."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from straightway.cli.compat import frameworks
from straightway.cli.messages import Failure
from tests.compat.places import SOURCES


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installation from a wheel: no checkout around it, and the modules of the distribution beside the command."""
    shipped = tmp_path / "names"
    monkeypatch.setattr(frameworks, "CHECKOUT", tmp_path / "no" / "checkout")
    monkeypatch.setattr(frameworks, "SHIPPED", shipped)
    return shipped


@pytest.fixture
def scratch(tmp_path):
    """A directory for what is written while the command runs."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_modules_in_the_wheel_are_used_where_there_is_no_checkout(installed, scratch):
    """They come first in the import path, with the metadata that an installed distribution would have."""
    shutil.copytree(SOURCES, installed)

    framework = frameworks.straightway_framework(scratch)

    path = framework.environment()["PYTHONPATH"].split(os.pathsep)
    assert path[:2] == [str(installed), str(scratch)]
    assert framework.python == Path(sys.executable)
    assert [each.name for each in scratch.iterdir()] == ["fastapi-0.165.0+straightway.dist-info"]


def test_incomplete_installation_is_told(installed, scratch):
    """A file that is not there is named, with what to do."""
    with pytest.raises(Failure, match="incomplete: there is no ") as failure:
        frameworks.straightway_framework(scratch)

    assert "pip install --force-reinstall straightway" in failure.value.instead


def test_inherited_import_path_and_seed_stay(monkeypatch, tmp_path):
    """What the user has set holds; only an unset seed is set, so that sets have one order on both sides."""
    monkeypatch.setenv("PYTHONPATH", "here")
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    unset = frameworks.fastapi_framework(None, tmp_path).environment()
    monkeypatch.setenv("PYTHONHASHSEED", "7")

    assert unset["PYTHONPATH"] == f"{tmp_path}{os.pathsep}here"
    assert unset["PYTHONHASHSEED"] == "0"
    assert frameworks.fastapi_framework(None, None).environment()["PYTHONHASHSEED"] == "7"


def test_fetching_that_fails_is_told_with_the_command(monkeypatch, tmp_path):
    """Nothing half fetched stays, and the last lines of the installer are shown."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(
        frameworks, "_installer", lambda: [sys.executable, "-c", "raise SystemExit('no network')"]
    )

    with pytest.raises(Failure, match="FastAPI could not be fetched by ") as failure:
        frameworks.downloaded()

    assert failure.value.excerpt == ("  no network",)
    assert list((tmp_path / "straightway").iterdir()) == []


def test_what_was_fetched_is_used_again(monkeypatch, tmp_path):
    """One folder for one set of installed versions; the installer is asked once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    program = "import pathlib, sys; pathlib.Path(sys.argv[sys.argv.index('--target') + 1]).mkdir()"
    monkeypatch.setattr(frameworks, "_installer", lambda: [sys.executable, "-c", program])
    first = frameworks.downloaded()
    monkeypatch.setattr(frameworks, "_installer", lambda: [sys.executable, "-c", "raise SystemExit(1)"])

    assert frameworks.downloaded() == first
    assert first.parent == tmp_path / "straightway"
    assert first.name.startswith("fastapi-0.165.0-")
