"""Routers: prefixes, ways to declare, and mistakes."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Match

from straightway import APIRouter, Depends, Straightway
from straightway.errors import DeclarationError, StraightwayError
from straightway.routing import APIRoute
from straightway.testclient import TestClient
from tests.serve.asgi import http_scope

VERBS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]


# Prefixes and inclusions


def _include(prefix: str) -> None:
    APIRouter().include_router(APIRouter(), prefix=prefix)


@pytest.mark.parametrize("declare", [lambda prefix: APIRouter(prefix=prefix), _include])
@pytest.mark.parametrize(
    ("prefix", "message", "instead"),
    [
        ("users", "must start with '/'", 'prefix="/users"'),
        ("/users/", "must not end with '/'", 'prefix="/users"'),
    ],
)
def test_prefixes_start_with_a_slash_and_end_without(declare: Any, prefix: str, message: str, instead: str):
    """A prefix of a router or an inclusion is checked; the message shows the right one."""
    with pytest.raises(DeclarationError, match=message) as caught:
        declare(prefix)
    assert instead in str(caught.value)


def test_a_router_cannot_include_itself():
    """Neither directly nor through others."""
    first, second, third = APIRouter(), APIRouter(), APIRouter()
    first.include_router(second)
    second.include_router(third)

    with pytest.raises(DeclarationError, match="Cannot include the same APIRouter instance into itself"):
        first.include_router(first)
    with pytest.raises(DeclarationError, match="already includes this router"):
        third.include_router(first)
    assert first.routes == third.routes == []


def test_a_path_cannot_be_empty_altogether():
    """A route without path needs a prefix: its own router's or the inclusion's."""
    router = APIRouter()
    router.get("")(lambda: "empty")

    with pytest.raises(StraightwayError, match="Prefix and path cannot be both empty"):
        Straightway().include_router(router)
    app = Straightway()
    app.include_router(router, prefix="/p")

    assert TestClient(app).get("/p").json() == "empty"


def test_an_empty_path_is_the_prefix():
    """`@router.get("")` with a prefix answers at the prefix, and the slash is redirected there."""
    router = APIRouter(prefix="/items")
    router.get("")(lambda: "items")
    app = Straightway()
    app.include_router(router)
    client = TestClient(app, follow_redirects=False)

    assert client.get("/items").json() == "items"
    assert client.get("/items/").headers["location"] == "http://testserver/items"


# Declaring


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("make", [APIRouter, Straightway])
def test_verbs_declare_one_method(verb: str, make: Any):
    """Each decorator declares its method and returns the function as it was."""
    target = make()

    def endpoint():
        return "answer"

    returned = getattr(target, verb)("/x", name="n")(endpoint)
    route = target.routes[-1]

    assert returned is endpoint
    assert (route.methods, route.name) == ({verb.upper()}, "n")
    assert (
        TestClient(target if make is Straightway else _served(target)).request(verb, "/x").status_code == 200
    )


def _served(router: APIRouter) -> Straightway:
    app = Straightway()
    app.include_router(router)
    return app


def test_ways_to_declare_agree():
    """`get`, `api_route` and `add_api_route` make the same route."""
    options: dict[str, Any] = {"tags": ["t"], "status_code": 202, "summary": "s", "response_model": int}
    router = APIRouter(prefix="/p", tags=["r"], dependencies=[Depends(lambda: None)], deprecated=True)
    endpoint = _answer

    router.get("/x", **options)(endpoint)
    router.api_route("/x", **options)(endpoint)
    router.add_api_route("/x", endpoint, **options)
    router.add_api_route("/x", endpoint, methods={"get"}, **options)

    first, *others = [
        {name: getattr(route, name) for name in ("path", "methods", "dependencies", "deprecated", *options)}
        for route in router.routes
    ]
    assert first["tags"] == ["r", "t"]
    assert all(other == first for other in others)


async def _answer() -> int:
    return 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda router: router.get("/", respnse_model=int), "response_model"),
        (lambda router: router.add_api_route("/", _answer, method=["GET"]), "methods"),
        (lambda router: router.include_router(APIRouter(), prefx="/x"), "prefix"),
        (lambda router: router.api_route("/", tag=["x"]), "tags"),
    ],
)
@pytest.mark.parametrize("make", [APIRouter, Straightway])
def test_unknown_options_are_refused_with_a_suggestion(make: Any, call: Any, message: str):
    """A keyword that does not exist is a TypeError that names the one that was probably meant."""
    with pytest.raises(TypeError, match=f"did you mean .{message}"):
        call(make())


def test_decorators_show_their_options():
    """The signature that editors and `inspect` see has every option by name."""
    names = list(inspect.signature(APIRouter.get).parameters)

    assert names[:4] == ["self", "path", "response_model", "status_code"]
    assert {"dependencies", "openapi_extra", "max_body_size", "form_limits"} <= set(names)
    assert [list(inspect.signature(getattr(Straightway, verb)).parameters) for verb in VERBS] == [names] * 8


def test_what_the_router_had_at_the_declaration_counts():
    """Later changes of a router's prefix, tags and responses do not reach routes that exist."""
    router = APIRouter(prefix="/a", tags=["one"], responses={404: {"description": "gone"}})
    router.get("/x")(_answer)
    router.prefix = "/b"
    router.tags.append("two")
    router.responses[403] = {"description": "no"}
    router.get("/y")(_answer)

    assert [(route.path, route.tags, list(route.responses)) for route in router.routes] == [
        ("/a/x", ["one"], [404]),
        ("/b/y", ["one", "two"], [404, 403]),
    ]


