from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient as StarletteTestClient

from straightway import testing
from straightway.testing import override_dependencies


def original():
    """Stand for a dependency."""


def replacement():
    """Stand for what replaces it in tests."""


def other():
    """Stand for a dependency that is overridden already."""


@pytest.fixture
def app():
    """Make the part of an application that knows about overrides."""
    return SimpleNamespace(dependency_overrides={other: original})


def test_overrides_hold_inside_the_block(app):
    """They come on top of those there are."""
    with override_dependencies(app, {original: replacement}):
        assert app.dependency_overrides == {other: original, original: replacement}


def test_overrides_are_restored(app):
    """The very dictionary of before is back, whatever the block did."""
    before = app.dependency_overrides

    with override_dependencies(app, {other: replacement}):
        app.dependency_overrides.clear()

    assert app.dependency_overrides is before
    assert before == {other: original}


def test_overrides_are_restored_after_an_error(app):
    """A failing test does not spoil the next one."""
    with pytest.raises(ValueError, match="x"), override_dependencies(app, {original: replacement}):
        raise ValueError("x")

    assert app.dependency_overrides == {other: original}


def test_overrides_nest(app):
    """The inner block adds to the outer one."""
    with override_dependencies(app, {original: replacement}):
        with override_dependencies(app, {original: other}):
            assert app.dependency_overrides[original] is other
        assert app.dependency_overrides[original] is replacement


def test_client_comes_with_the_module():
    """The module for tests has the client as well, loaded when it is asked for."""
    assert testing.TestClient is StarletteTestClient
    with pytest.raises(AttributeError, match="no attribute 'Client'"):
        _ = testing.Client
