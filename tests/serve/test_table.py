"""Which route answers: order, barriers, methods, slashes, and lists of routes that change."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Match, Mount, Route
from starlette.types import Receive, Scope, Send

from straightway import APIRouter, Request, Straightway
from straightway.routing import APIRoute
from straightway.testclient import TestClient
from tests.serve.asgi import ask, http_scope


def answering(word: Any) -> Any:
    """Return an endpoint that answers with the word."""

    async def endpoint() -> Any:
        return word

    return endpoint


async def hello(request: Any) -> PlainTextResponse:
    """Answer a request as Starlette's routes do."""
    return PlainTextResponse("hello")


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path that is left, as text."""
    await PlainTextResponse(f"mounted {scope['path']}")(scope, receive, send)


def app_with(*paths: tuple[str, str]) -> Straightway:
    """Return an application with an endpoint for each pair of method and path, which answers with both."""
    app = Straightway(openapi_url=None)
    for method, path in paths:
        app.add_api_route(path, answering(f"{method} {path}"), methods=[method])
    return app


# Order


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        ("/users/{id}", "/users/me", "/users/me"),
        ("/users/me", "/users/{id}", "/users/me"),
        ("/{rest:path}", "/a/b", "/a/b"),
        ("/{a}/b", "/a/{b}", "/a/b"),
        ("/a/{b}", "/{a}/b", "/a/b"),
        ("/x", "/x", "/x"),
        ("/n/{n:int}", "/n/{word}", "/n/5"),
        ("/n/{word}", "/n/{n:int}", "/n/5"),
    ],
)
def test_the_first_declared_route_that_matches_answers(first: str, second: str, asked: str):
    """Neither literal nor more specific paths overtake a route that was declared before them."""
    app = Straightway(openapi_url=None)
    app.get(first)(answering("first"))
    app.get(second)(answering("second"))

    assert TestClient(app).get(asked).json() == "first"


def test_a_route_whose_convertor_refuses_is_passed_over():
    """A path that the first route's convertor does not take goes to the next route."""
    client = TestClient(app_with(("GET", "/n/{n:int}"), ("GET", "/n/{word}")))

    assert client.get("/n/5").json() == "GET /n/{n:int}"
    assert client.get("/n/five").json() == "GET /n/{word}"


@pytest.mark.parametrize("digits", [4300, 4301])
def test_a_number_beyond_what_python_converts_is_another_path(digits: int):
    """`{n:int}` does not match more digits than `int()` takes: nobody can make it fail."""
    client = TestClient(app_with(("GET", "/n/{n:int}"), ("GET", "/n/{word}"), ("POST", "/m/{n:int}")))
    inner = Straightway()
    inner.mount("/in/{n:int}", plain)
    number = "9" * digits

    assert client.get(f"/n/{number}").json() == ("GET /n/{n:int}" if digits == 4300 else "GET /n/{word}")
    assert client.post(f"/m/{number}").status_code == (200 if digits == 4300 else 404)
    assert client.post(f"/m/{number}/").status_code == (200 if digits == 4300 else 404)
    assert TestClient(inner).get(f"/in/{number}/x").status_code == (200 if digits == 4300 else 404)


def test_an_error_in_a_match_of_its_own_is_not_hidden():
    """What a route's own `matches` raises is an error of the application, not a path that does not exist."""

    class Failing(Mount):
        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            raise ValueError("mistake")

    app = app_with()
    app.routes.append(Failing("/a", app=plain))

    with pytest.raises(ValueError, match="mistake"):
        TestClient(app).get("/a")


def test_a_later_route_for_the_method_beats_an_earlier_one_for_the_path():
    """GET and POST of one path may be declared with other routes between them."""
    client = TestClient(app_with(("GET", "/x"), ("GET", "/y"), ("POST", "/{any}")))

    assert client.post("/x").json() == "POST /{any}"


