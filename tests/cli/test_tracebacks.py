import importlib
import sys

import pytest

from straightway.cli.discovery import find_target
from straightway.cli.loading import load
from straightway.cli.messages import LONGEST, Failure, render


@pytest.fixture
def told(project, monkeypatch):
    """A function that imports broken.py with some source, and returns the message without the mark."""
    monkeypatch.chdir(project.directory)
    monkeypatch.setattr(sys, "path", list(sys.path))
    importlib.import_module("straightway.application")  # which is not to be forgotten with broken.py
    known = set(sys.modules)

    def message(source, *, verbose=False, name="broken.py"):
        project.write(name, source)
        with pytest.raises(Failure) as caught:
            load(find_target(name))
        return render(caught.value, verbose=verbose)

    yield message
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_an_exception_at_import_shows_the_users_lines_only(told):
    """Frames of the import system, the standard library and the framework are left out."""
    message = told(
        """
        import json

        def settings():
            return json.loads("{bad")

        SETTINGS = settings()
        """
    )

    assert message.splitlines()[0].startswith(
        "Error: broken.py could not be imported: JSONDecodeError: Expecting"
    )
    assert "  broken.py:6\n      SETTINGS = settings()\n  broken.py:4\n      return json.loads(" in message
    assert "importlib" not in message
    assert "decoder.py" not in message


def test_verbose_shows_the_whole_traceback(told):
    """With --verbose nothing is folded."""
    message = told("import json\njson.loads('{bad')", verbose=True)

    assert "Traceback (most recent call last)" in message
    assert "importlib" in message
    assert "decoder.py" in message


def test_a_syntax_error_points_at_the_column(told):
    """File, line and the place in the line are shown."""
    message = told("from straightway import Straightway\n\nif True:\n    app = Straightway(\n")

    assert "SyntaxError: '(' was never closed" in message
    assert "  broken.py:4\n      app = Straightway(\n                       ^" in message


def test_a_missing_package_is_told_with_how_to_install_it(told):
    """The line of the import and a command are shown."""
    message = told("import os\nimport no_such_package.part")

    assert "ModuleNotFoundError: No module named 'no_such_package'" in message
    assert "  broken.py:2\n      import no_such_package.part" in message
    assert "pip install no_such_package" in message


def test_a_folder_that_is_no_package_is_recognised(told, project):
    """`from shop.db import x` in shop/main.py fails without shop/__init__.py, and that is what is said."""
    project.write("shop/db.py", "x = 1")

    message = told("from shop.db import x", name="shop/main.py")

    assert "No module named 'shop'" in message
    assert "add an empty __init__.py to shop" in message


def test_a_relative_import_outside_of_a_package_is_explained(told):
    """The remedy is an __init__.py."""
    message = told("from .db import x")

    assert "attempted relative import" in message
    assert "add an empty __init__.py" in message


def test_a_declaration_error_shows_its_place_and_its_remedy(told):
    """What the framework says about a declaration is shown as it is, with the user's file and line."""
    message = told(
        """
        from straightway.errors import DeclarationError, Place

        raise DeclarationError(
            "'limit' is declared twice",
            at=Place(function="read_items", file="broken.py", line=12, path="GET /items"),
            instead="rename one of the two",
        )
        """
    )

    assert message.splitlines()[0] == "Error: broken.py could not be imported: 'limit' is declared twice"
    assert "  declared at broken.py:12 in read_items() for GET /items" in message
    assert message.endswith("Instead: rename one of the two")


def test_a_parameter_is_underlined_and_its_line_is_shown_once(told):
    """The line of the decorator is where the exception came through, the parameter is what it is about."""
    message = told(
        """
        from straightway import Depends, Straightway

        app = Straightway()

        @app.get("/")
        def read(db: int = Depends(int("1"))): ...
        """
    )

    assert message.splitlines()[1:] == [
        "",
        "  broken.py:5",
        '      @app.get("/")',
        "  declared at broken.py:6 in read(db) for GET /",
        '      def read(db: int = Depends(int("1"))): ...',
        "               ^^",
        "",
        "Instead: db: int = Depends(int), the function itself, not what it returns",
    ]


def test_a_call_that_is_wrong_is_shown_once(told):
    """Where the exception came through the very line that it is about, that line is not repeated."""
    message = told("from straightway import APIRouter\nAPIRouter(prefix='items')")

    assert message.splitlines()[2:] == [
        "  declared at broken.py:2",
        "      APIRouter(prefix='items')",
        "",
        'Instead: prefix="/items"',
    ]


def test_a_note_is_shown(told):
    """What Pydantic refuses has the place in a note."""
    message = told(
        """
        from straightway import Query, Straightway

        app = Straightway()

        @app.get("/")
        def read(n: int = Query(gt="a")): ...
        """
    )

    assert "  declared at " in message
    assert "broken.py:6 in read(n)" in message


def test_a_missing_package_of_ours_is_told_with_how_to_install_it(told):
    """The parameter that needs it is shown, and the command."""
    message = told(
        """
        import sys
        from straightway import Form, Straightway

        app = Straightway()
        hidden = {name: sys.modules.get(name) for name in ("python_multipart", "multipart")}
        sys.modules.update(dict.fromkeys(hidden))
        try:
            @app.post("/")
            def log_in(user: str = Form()): ...
        finally:
            for name, module in hidden.items():
                if module is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = module
        """
    )

    assert "  declared at broken.py:9 in log_in(user) for POST /" in message
    assert message.endswith('Install it with: pip install "straightway[standard]"')


def test_sys_exit_at_import_is_told(told):
    """A module that ends the program is named."""
    message = told("import sys\nsys.exit('SECRET_KEY is not set')")

    assert "broken.py ended the program while it was imported: SystemExit: SECRET_KEY is not set" in message
    assert "  broken.py:2\n" in message


def test_an_error_in_a_group_of_one_is_told_itself(told):
    """Task groups wrap every exception; what was raised is what counts."""
    message = told("raise ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('no')])")

    assert "could not be imported: ValueError: no" in message


@pytest.mark.parametrize(
    "source",
    [
        "def f(n): return f(n + 1)\nf(0)",
        "raise ValueError('\\n'.join(map(str, range(100))))",
        "def f(n): return 1 / 0 if n == 9 else f(n + 1)\nf(0)",
        "def f(n):\n    if n: f(n - 1)\n    raise ValueError('\\n'.join(map(str, range(100))))\nf(9)",
    ],
    ids=["recursion", "long message", "deep", "long and deep"],
)
def test_a_message_takes_fifteen_lines_at_most(told, source):
    """However long the message or the traceback, the first screen holds it, and says that there is more."""
    message = told(source)

    assert len(message.splitlines()) <= LONGEST
    assert "broken.py:" in message
    assert "--traceback" in message
