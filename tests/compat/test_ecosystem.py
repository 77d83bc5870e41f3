"""What published packages read of `fastapi` is there, or docs/compatibility.md says why not."""

import json
import tomllib

import pytest

from tests.compat.places import ROOT

HERE = ROOT / "tests" / "compat"
TABLE = tomllib.loads((HERE / "ecosystem.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def missing(run_with_fastapi):
    """What a process of its own has not found."""
    return json.loads(run_with_fastapi(HERE / "ecosystem.py"))


@pytest.mark.parametrize("kind", ["names", "attributes", "scope"])
def test_what_packages_read_is_there(missing, kind):
    """Names of modules, attributes of objects and keys of the scope."""
    assert TABLE[kind]
    assert missing[kind] == []


def test_what_is_not_there_is_documented(missing):
    """The documentation names it, and nothing is called missing that is there."""
    text = (ROOT / "docs" / "compatibility.md").read_text("utf-8")

    assert missing["documented"] == []
    assert [each for each in TABLE["documented"] if f"`{each}`" not in text] == []