def test_path_parameters_of_two_routes_with_one_shape_keep_their_names():
    """Routes that differ in method and parameter name alone get the value under their own name."""
    app = Straightway()

    @app.get("/items/{item_id}")
    async def read(item_id: int):
        return {"item_id": item_id}

    @app.put("/items/{name}")
    async def write(name: str):
        return {"name": name}

    client = TestClient(app)

    assert client.get("/items/3").json() == {"item_id": 3}
    assert client.put("/items/3").json() == {"name": "3"}


# Barriers


@pytest.mark.parametrize(("mount_first", "expected"), [(True, "mounted /a/x"), (False, '"GET /a/x"')])
def test_a_mount_is_asked_in_its_turn(mount_first: bool, expected: str):
    """Routes before a mount win over it, routes after it lose."""
    app = app_with()
    if mount_first:
        app.mount("/a", plain)
    app.get("/a/x")(answering("GET /a/x"))
    if not mount_first:
        app.mount("/a", plain)
    client = TestClient(app)

    assert client.get("/a/x").text == expected
    assert client.get("/a/y").text == "mounted /a/y"


def test_routes_around_a_mount_keep_their_order():
    """A route after a mount answers what neither the mount nor the routes before it take."""
    app = app_with(("GET", "/a"), ("GET", "/b"))
    app.mount("/m", plain)
    app.get("/{rest:path}")(answering("rest"))
    client = TestClient(app)

    assert [client.get(path).text for path in ("/a", "/m/x", "/b", "/m2")] == [
        '"GET /a"',
        "mounted /m/x",
        '"GET /b"',
        '"rest"',
    ]


def test_a_host_is_asked_in_its_turn():
    """Requests for the host go to its application, others to the routes after it."""
    app = app_with()
    app.host("api.example.org", plain)
    app.get("/x")(answering("here"))
    client = TestClient(app)

    assert client.get("/x", headers={"host": "api.example.org"}).text == "mounted /x"
    assert client.get("/x").json() == "here"


class OnlyWithKey(APIRoute):
    """Matches requests with a header, too."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Refuse what lacks the header."""
        match, child_scope = super().matches(scope)
        has_key = any(name == b"x-key" for name, _ in scope["headers"])
        return (match, child_scope) if has_key else (Match.NONE, {})


def test_a_route_with_a_match_of_its_own_is_asked_in_its_turn():
    """What a route class adds to `matches` decides, and the next route answers what it refuses."""
    router = APIRouter(route_class=OnlyWithKey)
    router.get("/x")(answering("with key"))
    router.add_api_route("/x", answering("without"), route_class_override=APIRoute)
    app = Straightway()
    app.include_router(router, prefix="/r")
    client = TestClient(app)

    assert client.get("/r/x", headers={"x-key": "1"}).json() == "with key"
    assert client.get("/r/x").json() == "without"


def test_a_match_of_its_own_may_add_to_the_scope():
    """The child scope that `matches` returns is what the endpoint sees."""

    class Marked(Route):
        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            match, child_scope = super().matches(scope)
            return match, {**child_scope, "mark": "seen"}

    async def show(request: Any) -> PlainTextResponse:
        return PlainTextResponse(request.scope["mark"])

    app = Straightway(routes=[Marked("/x", show)])

    assert TestClient(app).get("/x").text == "seen"


# Methods


def test_another_method_is_refused_with_all_that_are_allowed():
    """405 lists the methods of every route that has the path, each once (RFC 9110, section 15.5.6)."""
    app = app_with(("GET", "/x"), ("POST", "/x"), ("PUT", "/{any}"), ("GET", "/{any}"), ("DELETE", "/y"))

    response = TestClient(app).patch("/x")

    assert response.status_code == 405
    assert response.json() == {"detail": "Method Not Allowed"}
    assert sorted(response.headers["allow"].split(", ")) == ["GET", "POST", "PUT"]


