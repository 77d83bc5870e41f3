"""Routers in routers: one flat list of real routes that stays up to date, and how options combine."""

from functools import wraps
from typing import Annotated, Any

import pytest
from starlette.requests import Request
from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute

from straightway import APIRouter, Depends, Straightway, WebSocket
from straightway.responses import HTMLResponse, JSONResponse, PlainTextResponse
from straightway.routing import APIRoute, APIWebSocketRoute
from straightway.testclient import TestClient


def empty_app(**options: Any) -> Straightway:
    """Return an application without documentation routes."""
    return Straightway(openapi_url=None, **options)


def router_with(*paths: str, **options: Any) -> APIRouter:
    """Return a router with an endpoint at each path, which answers with it."""
    router = APIRouter(**options)
    for path in paths:
        add(router, path)
    return router


def add(router: Any, path: str, **options: Any) -> None:
    """Declare an endpoint that answers with the path it was declared at."""
    router.get(path, **options)(lambda: path)


def paths_of(app: Any) -> list[str]:
    """Return the paths of the routes, in order."""
    return [route.path for route in app.routes]


def only_route(app: Any) -> Any:
    """Return the one route of an application."""
    (route,) = app.routes
    return route


# The flat list


def test_routes_are_real_and_have_full_paths():
    """Included routes, however deep, stand in one list, of their own classes and with all prefixes."""
    app = empty_app()
    inner = router_with("/x", "/y", prefix="/inner")
    outer = router_with("/z", prefix="/outer")
    outer.include_router(inner, prefix="/i")
    app.include_router(outer, prefix="/o")

    assert paths_of(app) == ["/o/outer/z", "/o/outer/i/inner/x", "/o/outer/i/inner/y"]
    assert {type(route) for route in app.routes} == {APIRoute}
    assert TestClient(app).get("/o/outer/i/inner/x").json() == "/x"


def test_the_scope_has_the_route_with_the_full_path():
    """Middleware and endpoints find the included route itself in the scope."""
    router = APIRouter()

    @router.get("/x")
    async def show(request: Request):
        return [request.scope["route"].path, request.scope["route"] is request.app.routes[0]]

    app = empty_app()
    app.include_router(router, prefix="/p")

    assert TestClient(app).get("/p/x").json() == ["/p/x", True]


def test_a_parameter_of_the_prefix_is_a_path_parameter():
    """An endpoint is analysed with its full path: what was a query parameter may be in the path of an inclusion."""
    router = APIRouter(prefix="/u/{uid}")

    @router.get("/y")
    async def endpoint(uid: int, oid: str):
        return [uid, oid]

    app = empty_app()
    app.include_router(router, prefix="/o/{oid}")

    assert TestClient(app).get("/o/1/u/2/y").json() == [2, "1"]


def test_a_router_may_be_included_twice():
    """Each inclusion has routes of its own, with operation ids of their own; addresses are those of the first."""
    router = APIRouter()
    calls: list[str] = []

    @router.get("/x", name="x")
    async def endpoint(request: Request):
        return request.url.path

    app = Straightway()
    for word in ("a", "b"):
        app.include_router(
            router, prefix=f"/{word}", dependencies=[Depends(lambda word=word: calls.append(word))]
        )
    client = TestClient(app)

    assert [client.get("/a/x").json(), client.get("/b/x").json()] == ["/a/x", "/b/x"]
    assert calls == ["a", "b"]
    assert app.url_path_for("x") == "/a/x"
    assert [each["get"]["operationId"] for each in app.openapi()["paths"].values()] == [
        "x_a_x_get",
        "x_b_x_get",
    ]


# Changes after the inclusion


def test_later_additions_are_served_in_their_place():
    """A route added to an included router comes after its siblings, before what was declared after the inclusion."""
    app = empty_app()
    first, second = router_with("/1"), router_with("/2")
    add(app, "/before")
    app.include_router(first, prefix="/a")
    add(app, "/between")
    app.include_router(second, prefix="/b")
    add(app, "/after")
    client = TestClient(app)
    client.get("/before")

    add(first, "/3")
    add(second, "/4")
    add(app, "/last")

    assert paths_of(app) == ["/before", "/a/1", "/a/3", "/between", "/b/2", "/b/4", "/after", "/last"]
    assert client.get("/a/3").json() == "/3"


