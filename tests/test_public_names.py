import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from inspect import getsource

import pytest

import straightway


def names_for_type_checkers():
    """Return what the package imports for type checkers only, by name."""
    for node in ast.parse(getsource(straightway)).body:
        if isinstance(node, ast.If):
            for statement in node.body:
                for alias in statement.names:
                    assert alias.asname == alias.name, "an editor follows only explicit re-exports"
                    yield alias.name, f"{statement.module}"


def in_new_process(code):
    """Return what a new interpreter prints."""
    return subprocess.run(  # noqa: S603  # our own text
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()


def test_names_are_sorted():
    """A person finds a name in the list, and each stands there once."""
    assert straightway.__all__ == sorted(set(straightway.__all__))


def test_names_are_those_that_type_checkers_see():
    """What can be imported and what an editor knows are the same, from the same modules."""
    seen = dict(names_for_type_checkers())

    assert {*seen, "__version__"} == set(straightway.__all__)
    assert {name: home for name, home in seen.items() if name != "status"} == straightway._HOMES


@pytest.mark.parametrize("name", straightway.__all__)
def test_name_can_be_imported(name):
    """Every name leads to the object of that name in its home."""
    value = getattr(straightway, name)

    home = straightway._HOMES.get(name)
    if home is not None:
        assert value is getattr(import_module(home), name)


def test_names_are_listed():
    """`dir()` shows the public names before they are imported."""
    (first, *_) = in_new_process(
        "import straightway; print(set(straightway.__all__) <= set(dir(straightway)))"
    )

    assert first == "True"
    assert dir(straightway) == sorted(dir(straightway))


def test_unknown_name_is_an_attribute_error():
    """As for any module; `hasattr` and optional imports rely on it."""
    with pytest.raises(AttributeError, match="module 'straightway' has no attribute 'FastAPI'"):
        straightway.FastAPI  # noqa: B018  # the access is what is tested


def test_package_imports_nothing_until_it_is_asked():
    """The command line starts without the framework."""
    loaded = in_new_process("import sys, straightway; print(*sys.modules)")

    assert not {"starlette", "pydantic", "anyio", "straightway.application"} & set(loaded)


def test_star_import_brings_every_name():
    """`from straightway import *` works, and brings nothing else."""
    brought = in_new_process(
        "before = set(globals()); from straightway import *; print(*set(globals()) - before - {'before'})"
    )

    assert set(brought) == set(straightway.__all__)


def test_version_is_that_of_the_distribution():
    """One place says it; the package's metadata repeat it."""
    assert straightway.__version__ == version("straightway")
