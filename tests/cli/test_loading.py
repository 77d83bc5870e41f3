import sys

import pytest

from straightway import Straightway
from straightway.cli.discovery import find_target
from straightway.cli.loading import load
from straightway.cli.messages import Failure


@pytest.fixture
def found(project, monkeypatch):
    """A function that loads a target from the project, whose modules are forgotten after."""
    monkeypatch.chdir(project.directory)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)

    def loaded(path=None, **options):
        return load(find_target(path, **options))

    yield loaded
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.fixture
def failure(found):
    """A function that loads a target and returns the failure that this ends in."""

    def failed(path=None, **options):
        with pytest.raises(Failure) as caught:
            found(path, **options)
        return caught.value

    return failed


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("other = api = app = Straightway()", "app"),
        ("another = api = Straightway()", "api"),
        ("app = None; shop = Straightway()", "shop"),
        ("b = Straightway(); a = Straightway()", "a"),
    ],
)
def test_the_application_is_app_or_api_or_the_first(project, found, source, name):
    """`app` comes first, then `api`, then the first in the order of dir(); what is no application is passed over."""
    project.write("choose_main.py", f"from straightway import Straightway\n{source}")

    loaded = found("choose_main.py")

    assert loaded.import_string == f"choose_main:{name}"
    assert isinstance(loaded.application, Straightway)


def test_app_chooses_among_several(project, found):
    """--app decides even where there is an `app`."""
    project.write(
        "several_main.py", "from straightway import Straightway\napp = Straightway()\nshop = Straightway()"
    )

    assert found("several_main.py", app="shop").import_string == "several_main:shop"


def test_a_subclass_is_an_application(project, found):
    """An application of a class derived from Straightway is found."""
    project.write(
        "derived_main.py",
        """
        from straightway import Straightway

        class Shop(Straightway):
            pass

        shop = Shop()
        """,
    )

    assert found("derived_main.py").import_string == "derived_main:shop"


def test_modules_of_a_package_may_import_relatively(project, found):
    """A file in a package is imported as a module of the package."""
    project.write("shelf/__init__.py", "")
    project.write("shelf/base.py", "from straightway import Straightway\napp = Straightway()")
    project.write("shelf/main.py", "from .base import app")

    assert found("shelf/main.py").import_string == "shelf.main:app"


def test_an_import_string_may_name_any_asgi_application(project, found):
    """An application wrapped in a middleware, or a coroutine function, is served when it is named."""
    project.write(
        "wrapped_main.py",
        """
        from starlette.middleware.gzip import GZipMiddleware
        from straightway import Straightway

        app = GZipMiddleware(Straightway())

        async def plain(scope, receive, send): ...
        """,
    )

    assert type(found("wrapped_main:app").application).__name__ == "GZipMiddleware"
    assert found("wrapped_main:plain").import_string == "wrapped_main:plain"


def test_a_file_without_application_is_told(project, failure):
    """The file is named, and what to write."""
    project.write("empty_main.py", "")

    told = failure("empty_main.py")

    assert told.what == "Could not find a Straightway application in empty_main.py"
    assert "app = Straightway()" in told.instead


def test_the_application_of_another_framework_is_recognised(project, failure):
    """Starlette's class is named, and the import string that would serve it."""
    project.write("foreign_main.py", "from starlette.applications import Starlette\napp = Starlette()")

    assert "starlette's Starlette" in failure("foreign_main.py").instead
    assert "foreign_main:app" in failure("foreign_main.py").instead


def test_a_package_without_application_points_to_its_main(project, failure):
    """Who names the package probably means its main.py."""
    project.write("hollow/__init__.py", "")
    project.write("hollow/main.py", "")

    assert failure("hollow").instead == "Name the file in that package: hollow/main.py"


def test_a_missing_variable_is_told_with_the_right_one(project, failure):
    """The message names the application that is there."""
    project.write("named_main.py", "from straightway import Straightway\nshop = Straightway()")

    told = failure("named_main.py", app="app")

    assert told.what == "Could not find app in named_main"
    assert told.instead == "Its application is called shop."


@pytest.mark.parametrize(
    "target", ["factory_main:create_app", "factory_main:create_app()", "factory_main.py:create_app"]
)
def test_a_factory_is_not_called(project, failure, target):
    """The message says what to write instead, whichever way the function is named."""
    project.write(
        "factory_main.py", "from straightway import Straightway\ndef create_app(): return Straightway()"
    )

    assert failure(target).instead == "Call it in that module, and name the result: app = create_app()"


@pytest.mark.parametrize("name", ["Shop", "number"])
def test_what_is_no_application_is_refused(project, failure, name):
    """A class and a number cannot be served."""
    project.write("odd_main.py", "class Shop: pass\nnumber = 3")

    assert "not an application" in failure(f"odd_main:{name}").what
    assert "not a Straightway application" in failure("odd_main.py", app=name).what


def test_a_missing_module_is_told_with_where_it_was_looked_for(project, failure):
    """A wrong import string is not taken for a missing package."""
    told = failure("nowhere_main:app")

    assert told.what == "Module not found: nowhere_main (PATH: nowhere_main:app)"
    assert str(project.directory) in told.instead


def test_a_file_named_like_another_module_is_told(project, failure):
    """`email.py` would be mistaken for Python's own email package, which is imported already."""
    project.write("email.py", "from straightway import Straightway\napp = Straightway()")

    told = failure("email.py")

    assert told.what.startswith("email.py was not imported: another module is called email")
    assert told.instead == "Rename your file."