def test_routers_may_be_empty_when_they_are_included():
    """What is declared afterwards stands where the inclusion was made, for several empty ones in a row too."""
    app = empty_app()
    first, second, third = APIRouter(), APIRouter(), APIRouter()
    add(app, "/before")
    for number, router in enumerate([first, second, third]):
        app.include_router(router, prefix=f"/{number}")
    add(app, "/after")
    assert paths_of(app) == ["/before", "/after"]

    add(third, "/x")
    add(first, "/x")
    add(second, "/x")

    assert paths_of(app) == ["/before", "/0/x", "/1/x", "/2/x", "/after"]


def test_additions_deep_inside_are_served():
    """A router that is included in an included router may grow, and include further ones, at any time."""
    app, outer, inner, late = empty_app(), APIRouter(), APIRouter(), router_with("/late")
    app.include_router(outer, prefix="/o")
    outer.include_router(inner, prefix="/i")
    client = TestClient(app)
    assert client.get("/o/i/x").status_code == 404

    add(inner, "/x")
    inner.include_router(late, prefix="/l")
    add(outer, "/y")

    assert paths_of(app) == ["/o/i/x", "/o/i/l/late", "/o/y"]
    assert [client.get(path).json() for path in paths_of(app)] == ["/x", "/late", "/y"]


def test_additions_appear_in_every_inclusion():
    """A router that is included twice grows in both places, each in its position."""
    app, router = empty_app(), router_with("/1")
    app.include_router(router, prefix="/a")
    add(app, "/between")
    app.include_router(router, prefix="/b")

    add(router, "/2")

    assert paths_of(app) == ["/a/1", "/a/2", "/between", "/b/1", "/b/2"]


@pytest.mark.parametrize("change", ["remove", "del", "clear", "assign"])
def test_removals_are_followed(change: str):
    """A route that is taken out of an included router's list is served no more."""
    app, router = empty_app(), router_with("/1", "/2")
    app.include_router(router, prefix="/a")
    client = TestClient(app)
    assert client.get("/a/1").status_code == 200

    match change:
        case "remove":
            router.routes.remove(router.routes[0])
        case "del":
            del router.routes[0]
        case "clear":
            router.routes.clear()
        case _:
            router.routes = [router.routes[1]]

    assert client.get("/a/1").status_code == 404
    assert paths_of(app) == ([] if change == "clear" else ["/a/2"])


def test_the_order_of_the_included_router_is_followed():
    """Routes that are reordered or inserted there are reordered or inserted here."""
    app, router = empty_app(), router_with("/1", "/2")
    app.include_router(router, prefix="/a")
    add(app, "/after")
    made = list(app.routes)

    router.routes.reverse()
    router.routes.insert(1, APIRoute("/new", lambda: "new"))

    assert paths_of(app) == ["/a/2", "/a/new", "/a/1", "/after"]
    assert [app.routes[2], app.routes[0]] == made[:2]


def test_a_flat_route_that_was_removed_stays_removed():
    """Taking an included route out of the application's list is not undone by later additions."""
    app, router = empty_app(), router_with("/1", "/2")
    app.include_router(router, prefix="/a")
    app.routes[:] = [route for route in app.routes if route.path != "/a/1"]
    client = TestClient(app)
    assert client.get("/a/1").status_code == 404

    add(router, "/3")
    add(router, "/4")

    assert paths_of(app) == ["/a/2", "/a/3", "/a/4"]
    assert client.get("/a/1").status_code == 404


def test_routes_survive_as_objects():
    """An addition does not make the other routes anew, so that what was done to them stays."""
    app, router = empty_app(), router_with("/1")
    app.include_router(router, prefix="/a")
    route = only_route(app)
    route.tags.append("mine")

    add(router, "/2")

    assert app.routes[0] is route
    assert app.routes[0].tags == ["mine"]


