"""The application object: its arguments, document, state, middleware and root path."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import HTTPConnection

from straightway import APIRouter, Depends, Request, Straightway, WebSocket
from straightway.errors import DeclarationError, StraightwayDeprecationWarning
from straightway.middleware import Middleware
from straightway.openapi.utils import get_openapi
from straightway.responses import PlainTextResponse
from straightway.routing import APIRoute
from straightway.testclient import TestClient
from tests.serve.asgi import ask

# Construction


def test_attributes_without_arguments():
    """What was not given has a documented default."""
    app = Straightway()
    expected = {
        "title": "Straightway",
        "version": "0.1.0",
        "summary": None,
        "description": "",
        "openapi_url": "/openapi.json",
        "docs_url": "/docs",
        "redoc_url": "/redoc",
        "swagger_ui_oauth2_redirect_url": "/docs/oauth2-redirect",
        "openapi_version": "3.1.0",
        "openapi_schema": None,
        "servers": [],
        "root_path": "",
        "root_path_in_servers": True,
        "debug": False,
        "dependency_overrides": {},
        "user_middleware": [],
        "middleware_stack": None,
        "max_body_size": None,
        "separate_input_output_schemas": True,
    }

    assert {name: getattr(app, name) for name in expected} == expected
    assert isinstance(app, Starlette)
    assert isinstance(app.state, State)
    assert isinstance(app.router, APIRouter)
    assert isinstance(app.webhooks, APIRouter)
    assert app.routes is app.router.routes


def without_assets(app: Straightway) -> list[Any]:
    """Return the routes but those of scripts and styles, which exist where the files are installed."""
    return [route for route in app.routes if not route.name.endswith("_assets")]


def test_routes_without_arguments():
    """A fresh application has the document and its pages, which answer HEAD as well."""
    described = [(route.path, route.name, route.methods) for route in without_assets(Straightway())]

    assert described == [
        ("/openapi.json", "openapi", {"GET", "HEAD"}),
        ("/docs", "swagger_ui_html", {"GET", "HEAD"}),
        ("/docs/oauth2-redirect", "swagger_ui_redirect", {"GET", "HEAD"}),
        ("/redoc", "redoc_html", {"GET", "HEAD"}),
    ]


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({"openapi_url": None}, []),
        ({"docs_url": None}, ["/openapi.json", "/redoc"]),
        ({"redoc_url": None, "swagger_ui_oauth2_redirect_url": None}, ["/openapi.json", "/docs"]),
        ({"openapi_url": "/o.json", "docs_url": None, "redoc_url": None}, ["/o.json"]),
    ],
)
def test_documentation_may_be_turned_off(options: Any, paths: list[str]):
    """Each page has a URL that may be None; without the document there are none."""
    assert [route.path for route in without_assets(Straightway(**options))] == paths


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"title": ""}, "A title must be provided for OpenAPI, e.g.: 'My API'"),
        ({"version": ""}, "A version must be provided for OpenAPI, e.g.: '2.1.0'"),
    ],
)
def test_a_document_needs_title_and_version(options: Any, message: str):
    """Both are refused when empty, unless there is no document."""
    with pytest.raises(DeclarationError, match=message):
        Straightway(**options)
    Straightway(**options, openapi_url=None)


def test_unknown_arguments_are_refused():
    """There is no bag for further keywords."""
    with pytest.raises(TypeError, match="titel"):
        Straightway(titel="x")  # type: ignore[call-arg]  # that is the mistake


@pytest.mark.parametrize("size", [-1, True, "1MB", 1.5])
def test_limits_are_checked(size: Any):
    """A limit that makes no sense is refused at construction."""
    with pytest.raises((ValueError, TypeError), match="max_body_size"):
        Straightway(max_body_size=size)


def test_options_hold_for_all_routes():
    """Dependencies, responses, tags' kin and the response class of the application are those of each route."""
    needed = Depends(lambda: None)
    app = Straightway(
        dependencies=[needed],
        responses={418: {"description": "teapot"}},
        default_response_class=PlainTextResponse,
        deprecated=True,
        include_in_schema=False,
    )
    app.get("/x")(lambda: "text")
    route: Any = app.routes[-1]

    assert (route.dependencies, route.deprecated, route.include_in_schema) == ([needed], True, False)
    assert route.responses == {418: {"description": "teapot"}}
    assert TestClient(app).get("/x").headers["content-type"] == "text/plain; charset=utf-8"


