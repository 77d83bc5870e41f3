"""Fold a traceback to what its reader can change: the lines of their own code.

Frames of the framework, of installed packages, of the standard library and of the import system are left out; a
failure that lies wholly in those keeps its last frame. `--traceback` shows everything.
"""

import linecache
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from straightway.cli.discovery import Target
from straightway.cli.messages import Failure, shown
from straightway.describe.user_code import is_within, libraries

if TYPE_CHECKING:
    from straightway.errors import Place, StraightwayError

__all__ = ["explain_failure", "fold", "remedy", "summary"]

OWN_PACKAGE = Path(__file__).resolve().parent.parent
FRAMES = 4
"""How many of the user's frames are shown, the innermost ones: two lines each."""


def explain_failure(
    what: str, error: BaseException, target: Target, *, instead: str | None = None
) -> Failure:
    """Turn an exception out of the user's code into a failure that shows their file and line."""
    root = _innermost(error)
    notes = [line for note in getattr(root, "__notes__", ()) for line in str(note).splitlines()]
    return Failure(
        "\n".join([f"{what}: {summary(root)}", *notes]),
        excerpt=fold(root, target),
        instead=instead or remedy(root, target),
        full="".join(traceback.format_exception(error)),
    )


def summary(error: BaseException) -> str:
    """Word the exception itself as `Type: message`; a mistake in a declaration needs no type."""
    if isinstance(error, _own_error()):
        return error.message
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    if isinstance(error, KeyError):
        return f"KeyError: {error}"
    return (
        traceback.format_exception_only(type(error), error)[-1].strip() if not str(error) else _typed(error)
    )


def _typed(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def fold(error: BaseException, target: Target) -> list[str]:
    """List file, line and source of the user's frames, the innermost last; two lines for each."""
    declared = list(_declared_at(error))
    frames = [each for each in _user_frames(error, target) if not any(_is_same(each, at) for at in declared)]
    most = FRAMES // 2 if declared else FRAMES
    places = [*frames[-most:], *declared, *_syntax(error)]
    hidden = len(frames) - most
    marker = [f"  ... {hidden} more of your frames, shown by --traceback"] if hidden > 0 else []
    return marker + [line for place in places for line in place]


def _user_frames(error: BaseException, target: Target) -> Iterator[tuple[str, ...]]:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_users(frame.filename, target)]
    if not own and frames and not isinstance(error, SyntaxError | ModuleNotFoundError):
        own = [frames[-1]]
    for frame in own:
        source = (f"      {frame.line}",) if frame.line else ()
        yield (f"  {shown(frame.filename)}:{frame.lineno}", *source)


def _syntax(error: BaseException) -> Iterator[tuple[str, ...]]:
    """The place of a syntax error is not a frame: nothing ran."""
    if not isinstance(error, SyntaxError) or error.filename is None:
        return
    place = f"  {shown(error.filename)}:{error.lineno or 1}"
    if not error.text:
        yield (place,)
        return
    text = error.text.rstrip("\n")
    stripped = text.lstrip()
    column = max((error.offset or 1) - 1 - (len(text) - len(stripped)), 0)
    yield place, f"      {stripped}", f"      {' ' * column}^"


def _declared_at(error: BaseException) -> Iterator[tuple[str, ...]]:
    """A declaration error knows where the declaration was written, which is rarely where it was found out."""
    at = error.at if isinstance(error, _own_error()) else None
    if at is None or at == type(at)():
        return
    place = f"  declared {_words(at)}"
    text = _line(at)
    if not text:
        yield (place,)
        return
    mark = re.search(rf"\b{re.escape(at.parameter)}\b", text) if at.parameter else None
    yield place, f"      {text}", *([f"      {' ' * mark.start()}{'^' * len(mark[0])}"] if mark else [])


def _words(at: "Place") -> str:
    from straightway.errors import worded

    return worded(at, file=shown(at.file) if at.file else None)


def _line(at: "Place") -> str:
    return linecache.getline(at.file, at.line).strip() if at.file and at.line else ""


def _is_same(frame: tuple[str, ...], declared: tuple[str, ...]) -> bool:
    """Tell whether a frame is at the place of the declaration, so that one of the two is enough."""
    return frame[0].strip() in declared[0].split()


def _own_error() -> "type[StraightwayError]":
    from straightway.errors import StraightwayError

    return StraightwayError


def _innermost(error: BaseException) -> BaseException:
    """Unwrap groups of one exception, which task groups make of every failure."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _is_users(filename: str, target: Target) -> bool:
    if filename.startswith("<"):
        return False
    path = Path(filename).resolve()
    if path.is_relative_to(OWN_PACKAGE):
        return False
    # An application that is itself installed lies in site-packages: its own package is the user's nevertheless.
    package = (target.folder / target.module.partition(".")[0]).resolve()
    if path.is_relative_to(package) or path == package.with_suffix(".py"):
        return True
    return not is_within(path, libraries())


def remedy(error: BaseException, target: Target) -> str:
    """Say what to do about an exception raised while the application was imported or started."""
    match error:
        case ImportError() if isinstance(error, _own_error()):
            return str(error).rpartition("\n")[2]  # the command that installs what is missing
        case ModuleNotFoundError(name=str(name)):
            return _missing_module(name, target)
        case ImportError() if "relative import" in str(error):
            return "A relative import works only inside a package: add an empty __init__.py to the folder of that file."
        case _ if isinstance(error, _own_error()) and error.instead is not None:
            return f"Instead: {error.instead}"
        case SyntaxError():
            return "Correct the line above."
        case _:
            return "It was raised by the line above. (--traceback shows the whole traceback.)"


def _missing_module(name: str, target: Target) -> str:
    top = name.partition(".")[0]
    for folder in (Path.cwd(), target.folder.parent):
        if folder == target.folder or not ((folder / top).is_dir() or (folder / f"{top}.py").is_file()):
            continue
        return (
            f"{shown(folder / top)} exists, but Python does not look in {folder}: add an empty __init__.py to "
            f"{shown(target.folder)}, so that {target.folder.name} is imported as a package."
        )
    return f"Install the package that provides {name!r} (often: pip install {top}), or correct the name."