def test_the_document_follows():
    """The OpenAPI document has routes that are added or removed after it was first asked for."""
    app, router = Straightway(), router_with("/1")
    app.include_router(router, prefix="/a")
    assert list(app.openapi()["paths"]) == ["/a/1"]

    add(router, "/2")
    del router.routes[0]

    assert list(app.openapi()["paths"]) == ["/a/2"]


# How options combine


def included(option: str, *, app: Any, include: Any, router: Any, route: Any) -> Any:
    """Return a route that was given an option at four levels; None stands for not given."""
    at_route = "response_class" if option == "default_response_class" else option

    def given(name: str, value: Any) -> dict[str, Any]:
        return {} if value is None else {name: value}

    inner = APIRouter(**given(option, router))
    inner.get("/x", **given(at_route, route))(lambda: "x")
    application = empty_app(**given(option, app))
    application.include_router(inner, **given(option, include))
    return only_route(application)


def test_tags_add_up():
    """Tags come from the outside in; those of routers include the outer router's."""
    inner, outer = APIRouter(tags=["in"]), APIRouter(tags=["out"])
    add(inner, "/x", tags=["op"])
    outer.include_router(inner, tags=["inc"])
    app = empty_app()
    app.include_router(outer, tags=["app inc"])

    assert only_route(app).tags == ["app inc", "out", "inc", "in", "op"]


def test_dependencies_add_up():
    """Dependencies come from the outside in."""
    given = {word: [Depends(lambda: None)] for word in ("app", "include", "router", "route")}

    route = included("dependencies", **given)

    assert route.dependencies == [each for word in given for each in given[word]]


def test_callbacks_add_up():
    """Routes of callbacks come from the outside in."""
    given = {word: [APIRoute(f"/{word}", lambda: None)] for word in ("app", "include", "router", "route")}

    route = included("callbacks", **given)

    assert route.callbacks == [each for word in given for each in given[word]]


def test_responses_are_laid_over_each_other():
    """Of the same status, the innermost description counts."""
    words = ("app", "include", "router", "route")
    given = {
        word: {status: {"description": word} for status in range(410, 414 - number)}
        for number, word in enumerate(words)
    }

    route = included("responses", **given)

    assert {status: each["description"] for status, each in route.responses.items()} == {
        410: "route",
        411: "router",
        412: "include",
        413: "app",
    }


@pytest.mark.parametrize("level", ["app", "include", "router", "route"])
def test_deprecation_at_one_level_is_enough(level: str):
    """A route is deprecated if anything around it is."""
    nothing = dict.fromkeys(("app", "include", "router", "route"))

    assert included("deprecated", **{**nothing, level: True}).deprecated is True
    assert not included("deprecated", **nothing).deprecated


@pytest.mark.parametrize("level", ["app", "include", "router", "route"])
def test_a_route_is_described_only_if_all_levels_agree(level: str):
    """`include_in_schema=False` anywhere around a route hides it."""
    nothing = dict.fromkeys(("app", "include", "router", "route"))

    assert included("include_in_schema", **{**nothing, level: False}).include_in_schema is False
    assert included("include_in_schema", **nothing).include_in_schema is True


ORDERS = [
    ({"app": 1}, 1),
    ({"app": 1, "include": 2}, 2),
    ({"app": 1, "include": 2, "router": 3}, 3),
    ({"app": 1, "include": 2, "router": 3, "route": 4}, 4),
    ({"app": 1, "router": 3}, 3),
    ({"include": 2, "router": 3}, 3),
    ({"app": 1, "route": 4}, 4),
]
CLASSES: dict[int, Any] = {
    1: PlainTextResponse,
    2: HTMLResponse,
    3: JSONResponse,
    4: type("Own", (JSONResponse,), {}),
}


