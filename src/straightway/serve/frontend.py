"""Static single-page applications: what `app.frontend("/", directory="dist")` declares, finds and answers.

Frontends come last: after all routes and slash redirects, before the 404. `frontend_of` checks a declaration, `match`
picks the frontend that a request belongs to, `respond` answers it:

1. a file of the directory is sent (with ETag, ranges and conditional requests, as `StaticFiles` does);
2. a directory that has an `index.html` is that file, below a URL that ends with a slash;
3. anything else is the fallback: `404.html`, with that status, or `index.html` for a browser that navigates to a path
   which only the page's own router knows, or nothing.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeGuard

import anyio.to_thread
from starlette._utils import get_route_path
from starlette.datastructures import URL, Headers
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from straightway.errors import DeclarationError, StraightwayError, calling_place, warn_deprecated
from straightway.wording import nearest

Fallback = Literal["auto", "index.html", "404.html"]
CheckDir = bool | Literal["auto"]

READING = frozenset({"GET", "HEAD"})
PAGES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Frontend:
    """A directory that is served below `path`, which has no trailing slash and is empty for the root."""

    path: str
    directory: Path
    fallback: Fallback | None
    files: StaticFiles
    dependencies: tuple[Any, ...] = ()
    max_body_size: int | None = None


def frontend_of(
    path: str,
    *,
    directory: str | os.PathLike[str],
    fallback: Fallback | None = "auto",
    check_dir: CheckDir = "auto",
    prefix: str = "",
    dependencies: Sequence[Any] = (),
) -> Frontend:
    """Return the frontend that is declared for `path` (on a router that has `prefix`).

    Raises `DeclarationError` for arguments that make no sense and `StraightwayError`, a `RuntimeError`, for a directory
    or fallback file that does not exist. During development the latter is a warning, as the files may be built later:
    with `check_dir="auto"` and `STRAIGHTWAY_ENV` (or `FASTAPI_ENV`) set to `development`.
    """
    full_path = _checked_path(path, prefix)
    if fallback not in ("auto", "index.html", "404.html", None):
        raise DeclarationError(
            "fallback must be 'auto', 'index.html', '404.html', or None",
            at=calling_place(),
            instead=f'fallback="{nearest(str(fallback), ("auto", "index.html", "404.html"), cutoff=0) or "auto"}"',
        )
    place = Path(directory)
    files = StaticFiles(directory=place, check_dir=False)
    frontend = Frontend(full_path, place, fallback, files, tuple(dependencies))
    if check_dir == "auto" and is_development():
        _warn_of_missing_directory(place)
    elif check_dir:
        try:
            _check_files(frontend)
        except StraightwayError as error:
            error.located(calling_place())
            raise
    return frontend


def _checked_path(path: str, prefix: str) -> str:
    if not path:
        raise DeclarationError(
            "A frontend path cannot be empty", at=calling_place(), instead='app.frontend("/", ...)'
        )
    if not path.startswith("/"):
        raise DeclarationError(
            "A frontend path must start with '/'", at=calling_place(), instead=f'app.frontend("/{path}", ...)'
        )
    full_path = f"{prefix}{path}"
    trimmed = full_path.rstrip("/")
    if not trimmed and full_path != "/":
        raise DeclarationError(
            "A frontend path cannot be empty", at=calling_place(), instead='app.frontend("/", ...)'
        )
    return trimmed


def is_development() -> bool:
    """Tell whether the application is served by `straightway dev`, or says that it is developed."""
    environment = os.environ.get("STRAIGHTWAY_ENV") or os.environ.get("FASTAPI_ENV")
    return environment == "development"


def _warn_of_missing_directory(directory: Path) -> None:
    if not directory.is_dir():
        warn_deprecated(_missing_directory(directory), category=UserWarning)


def _check_files(frontend: Frontend) -> None:
    _require_directory(frontend)
    if frontend.fallback in ("index.html", "404.html"):
        _found_fallback(frontend, frontend.fallback)


def _require_directory(frontend: Frontend) -> None:
    # Once only, as StaticFiles does it: a directory that is replaced later is a 404 for a moment, no error.
    if not frontend.files.config_checked:
        if not frontend.directory.is_dir():
            raise StraightwayError(
                _missing_directory(frontend.directory),
                instead="a directory next to the file: Path(__file__).parent / ..., or check_dir=False",
            )
        frontend.files.config_checked = True


def _missing_directory(directory: Path) -> str:
    return f"Frontend directory '{directory}' does not exist. Resolved absolute path: '{directory.resolve()}'"


def included(
    frontend: Frontend,
    *,
    prefix: str = "",
    dependencies: Sequence[Any] | None = None,
    max_body_size: int | None = None,
) -> Frontend:
    """Return the frontend as an inclusion with this prefix, dependencies (which come first) and limit serves it."""
    own = frontend.max_body_size
    return replace(
        frontend,
        path=f"{prefix}{frontend.path}",
        dependencies=(*(dependencies or ()), *frontend.dependencies),
        max_body_size=max_body_size if own is None else own,
    )


def match(frontends: Iterable[Frontend], scope: Scope) -> tuple[Frontend, Match] | None:
    """Return the frontend with the longest path that the request is below, the first one of several.

    The match is partial for methods other than GET and HEAD, which `respond` refuses.
    """
    if scope["type"] != "http":
        return None
    path = get_route_path(scope)
    found: Frontend | None = None
    for frontend in frontends:
        if _is_below(frontend, path) and (found is None or len(frontend.path) > len(found.path)):
            found = frontend
    if found is None:
        return None
    return found, Match.FULL if scope["method"] in READING else Match.PARTIAL


def _is_below(frontend: Frontend, path: str) -> bool:
    prefix = frontend.path
    return not prefix or path == prefix or path.startswith(f"{prefix}/")


async def respond(frontend: Frontend, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the static answer to a request that `match` gave to this frontend; raises as `answer`."""
    response = await answer(frontend, scope)
    await response(scope, receive, send)


