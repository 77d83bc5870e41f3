"""Which interpreters `make pythons` runs the tests on."""

import sys
from pathlib import Path

import pytest

from tools.pythons import candidates, interpreter_of, outcome_on

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


def script(path: Path, content: str) -> Path:
    """Write a command that anybody may run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{content}\n")
    path.chmod(0o755)
    return path


def test_interpreter_that_is_what_it_says_is_taken():
    """The running Python is one of its own version, and of no other."""
    assert interpreter_of(THIS, [Path(sys.executable)]) == Path(sys.executable)
    assert interpreter_of("2.7", [Path(sys.executable)]) is None


def test_commands_that_do_not_run_are_passed_over(tmp_path: Path):
    """Of a missing file, one that refuses, and one that is another version, none is taken."""
    paths = [
        tmp_path / "missing",
        script(tmp_path / "refusing", "echo not installed >&2; exit 127"),
        script(tmp_path / "older", "echo 3.6"),
        Path(sys.executable),
    ]

    assert interpreter_of(THIS, paths) == Path(sys.executable)


def test_candidates_are_those_on_the_path_and_of_pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The one on PATH comes first, then pyenv's, the newest patch first; another minor version is none."""
    on_path = script(tmp_path / "bin" / "python3.1", "")
    for version in ("3.1.2", "3.1.10", "3.10.1"):
        (tmp_path / "versions" / version).mkdir(parents=True)
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    assert list(candidates("3.1")) == [
        on_path,
        tmp_path / "versions" / "3.1.10" / "bin" / "python",
        tmp_path / "versions" / "3.1.2" / "bin" / "python",
    ]


def test_missing_python_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What the machine does not have is said, and fails nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    outcome = outcome_on("3.99")

    assert (str(outcome), outcome.is_failure) == ("not on this machine", False)
