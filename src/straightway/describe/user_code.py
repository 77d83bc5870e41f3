"""Whose code a line is: the user's, the framework's, or that of a package or of Python itself."""

from __future__ import annotations

import sysconfig
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Literal

from straightway.wording import COMPILED

__all__ = ["Owner", "is_within", "libraries", "owner_of", "shown_file"]

Owner = Literal["user", "framework", "library", "compiled"]
"""Compiled is what Straightway wrote itself for an endpoint; nobody has it on disk."""

_OWN_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_FRAMEWORK = frozenset({"straightway", "starlette", "fastapi"})


def owner_of(frame: FrameType, own_package: str = "") -> Owner:
    """Tell whose code a frame runs. `own_package` is the user's even where it is installed among the others."""
    file = frame.f_code.co_filename
    module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    if file.startswith(COMPILED):
        return "compiled"
    if module in _FRAMEWORK:
        return "framework"
    if own_package and module == own_package:
        return "user"
    return owner_of_file(file)


@lru_cache(maxsize=4096)
def owner_of_file(file: str) -> Owner:
    """Tell whose code a file has, by where it lies."""
    if file.startswith("<"):
        return "library"
    path = Path(file).resolve()
    if path.is_relative_to(_OWN_PACKAGE):
        return "framework"
    # Where packages are installed is not all that `sysconfig` knows of: Debian has places of its own.
    is_installed = not _INSTALLED.isdisjoint(path.parts)
    return "library" if is_installed or is_within(path, libraries()) else "user"


def is_within(path: Path, folders: tuple[Path, ...]) -> bool:
    """Tell whether a resolved path lies in one of the folders."""
    return any(path.is_relative_to(folder) for folder in folders)


@lru_cache(maxsize=1)
def libraries() -> tuple[Path, ...]:
    """Return the folders of the standard library and of installed packages."""
    paths = sysconfig.get_paths()
    return tuple({Path(paths[name]).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def shown_file(file: str) -> str:
    """Write the name of a file as a person would: from the current folder, or from that of its library."""
    if file.startswith("<"):
        return file
    try:
        path = Path(file).resolve()
        bases = (
            Path.cwd().resolve(),
            *sorted(libraries(), key=lambda each: -len(each.parts)),
            _OWN_PACKAGE.parent,
        )
    except (OSError, ValueError):
        return file
    base = next((each for each in bases if path.is_relative_to(each)), None)
    return file if base is None else path.relative_to(base).as_posix()