def test_allowed_methods_of_routes_beyond_a_mount_are_listed():
    """A barrier between two routes of one path hides neither of them from `Allow`."""
    app = app_with(("GET", "/x"))
    app.mount("/m", plain)
    app.post("/x")(answering("posted"))

    assert TestClient(app).put("/x").headers["allow"] == "GET, POST"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_no_method_is_implied(method: str):
    """An endpoint for GET answers neither HEAD nor OPTIONS; routes of Starlette's do answer HEAD."""
    app = app_with(("GET", "/x"))
    app.router.add_route("/plain", hello, methods=["GET"])
    client = TestClient(app)

    refused = client.request(method, "/x")

    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    assert client.head("/plain").status_code == 200


def test_handlers_of_the_status_answer_what_no_route_matches():
    """404 and 405 of the router go to the exception handlers, as those that endpoints raise."""
    app = app_with(("GET", "/x"))

    async def say(request: Any, error: Any) -> PlainTextResponse:
        return PlainTextResponse(f"handled {error.status_code}", status_code=error.status_code)

    app.add_exception_handler(404, say)
    app.add_exception_handler(405, say)
    client = TestClient(app)

    assert client.get("/nowhere").text == "handled 404"
    assert client.post("/x").text == "handled 405"


def test_a_router_without_an_application_refuses_in_plain_text():
    """Served alone, where nothing turns exceptions into responses, a router answers 404 and 405 itself."""
    router = APIRouter()
    router.get("/x")(answering("x"))

    missing, refused = ask(router, path="/nowhere"), ask(router, path="/x", method="POST")

    assert (missing.status, missing.body) == (404, b"Not Found")
    assert (refused.status, refused.body, refused.headers["allow"]) == (405, b"Method Not Allowed", "GET")


# Slashes


