"""Packages that some features need and that need not be installed."""

from importlib import import_module
from types import ModuleType

from straightway.errors import MissingDependencyError

__all__ = [
    "ensure_multipart_is_installed",
    "multipart_incorrect_install_error",
    "multipart_not_installed_error",
]

# No brackets or other regular expression syntax: code written for FastAPI uses these as patterns.
multipart_not_installed_error = "Reading forms and uploads requires the package python-multipart"
multipart_incorrect_install_error = (
    "Reading forms and uploads requires the package python-multipart, and the package multipart, "
    "which is another one, is installed under its name: uninstall multipart first"
)

# 0.0.12 was the last release that had no module `python_multipart` of its own.
_LAST_WITHOUT_OWN_NAME = (0, 0, 12)


def ensure_multipart_is_installed() -> None:
    """Raise `MissingDependencyError` unless Starlette will be able to parse forms."""
    package = _imported("python_multipart")
    if package is not None and _version(package) > _LAST_WITHOUT_OWN_NAME:
        return
    if not hasattr(_imported("multipart"), "__version__"):
        raise MissingDependencyError(multipart_not_installed_error)
    # Both packages have been importable as `multipart`; only the right one has this function.
    if not hasattr(_imported("multipart.multipart"), "parse_options_header"):
        raise MissingDependencyError(multipart_incorrect_install_error)


def _imported(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def _version(module: ModuleType) -> tuple[int, ...]:
    parts = getattr(module, "__version__", "0").split(".")
    return tuple(int(part) for part in parts[:3] if part.isdecimal())