async def answer(frontend: Frontend, scope: Scope) -> Response:
    """Return the static answer to a request that `match` gave to this frontend.

    Raises `HTTPException`: 404 where there is nothing, 401 where a file may not be read, 405 for other methods than
    GET and HEAD on something that exists. Raises `StraightwayError` where the directory or the fallback is missing.
    """
    look_up = _page if scope["method"] in READING else _resource
    try:
        # One hop to a thread for all files that have to be looked for.
        found = await anyio.to_thread.run_sync(look_up, frontend, scope)
    except PermissionError:
        raise HTTPException(status_code=401) from None
    except ValueError:  # A null byte, or a lone surrogate: no name of a file.
        raise HTTPException(status_code=404) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise HTTPException(status_code=404) from None
        raise
    if found is None:
        raise HTTPException(status_code=404)
    if look_up is _resource:
        raise HTTPException(status_code=405)
    return found


def _page(frontend: Frontend, scope: Scope) -> Response | None:
    return _resource(frontend, scope) or _fallback(frontend, scope)


def _resource(frontend: Frontend, scope: Scope) -> Response | None:
    """Return the file or directory that the path names, in the words of HTTP."""
    _require_directory(frontend)
    files = frontend.files
    below = get_route_path(scope)[len(frontend.path) :]
    path = os.path.normpath(below.lstrip("/"))
    full_path, status = files.lookup_path(path)
    if status is not None and stat.S_ISDIR(status.st_mode):
        full_path, status = files.lookup_path(f"{path}/index.html")
        if _is_file(status) and not scope["path"].endswith("/"):
            url = URL(scope=scope)
            return RedirectResponse(url.replace(path=f"{url.path}/"))
    if _is_file(status):
        return files.file_response(full_path, status, scope)
    return None


def _fallback(frontend: Frontend, scope: Scope) -> Response | None:
    match frontend.fallback:
        case None:
            return None
        case "404.html":
            return _sent_file(frontend, "404.html", scope, 404)
        case "index.html":
            return _sent_file(frontend, "index.html", scope, 200) if _accepts_page(scope) else None
        case "auto":
            return _automatic(frontend, scope)


def _automatic(frontend: Frontend, scope: Scope) -> Response | None:
    for name in ("404.html", "index.html"):
        if _is_file(frontend.files.lookup_path(name)[1]):
            return _fallback(replace(frontend, fallback=name), scope)
    return None


def _sent_file(frontend: Frontend, name: str, scope: Scope, status_code: int) -> Response:
    full_path, status = _found_fallback(frontend, name)
    return frontend.files.file_response(full_path, status, scope, status_code)


def _found_fallback(frontend: Frontend, name: str) -> tuple[str, os.stat_result]:
    full_path, status = frontend.files.lookup_path(name)
    if _is_file(status):
        return full_path, status
    raise StraightwayError(
        f"Frontend fallback file '{name}' does not exist in directory '{frontend.directory}'. "
        f"Resolved absolute directory: '{frontend.directory.resolve()}'",
        instead="build the frontend first, or fallback=None",
    )


def _is_file(status: os.stat_result | None) -> TypeGuard[os.stat_result]:
    return status is not None and stat.S_ISREG(status.st_mode)


def _accepts_page(scope: Scope) -> bool:
    """Whether the request is a navigation: it names HTML. `*/*` does not count, every fetch of a script says so."""
    accepted = Headers(scope=scope).get("accept", "")
    return any(_is_accepted_page(item) for item in accepted.split(","))


def _is_accepted_page(item: str) -> bool:
    media_type, *parameters = item.split(";")
    return media_type.strip().lower() in PAGES and _quality(parameters) != 0


def _quality(parameters: Iterable[str]) -> float:
    """Return the weight of RFC 9110, section 12.4.2; one that makes no sense counts as 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value.strip().strip('"'))
            except ValueError:
                return 1.0
    return 1.0
