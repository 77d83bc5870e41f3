"""The `fastapi` distribution has the names of FastAPI 0.165.0; surface.toml says which."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.compat.places import SOURCES

HERE = Path(__file__).parent
SURFACE = tomllib.loads((HERE / "surface.toml").read_text("utf-8"))
PACKAGE = SOURCES / "fastapi"
OWN_MODULES = {"fastapi.__main__", "fastapi._ownership"}


@pytest.fixture(scope="module")
def found(run_with_fastapi):
    """What the comparison in a process of its own has found."""
    return json.loads(run_with_fastapi(HERE / "surface.py"))


@pytest.mark.parametrize("module", SURFACE["names"])
def test_module_has_its_names(found, module):
    """Everything that can be imported from FastAPI's module can be imported from ours."""
    assert found["missing names"][module] == []


@pytest.mark.parametrize("name", SURFACE["parameters"])
def test_callable_has_its_parameters(found, name):
    """Parameters have FastAPI's names and defaults, but for those that are added; a required one may have a default."""
    ours, theirs = found["parameters"][name], SURFACE["parameters"][name]

    assert ours.keys() - SURFACE["added"].keys() == theirs.keys()
    assert {each: ours[each] for each in theirs if theirs[each] not in ("...", ours[each])} == {
        each: theirs[each] for each in theirs if theirs[each] not in ("...", ours[each])
    }


@pytest.mark.parametrize("name", SURFACE["attributes"])
def test_object_has_its_attributes(found, name):
    """What packages read of FastAPI's objects can be read of ours."""
    assert found["missing attributes"][name] == []


def test_what_is_listed_as_absent_is_absent(found):
    """Nobody is told that a name is missing which is there; and each has a reason."""
    assert found["present"] == []
    assert all(SURFACE["absent"].values())


def test_every_module_is_in_the_table():
    """A module that is added to the distribution is added to the table as well."""
    files = [path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py")]
    modules = {".".join(path.parts).removesuffix(".__init__") for path in files}

    assert modules == SURFACE["names"].keys() | OWN_MODULES
