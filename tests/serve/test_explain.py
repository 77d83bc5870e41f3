"""What `explain` says about routing, layers and limits, compared with what really happens."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Host, Mount, Route

from straightway import APIRouter, Depends, Straightway, WebSocket
from straightway.staticfiles import StaticFiles
from straightway.testclient import TestClient

ran = []


def noted(name):
    """Return an endpoint that notes that it ran."""

    def endpoint():
        ran.append(name)
        return name

    endpoint.__name__ = endpoint.__qualname__ = name
    return endpoint


class Odd(APIRouter):
    """A router that decides for itself."""

    def matches(self, scope):
        """Let no odd paths pass."""
        match, child = super().matches(scope)
        return (type(match).NONE, {}) if scope["path"].endswith("odd") else (match, child)


@pytest.fixture
def app(tmp_path):
    """An application with a route of each kind."""
    (tmp_path / "index.html").write_text("page")
    app = Straightway(openapi_url=None)
    app.get("/items/{number:int}")(noted("by_number"))
    app.get("/items/{name}")(noted("by_name"))
    app.post("/items/{name}")(noted("post"))
    app.get("/items/latest")(noted("latest"))
    app.get("/slash/")(noted("slash"))
    app.websocket("/chat/{room}")(talk)
    odd = Odd()
    odd.get("/odd/{name}")(noted("odd"))
    app.include_router(odd)
    inner = Straightway(openapi_url=None)
    inner.get("/x")(noted("inner"))
    app.mount("/inner", inner)
    app.mount("/plain", Starlette(routes=[Route("/y", plain)]))
    app.mount("/files", StaticFiles(directory=tmp_path))
    app.get("/inner/y")(noted("behind"))
    app.router.routes.append(Host("api.example.org", app=Starlette(routes=[Route("/z", plain)])))
    app.router.routes.append(Mount("/group", routes=[Route("/y", plain)]))
    app.frontend("/page", directory=tmp_path)
    return app


async def talk(websocket: WebSocket, room: str):
    """Accept."""
    ran.append(room)
    await websocket.accept()
    await websocket.close()


async def plain(request):
    """Answer without anything injected."""
    raise RuntimeError(request)


def innermost(account):
    """Return the explanation of the application that really answers."""
    return account if account.mounted is None else innermost(account.mounted)


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /items/3",
        "GET /items/three",
        "POST /items/3",
        "DELETE /items/3",
        "GET /items/latest",
        "GET /items/" + "9" * 5000,
        "GET /items",
        "GET /slash",
        "GET /odd/one",
        "GET /odd/odd",
        "GET /inner/x",
        "GET /inner/y",
        "POST /inner/x",
        "GET /nowhere",
    ],
)
def test_the_answer_is_the_one_that_was_explained(app, request_line):
    """Endpoint, 405, redirect or 404: as the router really decides."""
    ran.clear()
    method, _, path = request_line.partition(" ")
    told = innermost(app.explain(request_line))

    assert ran == []
    answer = TestClient(app, follow_redirects=False).request(method, path)

    assert [told.endpoint.origin.name] == ran if told.endpoint else ran == []
    outcome = {200: "endpoint", 404: "not found", 405: "method not allowed", 307: "redirect"}
    assert told.outcome == outcome[answer.status_code]
    if answer.status_code == 405:
        assert told.summary.endswith(answer.headers["allow"])
    if answer.status_code == 307:
        assert "to /slash/," in told.summary


def verdicts(app, request_line):
    """Return the candidates: method, path, verdict."""
    return [
        (",".join(each.methods), each.path, each.verdict) for each in app.explain(request_line).candidates
    ]


def test_every_candidate_has_its_reason(app):
    """Convertor, order and method are told apart, in the order of declaration."""
    assert verdicts(app, "GET /items/latest") == [
        ("GET", "/items/{number:int}", "convertor"),
        ("GET", "/items/{name}", "taken"),
        ("POST", "/items/{name}", "method"),
        ("GET", "/items/latest", "order"),
    ]
    assert "{number:int} does not take 'latest'" in str(app.explain("GET /items/latest"))
    assert verdicts(app, "GET /chat/x") == [("WS", "/chat/{room}", "kind")]
    assert verdicts(app, "GET /inner/y") == [("", "/inner", "taken"), ("GET", "/inner/y", "order")]


def test_a_misspelt_path_is_told_the_right_one(app):
    """The nearest path is named, with the values that were given."""
    assert "did you mean /items/3?" in str(app.explain("GET /itmes/3"))


@pytest.mark.parametrize(
    ("request_line", "outcome", "told"),
    [
        ("WS /chat/x", "websocket", "WS /chat/{room} answers: talk"),
        ("WS /nowhere", "not found", "refused with 403"),
        ("GET /files/a.txt", "mount", "/files is a mount of StaticFiles"),
        ("GET /plain/y", "starlette endpoint", "GET /y is a plain Starlette route"),
        ("GET /group/y", "starlette endpoint", "it runs on the loop"),
        ("GET http://api.example.org/z", "starlette endpoint", "GET /z is a plain Starlette route"),
        ("GET /page/a", "frontend", "that the frontend at /page has for it"),
        ("PUT /page/a", "frontend", "answers GET and HEAD only"),
    ],
)
def test_other_ends_are_told(app, request_line, outcome, told):
    """What is no endpoint of a plan is told, too."""
    account = innermost(app.explain(request_line))

    assert account.outcome == outcome
    assert told in account.summary


@pytest.mark.parametrize("words", ["", "items", "GET items", "GET", "G3T /items", "GET /a b"])
def test_what_is_no_request_is_refused(app, words):
    """The error shows how one is written."""
    with pytest.raises(ValueError, match="is no request: write a method and a path"):
        app.explain(words)


def test_middleware_is_listed_without_secrets():
    """In order, outermost first; options are shown unless they may be secret."""
    app = Straightway(
        middleware=[Middleware(SessionMiddleware, secret_key="hidden", max_age=60)], max_body_size=9
    )

    @app.middleware("http")
    async def timing(request, call_next):
        return await call_next(request)

    layers = app.explain("/docs").middleware

    assert [each.name for each in layers][:3] == [
        "errors",
        "body limit",
        timing.__qualname__.replace("<locals>.", ""),
    ]
    assert layers[3].name == "SessionMiddleware"
    assert set(layers[3].options) == {"secret_key=***", "max_age=60"}
    assert app.middleware_stack is None


def test_handlers_are_told_with_what_they_catch():
    """A handler of a base class catches; without one the last resort answers."""
    app = Straightway()

    @app.exception_handler(ValueError)
    async def bad_value(request, error): ...

    @app.exception_handler(Exception)
    async def last(request, error): ...

    @app.get("/")
    def index(number: int) -> int:
        return number

    caught = {each.raised: each for each in app.explain("/").catches}

    assert caught["ValueError"].handler.name.endswith("bad_value")
    assert caught["ValueError"].is_own
    assert caught["Exception"].handler.name.endswith("last")
    assert caught["ResponseValidationError"].handler.name.endswith("last")
    assert not caught["RequestValidationError"].is_own
    assert "step 0 is not valid" in caught["RequestValidationError"].when


def connection():
    """Be overridden."""


def replacement():
    """Override."""


def test_overrides_in_force_are_told():
    """The dependency that runs is shown, and which it replaces."""
    app = Straightway()
    app.dependency_overrides[connection] = replacement
    app.get("/", dependencies=[Depends(connection)])(noted("index"))

    step = app.explain("/").endpoint.steps[0]

    assert (step.origin.name, step.instead_of.name) == ("replacement", "connection")


def test_source_is_what_is_compiled_for_the_transport(app):
    """RSGI has its own text, or a comment that says why it is not used."""
    assert "async def by_name(scope, receive, send):" in app.explain("/items/x", source="asgi").source
    assert "async def by_name(scope, protocol):" in app.explain("/items/x", source="rsgi").source
    assert "async def talk(websocket):" in app.explain("WS /chat/x", source="asgi").source
    assert app.explain("/items/x").source is None
    app.add_middleware(SessionMiddleware, secret_key="x")
    assert (
        "# Under RSGI this is answered through ASGI: there is middleware"
        in app.explain("/items/x", source="rsgi").source
    )
