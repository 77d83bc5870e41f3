"""Find out which module holds the application, without importing it.

In this order: the PATH argument (a file, a package directory, or an import string such as `main:app`) with --app;
--entrypoint; `entrypoint` in the pyproject.toml of the current directory; the first file of `DEFAULT_FILES` that exists.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from straightway.cli.messages import Failure, shown
from straightway.wording import nearest

__all__ = ["DEFAULT_FILES", "Target", "find_target"]

DEFAULT_FILES = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py")

TABLES = ("straightway", "fastapi")
"""Tables below `[tool]` in pyproject.toml that may name the entrypoint; the first that does wins."""

EXAMPLE = '[tool.straightway]\nentrypoint = "module:app"'


@dataclass(frozen=True, slots=True)
class Target:
    """Where the application is: `module` to import, and the variable in it.

    Without a `name` the application is looked for in the module. `folder` goes first in `sys.path`. `file` is known
    if a path was given, and None for an import string. `origin` says who decided.
    """

    module: str
    name: str | None
    folder: Path
    file: Path | None
    origin: str


def find_target(
    path: str | None, *, app: str | None = None, entrypoint: str | None = None, directory: Path | None = None
) -> Target:
    """Decide which module and variable are meant; raise `Failure` if that is not clear or not there."""
    directory = directory or Path.cwd()
    if entrypoint is not None and (path is not None or app is not None):
        raise Failure(
            "--entrypoint cannot be used together with PATH or --app",
            instead=f"Give one of them: --entrypoint {entrypoint} names both the module and the variable.",
        )
    if path is not None:
        return _from_argument(path, app, directory)
    if entrypoint is not None:
        return _from_import_string(entrypoint, directory, "--entrypoint")
    configured = None if app is not None else _configured(directory)
    return configured or _from_file(_default_file(directory), app, "the default files")


def _from_argument(path: str, app: str | None, directory: Path) -> Target:
    # "C:\\code\\main.py" has a colon too: what exists is a path.
    before, colon, after = path.rpartition(":")
    if not colon or (directory / path).exists():
        return _from_file(_existing(path, directory), app, "PATH")
    if app is not None:
        raise Failure(
            f"{path} already names the variable {after}, and --app names {app}",
            instead=f"Leave out --app, or write {before} instead of {path}.",
        )
    if before.endswith(".py") or "/" in before:
        return _from_file(_existing(before, directory), after, "PATH")
    return _from_import_string(path, directory, "PATH")


def _from_import_string(text: str, directory: Path, origin: str) -> Target:
    module, colon, name = text.partition(":")
    words = (*module.split("."), *name.split("."))
    if not colon or not all(words) or "/" in text:
        raise Failure(
            f"{text!r} ({origin}) is not an import string",
            instead="Write module:variable, for example main:app or package.module:app.",
        )
    return Target(module=module, name=name, folder=directory, file=None, origin=origin)


def _from_file(path: Path, app: str | None, origin: str) -> Target:
    """Climb out of the packages that the file is in: the module's name, and where Python has to look for it."""
    file = path.resolve()
    inside = file.parent if file.name == "__init__.py" else file
    parts = [inside.stem if inside.is_file() else inside.name]
    folder = inside.parent
    while (folder / "__init__.py").is_file() and folder != folder.parent:
        parts.insert(0, folder.name)
        folder = folder.parent
    if "." in "".join(parts):
        raise Failure(
            f"{shown(file)} cannot be imported: a dot in the name of a module or package means a submodule",
            instead="Rename it so that there is no dot before .py.",
        )
    return Target(module=".".join(parts), name=app, folder=folder, file=file, origin=origin)


def _existing(text: str, directory: Path) -> Path:
    path = directory / text
    if path.is_file() and path.suffix != ".py":
        raise Failure(
            f"{text} is not a Python file",
            instead="Name a .py file, a package directory, or module:variable.",
        )
    if path.exists():
        return path
    raise Failure(f"Path does not exist: {text}", instead=_suggestion(path, text))


def _suggestion(path: Path, text: str) -> str:
    candidates = [file.name for file in path.parent.glob("*.py")] if path.parent.is_dir() else []
    close = nearest(path.name, candidates, cutoff=0.5)
    if close is not None:
        return f"Did you mean {Path(text).with_name(close)}?"
    if (path.parent / f"{path.name}.py").is_file():
        return f"Did you mean {text}.py?"
    return "Name a .py file, a package directory, or module:variable."


def _default_file(directory: Path) -> Path:
    for name in DEFAULT_FILES:
        if (directory / name).is_file():
            return directory / name
    raise Failure(
        f"Could not find a default file to run: none of {', '.join(DEFAULT_FILES)} exists in {directory}",
        instead=f"Name the file of your application as PATH, or write into pyproject.toml:\n{EXAMPLE}",
    )


def _configured(directory: Path) -> Target | None:
    file = directory / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        tool = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Failure(
            f"Invalid configuration in pyproject.toml: it is not TOML: {error}", instead="Correct that line."
        ) from error
    for table in TABLES:
        found = _entrypoint(tool, table)
        if found is not None:
            return _from_import_string(found, directory, f"[tool.{table}] in pyproject.toml")
    return None


def _entrypoint(tool: object, table: str) -> str | None:
    settings = tool.get(table) if isinstance(tool, dict) else None
    found: object = settings.get("entrypoint") if isinstance(settings, dict) else None
    if found is None or isinstance(found, str):
        return found
    raise Failure(
        f"Invalid configuration in pyproject.toml: tool.{table}.entrypoint must be a string, not {found!r}",
        instead=f"Write:\n{EXAMPLE}",
    )
