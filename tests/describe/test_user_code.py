import json
import sys
import types
from pathlib import Path

import pydantic
import pytest
import starlette

import straightway
from straightway.describe.user_code import owner_of, owner_of_file, shown_file


def frame_in(file, module):
    """Return a frame of a function that has been compiled under that file name, in a module of that name."""
    namespace = {"__name__": module, "sys": sys}
    exec(compile("def here():\n    return sys._getframe()", file, "exec"), namespace)  # noqa: S102  # makes a frame
    here = namespace["here"]
    assert isinstance(here, types.FunctionType)
    return here()


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        (__file__, "user"),
        (json.__file__, "library"),
        (pydantic.__file__, "library"),
        (straightway.__file__, "framework"),
        ("/usr/lib/python3/dist-packages/apt/package.py", "library"),
        ("<string>", "library"),
        ("<frozen importlib._bootstrap>", "library"),
    ],
)
def test_whose_a_file_is(file, owner):
    """By where it lies: what is neither installed nor Python's own is the user's."""
    assert owner_of_file(file) == owner


def test_whose_a_frame_is():
    """By its module too: an application that is installed is the user's all the same, Starlette is the framework."""
    assert owner_of(frame_in("<straightway GET / app.index>", "straightway.compiled")) == "compiled"
    assert owner_of(frame_in(starlette.__file__, "starlette.routing")) == "framework"
    assert owner_of(frame_in(pydantic.__file__, "shop.main")) == "library"
    assert owner_of(frame_in(pydantic.__file__, "shop.main"), "shop") == "user"
    assert owner_of(frame_in(__file__, "tests")) == "user"


def test_files_are_named_in_short(monkeypatch):
    """From the current folder, or from that of their library; others in full."""
    monkeypatch.chdir(Path(__file__).parent)

    assert shown_file(__file__) == "test_user_code.py"
    assert shown_file(json.__file__) == "json/__init__.py"
    assert shown_file("/elsewhere/main.py") == "/elsewhere/main.py"
    assert shown_file("<string>") == "<string>"
