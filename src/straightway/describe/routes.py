"""The routes under which an application shows its document.

The pages work without internet: they load their scripts from the application itself.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from straightway.describe.assets import REDOC, SWAGGER_UI, address, asset_route
from straightway.describe.pages import (
    REDOC_JS,
    SWAGGER_UI_CSS,
    SWAGGER_UI_JS,
    get_redoc_html,
    get_swagger_ui_html,
    get_swagger_ui_oauth2_redirect_html,
)

__all__ = ["Documented", "documentation_routes"]


class Documented(Protocol):
    """What the pages read of an application, at each request and not before."""

    title: str
    openapi_url: str | None
    docs_url: str | None
    redoc_url: str | None
    swagger_ui_oauth2_redirect_url: str | None
    swagger_ui_init_oauth: dict[str, Any] | None
    swagger_ui_parameters: dict[str, Any] | None
    root_path_in_servers: bool

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        ...


Endpoint = Callable[[Request], Awaitable[Response]]


def documentation_routes(app: Documented) -> list[Route]:
    """Return the routes for the document and the pages that the application wants, in FastAPI's order.

    Where the routes are is settled here; what they show may change afterwards.
    """
    if not app.openapi_url:
        return []
    routes = [_route(app.openapi_url, _document_endpoint(app), "openapi")]
    if app.docs_url:
        routes.append(_route(app.docs_url, _swagger_ui_endpoint(app, app.docs_url), "swagger_ui_html"))
        if app.swagger_ui_oauth2_redirect_url:
            routes.append(
                _route(app.swagger_ui_oauth2_redirect_url, _redirect_endpoint, "swagger_ui_redirect")
            )
    if app.redoc_url:
        routes.append(_route(app.redoc_url, _redoc_endpoint(app, app.redoc_url), "redoc_html"))
    if app.docs_url:
        routes.append(asset_route(SWAGGER_UI, below=app.docs_url, name="swagger_ui_assets"))
    if app.redoc_url:
        routes.append(asset_route(REDOC, below=app.redoc_url, name="redoc_assets"))
    return routes


def _route(path: str, endpoint: Endpoint, name: str) -> Route:
    return Route(path, endpoint, name=name, include_in_schema=False)


def _document_endpoint(app: Documented) -> Endpoint:
    async def openapi(request: Request) -> JSONResponse:
        document = app.openapi()
        root_path = _root_path(request)
        servers = document.get("servers", [])
        if (
            root_path
            and app.root_path_in_servers
            and root_path not in [server.get("url") for server in servers]
        ):
            # A copy: the root path is the request's, and the document is kept for all of them.
            document = {**document, "servers": [{"url": root_path}, *servers]}
        return JSONResponse(document)

    return openapi


def _swagger_ui_endpoint(app: Documented, docs_url: str) -> Endpoint:
    async def swagger_ui_html(request: Request) -> HTMLResponse:
        root_path = _root_path(request)
        below = root_path + docs_url
        redirect_url = app.swagger_ui_oauth2_redirect_url
        return get_swagger_ui_html(
            openapi_url=f"{root_path}{app.openapi_url}",
            title=f"{app.title} - Swagger UI",
            swagger_js_url=address(SWAGGER_UI, "swagger-ui-bundle.js", below=below, otherwise=SWAGGER_UI_JS),
            swagger_css_url=address(SWAGGER_UI, "swagger-ui.css", below=below, otherwise=SWAGGER_UI_CSS),
            oauth2_redirect_url=redirect_url and root_path + redirect_url,
            init_oauth=app.swagger_ui_init_oauth,
            swagger_ui_parameters=app.swagger_ui_parameters,
        )

    return swagger_ui_html


async def _redirect_endpoint(_request: Request) -> HTMLResponse:
    return get_swagger_ui_oauth2_redirect_html()


def _redoc_endpoint(app: Documented, redoc_url: str) -> Endpoint:
    async def redoc_html(request: Request) -> HTMLResponse:
        root_path = _root_path(request)
        return get_redoc_html(
            openapi_url=f"{root_path}{app.openapi_url}",
            title=f"{app.title} - ReDoc",
            redoc_js_url=address(
                REDOC, "redoc.standalone.js", below=root_path + redoc_url, otherwise=REDOC_JS
            ),
            with_google_fonts=False,
        )

    return redoc_html


def _root_path(request: Request) -> str:
    root_path: str = request.scope.get("root_path", "")
    return root_path.rstrip("/")
