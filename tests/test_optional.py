import sys
from types import ModuleType

import pytest

from straightway.errors import MissingDependencyError
from straightway.optional import (
    ensure_multipart_is_installed,
    multipart_incorrect_install_error,
    multipart_not_installed_error,
)


def module(name, **attributes):
    """Make a module that is in no file."""
    made = ModuleType(name)
    vars(made).update(attributes)
    return made


@pytest.fixture
def install(monkeypatch):
    """Make exactly these modules importable, of those that parse forms."""

    def only(**modules):
        for name in ("python_multipart", "multipart", "multipart.multipart"):
            monkeypatch.setitem(sys.modules, name, modules.get(name.replace(".", "_")))

    return only


def test_installed_package_is_accepted():
    """The package of the test environment will do."""
    ensure_multipart_is_installed()


@pytest.mark.parametrize("version", ["0.0.13", "0.0.100", "0.1", "1.0.0rc1"])
def test_versions_are_compared_as_numbers(install, version):
    """Any release after 0.0.12 has a name of its own."""
    install(python_multipart=module("python_multipart", __version__=version))

    ensure_multipart_is_installed()


def test_old_release_is_accepted(install):
    """Releases up to 0.0.12 were imported as `multipart`."""
    install(
        multipart=module("multipart", __version__="0.0.12"),
        multipart_multipart=module("multipart.multipart", parse_options_header=print),
    )

    ensure_multipart_is_installed()


def test_nothing_installed(install):
    """The error says what to install."""
    install()

    with pytest.raises(MissingDependencyError) as caught:
        ensure_multipart_is_installed()

    assert str(caught.value) == (
        f'{multipart_not_installed_error}\nInstall it with: pip install "straightway[standard]"'
    )


def test_other_package_installed(install):
    """The package that took the name is pointed out."""
    install(
        multipart=module("multipart", __version__="1.2"), multipart_multipart=module("multipart.multipart")
    )

    with pytest.raises(RuntimeError, match=multipart_incorrect_install_error):
        ensure_multipart_is_installed()