# Document


def test_the_document_is_made_once():
    """The same object is returned until routes change; what was put in it stays."""
    app = Straightway()
    app.get("/x")(lambda: None)
    document = app.openapi()
    document["info"]["x-logo"] = "logo.png"

    assert app.openapi() is document
    assert app.openapi_schema is document
    assert TestClient(app).get("/openapi.json").json()["info"]["x-logo"] == "logo.png"


@pytest.mark.parametrize("change", ["declare", "append", "remove", "include", "webhook"])
def test_the_document_is_made_again_when_routes_change(change: str):
    """Whichever way routes are added or removed, the next document has them."""
    app = Straightway()
    app.get("/x")(lambda: None)
    before = app.openapi()

    match change:
        case "declare":
            app.get("/y")(lambda: None)
        case "append":
            app.routes.append(APIRoute("/y", lambda: None))
        case "remove":
            del app.routes[-1]
        case "include":
            router = APIRouter()
            router.get("/y")(lambda: None)
            app.include_router(router)
        case _:
            app.webhooks.post("y")(lambda: None)
    after = app.openapi()

    assert (before["paths"], before.get("webhooks")) != (after["paths"], after.get("webhooks"))


def test_the_document_may_be_replaced():
    """`app.openapi = …` is what is served; the function may keep its result in `openapi_schema`."""
    app = Straightway(title="original")
    app.get("/x")(lambda: None)

    def custom() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = get_openapi(title="custom", version="3", routes=app.routes)
            app.openapi_schema["info"]["x-logo"] = {"url": "logo.png"}
        return app.openapi_schema

    app.openapi = custom  # type: ignore[method-assign]  # the documented way
    document = TestClient(app).get("/openapi.json").json()

    assert document["info"] == {"title": "custom", "version": "3", "x-logo": {"url": "logo.png"}}
    assert list(document["paths"]) == ["/x"]
    assert app.openapi() is custom()


def test_what_describes_the_application_may_be_changed():
    """Attributes that are assigned before the document is made are in it."""
    app = Straightway()
    app.title, app.version, app.openapi_version, app.description = "t", "2", "3.1.1", "d"

    assert app.openapi() == {
        "openapi": "3.1.1",
        "info": {"title": "t", "version": "2", "description": "d"},
        "paths": {},
    }


# Root path


def test_the_root_path_of_the_server_is_known():
    """Addresses begin with what a proxy takes off, the document names it as a server, and both paths are answered."""
    app = Straightway(servers=[{"url": "https://example.org"}])

    @app.get("/x")
    async def show(request: Request):
        return [request.scope["root_path"], str(request.url_for("show"))]

    client = TestClient(app, root_path="/api/v1")
    expected = ["/api/v1", "http://testserver/api/v1/x"]

    assert client.get("/x").json() == client.get("/api/v1/x").json() == expected
    servers = client.get("/openapi.json").json()["servers"]
    assert servers == [{"url": "/api/v1"}, {"url": "https://example.org"}]


def test_the_root_path_may_be_left_out_of_the_document():
    """`root_path_in_servers=False` leaves the servers as they were given."""
    app = Straightway(root_path_in_servers=False)

    assert "servers" not in TestClient(app, root_path="/api").get("/openapi.json").json()


def test_the_root_path_as_an_argument_warns():
    """The argument still works, over that of the server, and says what to use instead."""
    with pytest.warns(StraightwayDeprecationWarning, match="--root-path") as caught:
        app = Straightway(root_path="/api")
    assert caught[0].filename == __file__

    @app.get("/x")
    async def show(request: Request):
        return request.scope["root_path"]

    assert TestClient(app, root_path="/other").get("/x").json() == "/api"


def test_a_mounted_application_knows_where_it_is():
    """Its pages and its document have the path of the mount."""
    app, sub = Straightway(), Straightway()
    sub.get("/x")(lambda: None)
    app.mount("/sub", sub)
    client = TestClient(app)

    assert client.get("/sub/openapi.json").json()["servers"] == [{"url": "/sub"}]
    assert "/sub/openapi.json" in client.get("/sub/docs").text
    assert list(client.get("/openapi.json").json()["paths"]) == []


