"""Import the module that was found, and pick the application out of it."""

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from straightway.cli.discovery import Target
from straightway.cli.messages import Failure, shown
from straightway.cli.tracebacks import explain_failure
from straightway.wording import nearest

__all__ = ["ASGIApplication", "Loaded", "load"]

ASGIApplication = Callable[[Any, Any, Any], Awaitable[None]]

NAMES = ("app", "api")
"""Variables that are looked at before all others."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The application, and the import string that names it."""

    application: ASGIApplication
    import_string: str


def load(target: Target, kind: type | None = None) -> Loaded:
    """Import the target and return its application; raise `Failure` with the user's file and line.

    Found by its file, the application must be a `Straightway`, or of another `kind`. Named by an import string it may
    be any ASGI application, so that one wrapped in a middleware can be served.
    """
    module = _import(target)
    kind = kind or _straightway()
    if target.name is None:
        name = _first(module, target, kind)
    elif target.file is None:
        name = target.name
        return Loaded(_any_application(module, name, kind), f"{target.module}:{name}")
    else:
        name = _named(module, target.name, target, kind)
    return Loaded(getattr(module, name), f"{target.module}:{name}")


def _straightway() -> type:
    """The framework may be absent where an application is loaded on another one, see compat/child.py."""
    from straightway.application import Straightway

    return Straightway


def _import(target: Target) -> ModuleType:
    sys.path.insert(0, str(target.folder))
    subject = shown(target.file) if target.file else f"module {target.module}"
    try:
        module = importlib.import_module(target.module)
    except ModuleNotFoundError as error:
        if (
            target.file is None
            and error.name is not None
            and f"{target.module}.".startswith(f"{error.name}.")
        ):
            raise _no_module(target, error.name) from error
        raise explain_failure(f"{subject} could not be imported", error, target) from error
    except SystemExit as error:
        raise explain_failure(f"{subject} ended the program while it was imported", error, target) from error
    except Exception as error:
        raise explain_failure(f"{subject} could not be imported", error, target) from error
    _expect_file(module, target)
    return module


def _no_module(target: Target, missing: str) -> Failure:
    import_string = f"{target.module}:{target.name}"
    return Failure(
        f"Module not found: {missing} ({target.origin}: {import_string})",
        instead=f"It is looked for in {target.folder}: correct the name, or change to the right directory.",
    )


def _expect_file(module: ModuleType, target: Target) -> None:
    """A file called like a module that is already imported (email.py, test.py) would be mistaken for it."""
    found = getattr(module, "__file__", None)
    if target.file is None or target.file.is_dir() or (found and Path(found).resolve() == target.file):
        return
    raise Failure(
        f"{shown(target.file)} was not imported: another module is called {target.module} ({found or 'built in'})",
        instead="Rename your file.",
    )


def _first(module: ModuleType, target: Target, kind: type) -> str:
    for name in (*NAMES, *dir(module)):
        if isinstance(getattr(module, name, None), kind):
            return name
    raise Failure(
        f"Could not find a {kind.__name__} application in {_place(module, target)}",
        instead=_where_else(module, target, kind),
    )


def _where_else(module: ModuleType, target: Target, kind: type) -> str:
    other = next((name for name in NAMES if _of_another_framework(getattr(module, name, None))), None)
    if other is not None:
        found = type(getattr(module, other))
        return (
            f"`{other}` is {found.__module__.partition('.')[0]}'s {found.__name__}. To serve it all the same, "
            f"name it by an import string: {target.module}:{other}"
        )
    for name in ("main.py", "app.py", "api.py"):
        if target.file is not None and (target.file / name).is_file():
            return f"Name the file in that package: {shown(target.file / name)}"
    return f"Create it there (app = {kind.__name__}()), or name the file that does."


def _of_another_framework(found: object) -> bool:
    return type(found).__module__.partition(".")[0] in {"fastapi", "starlette"}


def _named(module: ModuleType, name: str, target: Target, kind: type) -> str:
    found = _attribute(module, name, kind)
    if isinstance(found, kind):
        return name
    if _is_plain_function(found):
        remedy = _call_it(name)
    else:
        remedy = f"Name the variable that holds one, or serve any ASGI application by {target.module}:{name}"
    raise Failure(
        f"{name} in {_place(module, target)} is {_kind(found)}, not a {kind.__name__} application",
        instead=remedy,
    )


def _any_application(module: ModuleType, dotted: str, kind: type) -> ASGIApplication:
    found: Any = module
    for name in dotted.split("."):
        found = _attribute(found, name, kind)
    if not _could_serve(found):
        remedy = _call_it(dotted) if callable(found) else "Name the variable that holds one."
        raise Failure(f"{dotted} in {module.__name__} is {_kind(found)}, not an application", instead=remedy)
    application: ASGIApplication = found
    return application


def _could_serve(found: Any) -> bool:
    return callable(found) and not inspect.isclass(found) and not _is_plain_function(found)


def _is_plain_function(found: object) -> bool:
    """A function that is not async is no ASGI application, it probably makes one."""
    return inspect.isroutine(found) and not inspect.iscoroutinefunction(found)


def _call_it(name: str) -> str:
    """Factories are not called here: which application is served should be written in a file."""
    return f"Call it in that module, and name the result: app = {name}()"


def _attribute(holder: object, name: str, kind: type) -> object:
    try:
        found: object = getattr(holder, name)
    except AttributeError:
        owner = getattr(holder, "__name__", type(holder).__name__)
        raise Failure(f"Could not find {name} in {owner}", instead=_similar(holder, name, kind)) from None
    return found


def _similar(holder: object, name: str, kind: type) -> str:
    applications = [other for other in dir(holder) if isinstance(getattr(holder, other, None), kind)]
    if applications:
        return f"Its application is called {applications[0]}."
    if name.endswith("()"):
        return _call_it(name.removesuffix("()"))
    close = nearest(name, dir(holder))
    return (
        f"Did you mean {close}?"
        if close is not None
        else f"Create it there (app = {kind.__name__}()), or name another variable."
    )


def _kind(found: object) -> str:
    if inspect.isclass(found):
        return "a class"
    if inspect.isroutine(found):
        return "a function"
    return f"of type {type(found).__name__}"


def _place(module: ModuleType, target: Target) -> str:
    return shown(target.file) if target.file else module.__name__