@pytest.mark.parametrize(("given", "expected"), ORDERS)
def test_the_innermost_response_class_counts(given: dict[str, int], expected: int):
    """Route before router before inclusion before application."""
    levels = {**dict.fromkeys(("app", "include", "router", "route")), **given}
    classes = {word: CLASSES.get(number or 0) for word, number in levels.items()}

    assert included("default_response_class", **classes).response_class is CLASSES[expected]


def id_function(number: int) -> Any:
    """Return a function that gives each route the same operation id."""

    def function(route: APIRoute) -> str:
        return f"id-{number}"

    return function


@pytest.mark.parametrize(("given", "expected"), ORDERS)
def test_the_innermost_function_for_ids_counts(given: dict[str, int], expected: int):
    """Route before router before inclusion before application."""
    levels = {**dict.fromkeys(("app", "include", "router", "route")), **given}
    functions = {word: number and id_function(number) for word, number in levels.items()}

    assert included("generate_unique_id_function", **functions).unique_id == f"id-{expected}"


@pytest.mark.parametrize(("given", "expected"), [each for each in ORDERS if "app" not in each[0]])
def test_the_innermost_limit_counts(given: dict[str, int], expected: int):
    """Route before router before inclusion; that of the application is a layer of its own."""
    levels = {**dict.fromkeys(("app", "include", "router", "route")), **given}

    assert included("max_body_size", **levels).max_body_size == expected


@pytest.mark.parametrize(
    ("of_app", "of_router", "of_route", "status"),
    [
        (False, None, None, 200),
        (False, True, None, 422),
        (True, False, None, 200),
        (True, False, True, 422),
        (None, None, None, 422),
        (None, None, False, 200),
    ],
)
def test_strictness_about_content_types(of_app: Any, of_router: Any, of_route: Any, status: int):
    """Route before router before application decide whether a body without a type is JSON."""
    router = APIRouter(**({} if of_router is None else {"strict_content_type": of_router}))
    options = {} if of_route is None else {"strict_content_type": of_route}

    def endpoint(body: dict[str, int]):
        return body

    router.add_api_route("/x", endpoint, methods=["POST"], **options)
    app = empty_app(**({} if of_app is None else {"strict_content_type": of_app}))
    app.include_router(router)

    assert TestClient(app).post("/x", content=b'{"a": 1}').status_code == status


def test_options_of_routes_are_their_own():
    """Name, status, methods, texts and the answer's model pass through an inclusion as they are."""
    options = {
        "name": "n",
        "status_code": 202,
        "summary": "s",
        "description": "d",
        "response_description": "r",
        "operation_id": "o",
        "openapi_extra": {"x-a": 1},
        "response_model": dict[str, int],
        "response_model_exclude": {"b"},
        "response_model_exclude_none": True,
    }
    router = APIRouter()
    router.api_route("/x", methods=["put", "post"], **options)(lambda: {"a": 1})
    app = empty_app()
    app.include_router(router)
    route = only_route(app)

    assert {name: getattr(route, name) for name in options} == options
    assert route.methods == {"PUT", "POST"}


def test_what_the_parent_had_at_the_inclusion_counts():
    """Prefix and tags of the including router are taken when the inclusion is made, not later."""
    outer, inner = APIRouter(prefix="/before", tags=["before"]), router_with("/x")
    outer.include_router(inner)
    outer.prefix = "/after"
    outer.tags.append("after")

    assert [(route.path, route.tags) for route in outer.routes] == [("/before/x", ["before"])]


def test_overrides_of_the_application_hold_for_included_routes():
    """A dependency of a route in a router in a router is replaced by the application's overrides."""

    def original():
        return "original"

    inner, outer, app = APIRouter(), APIRouter(), empty_app()

    @inner.get("/x")
    async def endpoint(value: Annotated[str, Depends(original)]):
        return value

    outer.include_router(inner)
    app.include_router(outer)
    app.dependency_overrides[original] = lambda: "replaced"

    assert TestClient(app).get("/x").json() == "replaced"


# Other kinds of routes


