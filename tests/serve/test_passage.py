import pytest
from starlette.routing import Match

from straightway import APIRouter, HTTPException, Request, Straightway, WebSocket, WebSocketDisconnect
from straightway.routing import APIRoute
from straightway.serve.contexts import RouteContext
from straightway.testclient import TestClient


class KeyRouter(APIRouter):
    """Lets pass what has a key."""

    def matches(self, scope):
        """Ask for the key."""
        if (b"x-key", b"secret") not in scope["headers"]:
            return Match.NONE, {}
        return super().matches(scope)


class NotingRouter(APIRouter):
    """Notes what it answers."""

    def __init__(self, **options):
        super().__init__(**options)
        self.answered = []

    async def handle(self, scope, receive, send):
        """Note the path."""
        self.answered.append(scope["path"])
        await super().handle(scope, receive, send)


def application(router, *, outer=None):
    """Make an application that includes a router with a few endpoints, through another one where it is given."""
    app = Straightway()

    @router.get("/items/{item_id}")
    def read_item(item_id: int):
        if item_id == 0:
            raise HTTPException(404, "no item")
        return item_id

    @router.websocket("/live")
    async def live(websocket: WebSocket):
        await websocket.accept()
        await websocket.close()

    if outer is not None:
        outer.include_router(router, prefix="/outer")
    app.include_router(outer or router, prefix="/api")
    return app


def test_matches_of_an_included_router_decides_what_reaches_its_routes():
    """A router that refuses a request is one that does not have the path, whatever the table knows of it."""
    client, key = TestClient(application(KeyRouter())), {"x-key": "secret"}

    assert client.get("/api/items/3").status_code == 404
    assert client.post("/api/items/3").status_code == 404
    assert client.get("/api/items/3/", follow_redirects=False).status_code == 404
    assert client.get("/api/items/3", headers=key).json() == 3
    assert client.post("/api/items/3", headers=key).status_code == 405


def test_matches_of_an_included_router_holds_for_websockets():
    """It is asked about them, too."""
    client = TestClient(application(KeyRouter()))

    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/live"):
        pass
    with client.websocket_connect("/api/live", headers={"x-key": "secret"}):
        pass


def test_handle_of_included_routers_is_called_outermost_first():
    """Each one answers through the next; exceptions reach their handlers as ever."""
    inner, outer = NotingRouter(), NotingRouter()
    client = TestClient(application(inner, outer=outer))

    assert client.get("/api/outer/items/3").json() == 3
    assert client.get("/api/outer/items/0").json() == {"detail": "no item"}
    assert inner.answered == outer.answered == ["/api/outer/items/3", "/api/outer/items/0"]


def test_order_of_routes_is_kept_around_a_router_that_is_asked():
    """What was declared before it wins, what was declared after it answers what it refuses."""
    app, router = Straightway(), KeyRouter()
    router.get("/a")(lambda: "router")
    router.get("/b")(lambda: "router")
    app.get("/a")(lambda: "before")
    app.include_router(router)
    app.get("/b")(lambda: "after")
    client = TestClient(app)

    assert [client.get("/a", headers={"x-key": "secret"}).json(), client.get("/b").json()] == [
        "before",
        "after",
    ]
    assert client.get("/b", headers={"x-key": "secret"}).json() == "router"


def test_limit_of_a_route_that_matches_for_itself_holds():
    """A route whose class has a `matches` of its own has its `max_body_size`, directly and included."""

    class Own(APIRoute):
        def matches(self, scope):
            return super().matches(scope)

    async def create(body: dict[str, str]): ...

    app, router = Straightway(), APIRouter(route_class=Own)
    router.post("/x", max_body_size=5)(create)
    app.router.route_class = Own
    app.post("/x", max_body_size=5)(create)
    app.include_router(router, prefix="/p")
    client = TestClient(app)

    assert [client.post(path, json={"a": "long"}).status_code for path in ("/x", "/p/x")] == [413, 413]


@pytest.mark.parametrize("router", [APIRouter, KeyRouter], ids=["looked up", "asked"])
def test_scope_has_the_context_of_an_included_route(router):
    """Packages that know nested routers look there for the full path; a direct route needs no context."""
    app, included = Straightway(), router(tags=["inner"])

    @included.get("/items/{item_id}")
    @app.get("/direct")
    def show(request: Request):
        context = request.scope.get("fastapi", {}).get("effective_route_context")
        if context is None:
            return None
        assert isinstance(context, RouteContext)
        return [context.path, context.original_route.path, context.tags]

    app.include_router(included, prefix="/api", tags=["outer"])
    client = TestClient(app, headers={"x-key": "secret"})

    assert client.get("/api/items/1").json() == [
        "/api/items/{item_id}",
        "/items/{item_id}",
        ["outer", "inner"],
    ]
    assert client.get("/direct").json() is None