# State


def test_the_application_has_a_state():
    """`app.state` is shared by all requests, found through the request."""
    app = Straightway()
    app.state.count = 0

    @app.get("/")
    async def count(request: Request):
        request.app.state.count += 1
        return request.app.state.count

    client = TestClient(app)

    assert [client.get("/").json(), client.get("/").json()] == [1, 2]


# Middleware


class Noting:
    """Pure ASGI middleware that notes when it is passed."""

    def __init__(self, app: Any, log: list[str], word: str) -> None:
        self.app, self.log, self.word = app, log, word

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Note the word before and after."""
        self.log.append(f"{self.word} in")
        await self.app(scope, receive, send)
        self.log.append(f"{self.word} out")


def test_the_last_middleware_is_the_outermost():
    """What is added later wraps what was added before; a list at construction is from the outside in."""
    log: list[str] = []
    app = Straightway(middleware=[Middleware(Noting, log, "given 1"), Middleware(Noting, log, "given 2")])
    app.add_middleware(Noting, log, "added")

    @app.middleware("http")
    async def function(request: Request, call_next: Any):
        log.append("function in")
        return await call_next(request)

    app.get("/")(lambda: log.append("endpoint"))
    TestClient(app).get("/")

    words = ["function", "added", "given 1", "given 2"]
    ends = [f"{word} out" for word in reversed(words[1:])]
    assert log == [f"{word} in" for word in words] + ["endpoint"] + ends
    assert issubclass(app.user_middleware[0].cls, BaseHTTPMiddleware)
    assert [each.cls for each in app.user_middleware[1:]] == [Noting] * 3


def test_middleware_cannot_be_added_once_the_application_runs():
    """The layers are built at the first connection."""
    app = Straightway()
    TestClient(app).get("/")

    with pytest.raises(RuntimeError, match="Cannot add middleware after an application has started"):
        app.add_middleware(Noting, [], "late")
    with pytest.raises(RuntimeError, match="Cannot add middleware after an application has started"):
        app.middleware("http")(None)


def test_middleware_may_answer_and_change_the_scope():
    """Middleware sees requests before routing: it may answer itself, or send another path inwards."""
    app = Straightway()
    app.get("/new")(lambda: "new")

    @app.middleware("http")
    async def redirect(request: Request, call_next: Any):
        if request.url.path == "/closed":
            return PlainTextResponse("closed", status_code=503)
        request.scope["path"] = request.scope["path"].replace("/old", "/new")
        return await call_next(request)

    client = TestClient(app)

    assert client.get("/old").json() == "new"
    assert client.get("/closed").status_code == 503


def test_middleware_sees_every_kind_of_connection():
    """Pure ASGI middleware is around the lifespan and WebSockets as well."""
    kinds: list[str] = []

    class Kinds:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            kinds.append(scope["type"])
            await self.app(scope, receive, send)

    app = Straightway(middleware=[Middleware(Kinds)])

    @app.websocket("/ws")
    async def talk(websocket: WebSocket):
        await websocket.accept()
        await websocket.close()

    with TestClient(app) as client, client.websocket_connect("/ws"):
        client.get("/")

    assert kinds == ["lifespan", "websocket", "http"]


def test_the_layers_may_be_built_by_a_subclass():
    """`build_middleware_stack` is where instrumentation wraps an application."""

    class Wrapped(Straightway):
        def build_middleware_stack(self) -> Any:
            inner = super().build_middleware_stack()

            async def outer(scope: Any, receive: Any, send: Any) -> None:
                HTTPConnection(scope).state.wrapped = True
                await inner(scope, receive, send)

            return outer

    app = Wrapped()

    @app.get("/")
    async def show(request: Request):
        return request.state.wrapped

    assert ask(app, method="GET").body == b"true"


def test_the_router_may_be_wrapped():
    """Any ASGI application can take the place of the router and hand on to it."""

    class Counting:
        def __init__(self, router: Any) -> None:
            self.router, self.calls = router, 0

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.calls += 1
            await self.router(scope, receive, send)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.router, name)

    app = Straightway()
    app.get("/x")(lambda: "x")
    app.router = wrapper = Counting(app.router)  # type: ignore[assignment]  # which is what is tested

    assert TestClient(app).get("/x").json() == "x"
    assert wrapper.calls == 1
