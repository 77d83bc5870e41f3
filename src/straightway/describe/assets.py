"""The scripts and styles of the documentation pages: where they are, and a route that serves them.

No third-party file is part of the source. Swagger UI's files come with the package swagger-ui-py, whose code is
not imported; ReDoc's bundle is put beside this module when the wheel is built (`hatch_build.py`). Either may be
missing: then a page loads the script from a CDN, and the log says so once.
"""

import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

__all__ = ["REDOC", "SWAGGER_UI", "Bundle", "address", "asset", "asset_route"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files that belong together: under which name they are served, and how to come by them.

    The name is that of the npm package and its major version, which is what the files are.
    """

    name: str
    files: tuple[str, ...]
    remedy: str


SWAGGER_UI: Final = Bundle(
    "swagger-ui-dist@5",
    ("swagger-ui-bundle.js", "swagger-ui.css"),
    'install the package swagger-ui-py (it is part of "straightway[standard]")',
)
REDOC: Final = Bundle(
    "redoc@2",
    ("redoc.standalone.js",),
    "build the package where npm is installed and may reach its registry",
)

_BUILT_IN: Final = Path(__file__).with_name("assets")
_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_UNCHANGING: Final = "public, max-age=31536000, immutable"


def asset(name: str) -> Path | None:
    """Return where the file of that name is installed; `None` if it is not, or if it is none of ours."""
    if name in REDOC.files:
        return _present(_BUILT_IN / name)
    if name in SWAGGER_UI.files or name == "oauth2-redirect.html":
        folder = _swagger_ui_folder()
        return folder and _present(folder / name)
    return None


def address(bundle: Bundle, file: str, *, below: str, otherwise: str) -> str:
    """Return the URL path at which `asset_route(bundle, below)` serves the file, or the CDN's if it is missing.

    The path changes with the content of the file, so that browsers may keep it for ever.
    """
    path = asset(file)
    if path is None:
        _say_missing(bundle, file, otherwise)
        return otherwise
    return f"{_folder(bundle, below)}/{file}?v={_digest(path)}"


def asset_route(bundle: Bundle, *, below: str, name: str) -> Route:
    """Return a route for the files of a bundle and no others, in a folder below the path of their page."""

    async def serve(request: Request) -> Response:
        file = request.path_params["file"]
        path = asset(file) if file in bundle.files else None
        if path is None:
            raise HTTPException(status_code=404)
        return _response(path, request)

    return Route(f"{_folder(bundle, below)}/{{file}}", serve, name=name, include_in_schema=False)


def _response(path: Path, request: Request) -> Response:
    digest = _digest(path)
    headers = {
        "etag": f'"{digest}"',
        # An address without the right digest may have another content tomorrow.
        "cache-control": _UNCHANGING if request.query_params.get("v") == digest else "no-cache",
        "x-content-type-options": "nosniff",
    }
    # RFC 9110, section 13.1.2: a list, compared weakly.
    known = request.headers.get("if-none-match", "").split(",")
    if any(tag.strip().removeprefix("W/") == headers["etag"] for tag in known):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], headers=headers)


def _folder(bundle: Bundle, below: str) -> str:
    return f"{below.rstrip('/')}/assets/{bundle.name}"


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@cache
def _swagger_ui_folder() -> Path | None:
    try:
        installed = distribution("swagger-ui-py")
    except PackageNotFoundError:
        return None
    return Path(str(installed.locate_file("swagger_ui/static")))


def _present(path: Path) -> Path | None:
    return path if path.is_file() else None


@cache
def _say_missing(bundle: Bundle, file: str, otherwise: str) -> None:
    logging.getLogger("straightway").warning(
        "%s of %s is not installed, so the documentation page loads it from %s; to have it served from here, %s",
        file,
        bundle.name,
        otherwise,
        bundle.remedy,
    )