async def plain(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the root path."""
    await PlainTextResponse(scope["root_path"])(scope, receive, send)


async def talk(websocket: WebSocket) -> None:
    """Say nothing."""


class Unknown(BaseRoute):
    """A kind of route that has no path."""


def test_starlettes_routes_are_included():
    """Routes, mounts, hosts and WebSocket routes get the prefix; kinds without a path are left out."""
    router = APIRouter(prefix="/not-for-these")
    router.add_route("/plain", lambda request: PlainTextResponse(request.url.path))
    router.mount("/m", plain, name="m")
    router.host("example.org", plain)
    router.add_websocket_route("/ws", plain)
    router.add_api_websocket_route("/api", talk)
    router.routes.append(Unknown())
    app = empty_app()
    app.include_router(router, prefix="/p")
    client = TestClient(app)

    assert [type(route) for route in app.routes] == [Route, Mount, Host, WebSocketRoute, APIWebSocketRoute]
    assert client.get("/p/plain").text == "/p/plain"
    assert client.get("/p/m/x").text == "/p/m"
    assert client.get("/p/x", headers={"host": "example.org"}).text == "/p"
    assert app.routes[3].path == "/p/ws"
    assert app.routes[4].path == "/p/not-for-these/api"


def test_custom_route_classes_stay_what_they_are():
    """An included route is of its own class, and what that class overrides is called."""

    class Timed(APIRoute):
        def get_route_handler(self) -> Any:
            original = super().get_route_handler()

            async def handler(request: Request) -> Any:
                response = await original(request)
                response.headers["x-route"] = self.path
                return response

            return handler

    router = router_with("/x", route_class=Timed)
    app = empty_app()
    app.include_router(router, prefix="/a")
    app.include_router(router, prefix="/b")
    client = TestClient(app)

    assert [type(route) for route in app.routes] == [Timed, Timed]
    assert [client.get(path).headers["x-route"] for path in ("/a/x", "/b/x")] == ["/a/x", "/b/x"]


def test_constructors_of_route_classes_run_once():
    """Inclusion repeats nothing that a constructor does, and loses nothing that it keeps, whatever its name."""

    class Labelled(APIRoute):
        def __init__(self, path: str, endpoint: Any, *, label: str = "none", **options: Any) -> None:
            self.label, self.plan = label, "monthly"
            super().__init__(f"/v1{path}", counted(endpoint), **options)

    def counted(function: Any) -> Any:
        @wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            return [*function(*arguments, **named), "counted"]

        return call

    def label_of(request: Request) -> list[str]:
        route = request.scope["route"]
        return [route.label, route.plan]

    router, outer, app = APIRouter(), APIRouter(), empty_app()
    router.routes.append(Labelled("/x", label_of, label="mine"))
    outer.include_router(router, prefix="/outer")
    app.include_router(outer, prefix="/app")

    assert TestClient(app).get("/app/outer/v1/x").json() == ["mine", "monthly", "counted"]


def test_constructors_of_websocket_route_classes_run_once():
    """A WebSocket route of one's own class keeps what its constructor was told."""

    class Labelled(APIWebSocketRoute):
        def __init__(self, path: str, endpoint: Any, *, label: str, **options: Any) -> None:
            self.label = label
            super().__init__(path, endpoint, **options)

    async def say_label(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.scope["route"].label)
        await websocket.close()

    router, app = APIRouter(), empty_app()
    router.routes.append(Labelled("/ws", say_label, label="mine"))
    app.include_router(router, prefix="/r")

    with TestClient(app).websocket_connect("/r/ws") as connection:
        assert connection.receive_text() == "mine"


def test_route_classes_need_not_know_newer_options():
    """A class that spells out its arguments, without `form_limits`, can be included."""

    class Older(APIRoute):
        def __init__(self, path: str, endpoint: Any, *, tags: Any = None, **options: Any) -> None:
            assert "form_limits" not in options
            super().__init__(path, endpoint, tags=[*(tags or []), "older"], **options)

    router = router_with("/x", route_class=Older)
    app = empty_app()
    app.include_router(router)

    assert TestClient(app).get("/x").json() == "/x"
    assert type(only_route(app)) is Older