def test_starlettes_ways_to_declare_ignore_the_prefix():
    """`route`, `add_route` and `mount` take full paths, as in FastAPI."""
    router = APIRouter(prefix="/p")

    @router.route("/a", methods=["POST"], name="a")
    async def plain(request: Any):
        return PlainTextResponse("plain")

    router.add_route("/b", plain)
    router.mount("/c", plain)

    assert [route.path for route in router.routes] == ["/a", "/b", "/c"]
    assert TestClient(_served(router)).post("/a").text == "plain"


def test_a_route_class_may_be_chosen_for_one_route():
    """`route_class` counts for routes declared later, `route_class_override` for one."""

    class First(APIRoute):
        pass

    class Second(APIRoute):
        pass

    router = APIRouter()
    router.get("/0")(_answer)
    router.route_class = First
    router.get("/1")(_answer)
    router.add_api_route("/2", _answer, route_class_override=Second)

    assert [type(route) for route in router.routes] == [APIRoute, First, Second]


# Addresses


def test_addresses_are_made_from_names():
    """`url_path_for` knows included, mounted and WebSocket routes, under their full paths."""
    app, sub, router = Straightway(), Straightway(), APIRouter(prefix="/r")
    sub.get("/x/{a}", name="inner")(lambda a: a)
    router.get("/y/{b:int}", name="other")(lambda b: b)
    router.websocket("/ws", name="talk")(lambda websocket: None)  # noqa: ARG005
    app.mount("/sub", sub, name="sub")
    app.include_router(router, prefix="/p")

    assert app.url_path_for("sub:inner", a="1") == "/sub/x/1"
    assert app.url_path_for("other", b=2) == "/p/r/y/2"
    assert app.url_path_for("talk") == "/p/r/ws"
    assert app.url_path_for("talk").protocol == "websocket"


# Frontends


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a directory with a built frontend."""
    (tmp_path / "index.html").write_text("shell")
    (tmp_path / "a.txt").write_text("text")
    return tmp_path


def test_frontends_answer_where_no_route_does(dist: Path):
    """Routes come first, those with another method and redirects too; then the frontend with the longest path."""
    router = APIRouter(prefix="/r")
    router.frontend("/ui", directory=dist)
    app = Straightway()
    app.frontend("/", directory=dist)
    app.include_router(router, prefix="/p")
    app.get("/api")(lambda: "api")
    client = TestClient(app, follow_redirects=False)
    page = {"accept": "text/html"}

    assert client.get("/api").json() == "api"
    assert client.post("/api").status_code == 405
    assert client.get("/api/").status_code == 307
    assert client.get("/a.txt").text == client.get("/p/r/ui/a.txt").text == "text"
    assert client.get("/any/page", headers=page).text == "shell"
    assert client.get("/any/page").json() == {"detail": "Not Found"}
    assert client.post("/a.txt").status_code == 405


def test_frontends_have_the_dependencies_around_them(dist: Path):
    """Dependencies of application, inclusion and router run before a file is sent."""
    seen: list[str] = []

    def noting(word: str) -> Any:
        def dependency(key: str):
            seen.append(word + key)

        return Depends(dependency)

    router = APIRouter(dependencies=[noting("router")])
    router.frontend("/", directory=dist)
    app = Straightway(dependencies=[noting("app")])
    app.include_router(router, dependencies=[noting("include")], prefix="/p")
    client = TestClient(app)

    assert client.get("/p/a.txt").status_code == 422
    assert client.get("/p/a.txt?key=1").text == "text"
    assert seen == ["app1", "include1", "router1"]


# Serving


def test_a_router_that_is_not_included_matches_nothing():
    """`matches` is asked where a router is included; by itself a router is an application, not a route."""
    router = APIRouter()
    router.post("/x")(_answer)

    assert router.matches(http_scope("/x")) == (Match.NONE, {})


def test_a_router_may_be_mounted():
    """A router is an ASGI application; inside an application its errors are answered by that."""
    router = APIRouter()
    router.get("/x/{a}")(lambda a: a)
    app = Straightway()
    app.mount("/m", router)
    client = TestClient(app)

    assert client.get("/m/x/1").json() == "1"
    assert client.get("/m/y").json() == {"detail": "Not Found"}