@pytest.mark.parametrize(
    ("declared", "asked", "location"),
    [
        ("/a/", "/a", "http://testserver/a/"),
        ("/a/", "/a?x=1&y=%20", "http://testserver/a/?x=1&y=%20"),
        ("/b", "/b/", "http://testserver/b"),
        ("/b", "/b//?x=1", "http://testserver/b?x=1"),
        ("/i/{id}", "/i/3/", "http://testserver/i/3"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_other_slash_is_redirected(declared: str, asked: str, location: str, method: str):
    """A path that exists with, or without, its last slash is redirected there with its query string."""
    response = TestClient(app_with(("POST", declared)), follow_redirects=False).request(method, asked)

    assert (response.status_code, response.headers["location"]) == (307, location)


@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/é", b"x=\xc3\xa9", "/%C3%A9/?x=%C3%A9"),
        ("/a", b"x=\xff\r\n", "/a/?x=%FF%0D%0A"),
        ("/a%41", b"", "/a%2541/"),
        ("/a?b#c d", b"?", "/a%3Fb%23c%20d/??"),
        ("/a\r\nX: y", b"", "/a%0D%0AX:%20y/"),
    ],
)
def test_a_redirect_repeats_what_was_asked(path: str, query: bytes, location: str):
    """Path and query string go into the new address escaped where they have to be, whatever bytes they were."""
    app = app_with(("GET", "/{word}/"))

    response = ask(app, scope=http_scope(path, method="GET", query_string=query))

    assert (response.status, response.headers["location"]) == (307, f"http://testserver{location}")


def test_a_redirect_stays_below_the_root_path():
    """The address of a redirect has the path that a proxy has taken off."""
    client = TestClient(app_with(("GET", "/a/")), root_path="/api/v1", follow_redirects=False)

    assert client.get("/api/v1/a?x=1").headers["location"] == "http://testserver/api/v1/a/?x=1"


def test_exact_matches_come_before_redirects():
    """A catch-all after `/a/` answers `/a`: there is a route, so nothing is redirected."""
    client = TestClient(app_with(("GET", "/a/"), ("GET", "/{any}")), follow_redirects=False)

    assert client.get("/a").json() == "GET /{any}"


@pytest.mark.parametrize(("of_app", "of_router", "status"), [(False, True, 404), (True, False, 307)])
def test_redirects_are_the_outermost_routers_choice(of_app: bool, of_router: bool, status: int):
    """`redirect_slashes` of an included router does not count."""
    router = APIRouter(redirect_slashes=of_router)
    router.get("/a/")(answering("a"))
    app = Straightway(redirect_slashes=of_app)
    app.include_router(router)

    assert TestClient(app, follow_redirects=False).get("/a").status_code == status


# Lists that change


def test_changes_of_the_list_count_from_the_next_request():
    """Routes may be appended, inserted, replaced, reordered and removed at any time."""
    app = app_with(("GET", "/x"))
    client = TestClient(app)
    seen = [client.get("/x").json()]

    app.routes.append(APIRoute("/late", answering("late")))
    seen.append(client.get("/late").json())
    app.routes.insert(0, APIRoute("/{any}", answering("inserted")))
    seen.append(client.get("/x").json())
    app.routes.reverse()
    seen.append(client.get("/x").json())
    app.routes[0] = APIRoute("/late", answering("replaced"))
    seen.append(client.get("/late").json())
    del app.routes[0]
    seen.append(client.get("/late").json())
    app.routes.clear()
    seen.append(client.get("/late").status_code)

    assert seen == ["GET /x", "late", "inserted", "GET /x", "replaced", "inserted", 404]


def test_slices_of_the_list_may_be_assigned():
    """`routes[:] = …` and `routes += …` are changes like any other."""
    app = app_with(("GET", "/x"))
    client = TestClient(app)
    client.get("/x")

    app.routes[:] = [APIRoute("/y", answering("y"))]
    first = client.get("/x").status_code, client.get("/y").json()
    app.router.routes += [APIRoute("/z", answering("z"))]

    assert (*first, client.get("/z").json()) == (404, "y", "z")


def test_the_list_may_be_reassigned():
    """A router takes a new list of routes, and later changes to it, too."""
    app = app_with(("GET", "/x"))
    client = TestClient(app)
    client.get("/x")

    app.router.routes = [each for each in app.routes if each.path != "/x"]
    gone = client.get("/x").status_code
    app.get("/y")(answering("y"))

    assert (gone, client.get("/y").json()) == (404, "y")


def test_routes_given_at_construction_come_first():
    """Routes of `routes=` are tried before those declared later, whatever their kind."""
    routes = [
        Route("/x", hello),
        Mount("/m", plain),
        Host("other", plain),
    ]
    app = Straightway(routes=routes)
    app.get("/{any}")(answering("declared"))
    client = TestClient(app)

    assert [each.text for each in map(client.get, ("/x", "/m/y", "/z"))] == [
        "hello",
        "mounted /m/y",
        '"declared"',
    ]
    assert app.routes[:3] == routes


def test_the_scope_says_what_matched():
    """Middleware finds the route, the endpoint, the parameters and the applications in the scope afterwards."""
    app = Straightway()

    @app.get("/i/{id}")
    async def read(id: int):
        return id

    result = ask(app, path="/i/3", method="GET")

    assert result.scope["route"] is app.routes[-1]
    assert result.scope["endpoint"] is read
    assert result.scope["path_params"] == {"id": "3"}
    assert (result.scope["app"], result.scope["router"]) == (app, app.router)


def test_a_mounted_router_adds_to_the_parameters_of_its_mount():
    """A route below a mount with a parameter sees both."""
    inner = Straightway()

    @inner.get("/{b}")
    async def read(request: Request, b: str):
        return {**request.path_params, "own": b}

    app = Straightway()
    app.mount("/{a}", inner)

    assert TestClient(app).get("/1/2").json() == {"a": "1", "b": "2", "own": "2"}
