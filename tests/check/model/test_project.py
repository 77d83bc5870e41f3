import ast

import pytest

from straightway.check.model.project import UNKNOWN, Definition, read_project
from straightway.check.model.source import Unreadable
from tests.check.applications import written


def meaning(project, text, module="main"):
    """Return what the last expression statement of that text means at the end of a module."""
    node = next(
        each.value
        for each in ast.walk(project.modules[module].tree)
        if isinstance(each, ast.Expr) and ast.unparse(each.value) == text
    )
    found = project.resolve(project.modules[module], node)
    return f"{found.module.name}:{found.name}" if isinstance(found, Definition) else found


@pytest.mark.parametrize(
    ("source", "text", "meant"),
    [
        ("import time\ntime.sleep", "time.sleep", "time.sleep"),
        ("import time as t\nt.sleep", "t.sleep", "time.sleep"),
        ("from time import sleep as pause\npause", "pause", "time.sleep"),
        ("import os.path\nos.path.join", "os.path.join", "os.path.join"),
        ("import time\nnap = time.sleep\nnap", "nap", "time.sleep"),
        ("open", "open", "builtins.open"),
        ("def open(): ...\nopen", "open", "main:open"),
        ("from fastapi import *\nDepends", "Depends", "fastapi.Depends"),
        ("from fastapi import *\nstr", "str", "builtins.str"),
        ("try:\n    from x import y\nexcept ImportError:\n    y = None\ny", "y", "x.y"),
        ("def f(time):\n    time.sleep", "time.sleep", None),
        ("import time\ndef f():\n    time = 1\n    def g():\n        time.sleep", "time.sleep", None),
        ("import a\ndef f():\n    import b as a\n    a.c", "a.c", "b.c"),
        ("import a\nclass K:\n    a = 1\n    def f(self):\n        a.c", "a.c", "a.c"),
        ("class K:\n    def f(self): ...\nk = K()\nk.f", "k.f", "main:f"),
        ("a = b\nb = a\na", "a", "main:a"),
        ("a = a.b()\na.c", "a.c", None),
        ("def f(a=1):\n    [a for a in [1]]\nf", "f", "main:f"),
        ("missing", "missing", None),
    ],
)  # fmt: skip
def test_a_name_means_what_python_would_find(tmp_path, source, text, meant):
    """Aliases, attributes, builtins, local names and shadowing are those of Python."""
    (tmp_path / "main.py").write_text(source)

    assert meaning(read_project(tmp_path, ["main"]), text) == meant


def test_names_are_followed_through_modules(tmp_path):
    """Relative imports, packages that re-export, and star imports lead to the definition."""
    project = written(
        tmp_path,
        pack__main="from . import deps\nfrom .deps import *\nfrom pack import run\ndeps.get\nget\nrun\n",
        pack____init__="from .deps import get as run\n",
        pack__deps="from .inner import get\n",
        pack__inner="def get(): ...\n",
    )
    (tmp_path / "pack" / "__init__.py").write_text("from .deps import get as run\n")
    project = read_project(tmp_path, ["pack.main"])

    for text in ("deps.get", "get", "run"):
        assert meaning(project, text, "pack.main") == "pack.inner:get"


def test_modules_that_import_each_other_are_read_once(tmp_path):
    """A cycle of imports ends, also where nothing is defined in it."""
    project = written(tmp_path, a="from b import x\nx", b="from a import x\n")

    assert list(project.modules) == ["a", "b"]
    assert meaning(project, "x", "a") is None


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = '/a'\nx", "/a"),
        ("p = '/a'\nx = f'{p}/b'\nx", "/a/b"),
        ("p = '/a'\nx = p + '/b'\nx", "/a/b"),
        ("x = ['*']\nx", ["*"]),
        ("from fastapi import status\nx = status.HTTP_204_NO_CONTENT\nx", 204),
        ("x = 1\nx = 2\nx", UNKNOWN),
        ("import os\nx = os.environ['A']\nx", UNKNOWN),
        ("x = x\nx", UNKNOWN),
    ],
)
def test_constants_are_known_where_they_are_assigned_once(tmp_path, source, value):
    """What is assigned twice, or made by a call, is not known."""
    (tmp_path / "main.py").write_text(source)
    project = read_project(tmp_path, ["main"])
    last = project.modules["main"].tree.body[-1]

    assert project.constant(project.modules["main"], last.value) == value


@pytest.mark.parametrize(
    "content", [b"def (", b"\xff\xfe", b"x = '\x00'"], ids=["syntax", "encoding", "null byte"]
)
def test_a_file_that_is_no_python_is_told_with_its_place(tmp_path, content):
    """The exception carries file, line and reason."""
    (tmp_path / "main.py").write_bytes(content)

    with pytest.raises(Unreadable) as caught:
        read_project(tmp_path, ["main"])

    assert caught.value.file == tmp_path / "main.py"
    assert caught.value.line >= 1
    assert caught.value.reason
