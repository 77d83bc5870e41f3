"""`problem_details=True`: every error is answered with problem details, unless the application has a handler for it."""

import json
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.testclient import WebSocketDenialResponse

from straightway import (
    APIRouter,
    Cookie,
    Depends,
    Form,
    Header,
    HTTPException,
    Problem,
    Query,
    Request,
    Straightway,
    WebSocket,
    WebSocketDisconnect,
)
from straightway.errors import RequestValidationError
from straightway.problems import NotFound
from straightway.security import APIKeyHeader, HTTPBasic, OAuth2PasswordBearer
from straightway.testclient import TestClient

PROBLEM = "application/problem+json"


class OutOfStock(Problem):
    """There is not enough left."""

    status = 409
    type = "https://shop.example/problems/out-of-stock"
    title = "Out of stock"
    sku: str


class Cat(BaseModel):
    """A member of a union."""

    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    """Another one."""

    kind: Literal["dog"]
    legs: int


class Home(BaseModel):
    """What is sent."""

    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = []
    price: dict[str, int] = {}
    size: int | list[int] = 0


def make(**options):
    """Return an application with the switch on and an endpoint for each way to fail."""
    app = Straightway(problem_details=True, **options)

    @app.get("/raise/{what}")
    def fail(what: str):
        raise RAISED[what]

    @app.get("/found")
    def found() -> int:
        return 1

    @app.get("/wrong-answer")
    def wrong_answer() -> int:
        return "no number"

    @app.get("/values/{number}")
    def values(
        number: int,
        limit: Annotated[int, Query()],
        many: Annotated[list[int], Query()] = (),
        x_count: Annotated[int, Header()] = 0,
        session: Annotated[int, Cookie()] = 0,
    ): ...

    @app.post("/homes")
    def home(home: Home): ...

    @app.post("/form")
    def form(name: Annotated[str, Form()]): ...

    add_security(app)

    @app.websocket("/chat")
    async def chat(websocket: WebSocket, number: int):
        raise HTTPException(403, "Not you") if number == 1 else NotFound()

    return app


def add_security(app):
    """Add an endpoint for each way to be unknown."""

    @app.get("/bearer")
    def bearer(token: Annotated[str, Depends(OAuth2PasswordBearer("token"))]): ...

    @app.get("/basic")
    def basic(user: Annotated[object, Depends(HTTPBasic())]): ...

    @app.get("/key")
    def key(key: Annotated[str, Depends(APIKeyHeader(name="x-key"))]): ...


RAISED = {
    "text": HTTPException(403, "Not yours", headers={"X-A": "1"}),
    "nothing": HTTPException(404),
    "starlette": StarletteHTTPException(402),
    "mapping": HTTPException(400, {"code": "E1", "more": [1]}),
    "reserved": HTTPException(400, {"title": "mine", "code": 1}),
    "odd keys": HTTPException(400, {1: 2}),
    "list": HTTPException(400, ["a", {"b": 1}]),
    "number": HTTPException(400, 7),
    "content type": HTTPException(400, "x", headers={"Content-Type": "text/x", "content-length": "3"}),
    "nan": HTTPException(400, {"a": float("nan"), "b": "\ud800"}),
    "object": HTTPException(400, {"a": object()}),
    "server": HTTPException(503, "Later", headers={"Retry-After": "9"}),
    "problem": OutOfStock(sku="a", detail="None left"),
    "failure": ValueError("secret"),
    "redirect": HTTPException(302, headers={"Location": "/found"}),
    "no content": HTTPException(204),
    "not modified": HTTPException(304),
}


@pytest.fixture
def client():
    """A client of the application, which sees the answers to failures."""
    return TestClient(make(), raise_server_exceptions=False)


def plain(status, title, **members):
    """Return problem details without a type of their own."""
    return {"type": "about:blank", "title": title, "status": status, **members}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("text", plain(403, "Forbidden", detail="Not yours")),
        ("nothing", plain(404, "Not Found")),
        ("starlette", plain(402, "Payment Required")),
        ("mapping", plain(400, "Bad Request", code="E1", more=[1])),
        ("reserved", plain(400, "Bad Request", context={"title": "mine", "code": 1})),
        ("odd keys", plain(400, "Bad Request", context={"1": 2})),
        ("list", plain(400, "Bad Request", errors=["a", {"b": 1}])),
        ("number", plain(400, "Bad Request", context=7)),
        ("content type", plain(400, "Bad Request", detail="x")),
        ("nan", plain(400, "Bad Request", a=None, b="\\ud800")),
        ("object", plain(400, "Bad Request", a="an object of object")),
        ("server", plain(503, "Service Unavailable", detail="Later")),
        ("failure", plain(500, "Internal Server Error")),
    ],
)
def test_exception_is_answered_with_problem_details(client, what, expected):
    """Status and detail are the exception's; of another exception than an HTTP one nothing is told."""
    response = client.get(f"/raise/{what}")

    assert response.status_code == expected["status"]
    assert response.headers["content-type"] == PROBLEM
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.json() == expected


def test_headers_of_the_exception_are_kept(client):
    """They are part of what the status means."""
    assert client.get("/raise/text").headers["x-a"] == "1"
    assert client.get("/raise/server").headers["retry-after"] == "9"


def test_problem_is_answered_as_its_class_says(client):
    """Type, title and members are the class's."""
    assert client.get("/raise/problem").json() == {
        "type": "https://shop.example/problems/out-of-stock",
        "title": "Out of stock",
        "status": 409,
        "detail": "None left",
        "sku": "a",
    }


def test_status_that_is_no_error_is_answered_as_ever(client):
    """A redirect by an exception is no problem, and what has no content has none."""
    redirect = client.get("/raise/redirect", follow_redirects=False)

    assert (redirect.status_code, redirect.headers["location"]) == (302, "/found")
    assert redirect.headers["content-type"] == "application/json"
    assert client.get("/raise/no content").content == b""
    assert client.get("/raise/not modified").content == b""


def test_router_answers_with_problem_details(client):
    """404 and 405, which has Allow; to HEAD without content."""
    missing, method, head = client.get("/nowhere"), client.post("/found"), client.head("/nowhere")

    assert missing.json() == plain(404, "Not Found")
    assert method.json() == plain(405, "Method Not Allowed")
    assert method.headers["allow"] == "GET"
    assert head.content == b""
    assert head.headers["content-length"] == missing.headers["content-length"]


def test_wrong_answer_of_an_endpoint_is_told_to_nobody(client):
    """The client cannot help it."""
    response = client.get("/wrong-answer")

    assert response.status_code == 500
    assert response.json() == plain(500, "Internal Server Error")


def test_failure_is_still_raised_to_the_server():
    """The server logs it, and a test client shows it."""
    with pytest.raises(ValueError, match="secret"):
        TestClient(make()).get("/raise/failure")


@pytest.mark.parametrize(
    ("path", "challenge"), [("/bearer", "Bearer"), ("/basic", "Basic"), ("/key", "APIKey")]
)
def test_security_keeps_its_challenge(client, path, challenge):
    """RFC 9110, section 15.5.2, wants WWW-Authenticate."""
    response = client.get(path)

    assert response.json() == plain(401, "Unauthorized", detail="Not authenticated")
    assert response.headers["www-authenticate"] == challenge


def errors_of(response):
    """Return the errors, without the sentences that are Pydantic's."""
    document = response.json()
    assert response.status_code == document["status"] == 422
    assert document["title"] == "Unprocessable Content"
    assert all(each.pop("detail") for each in document["errors"])
    return document["errors"]


def test_parameters_are_named_with_their_location(client):
    """Path, query, header and cookie; a pointer says where in a list."""
    response = client.get("/values/x?many=1&many=y", headers={"x-count": "many", "cookie": "session=none"})

    assert response.json()["detail"] == "5 values of the request are not valid."
    assert errors_of(response) == [
        {"type": "int_parsing", "location": "path", "name": "number"},
        {"type": "missing", "location": "query", "name": "limit"},
        {"type": "int_parsing", "location": "query", "name": "many", "pointer": "#/1"},
        {"type": "int_parsing", "location": "header", "name": "x-count"},
        {"type": "int_parsing", "location": "cookie", "name": "session"},
    ]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"price": {"a/b ~é": "x"}}, ["#/price/a~1b%20~0%C3%A9"]),
        ({"pets": [{"kind": "cat", "lives": 9}, {"kind": "dog"}]}, ["#/pets/1/legs"]),
        ({"pets": [{"kind": "cow"}]}, ["#/pets/0"]),
        ({"size": [1, "x"]}, ["#/size", "#/size/1"]),
        ([], ["#"]),
        ({"pets": 1, "price": {"a": {}}}, ["#/pets", "#/price/a"]),
    ],
    ids=["escaped", "member of a union", "no member", "either", "whole body", "two"],
)
def test_values_of_the_body_are_pointed_to(client, body, pointers):
    """A JSON Pointer (RFC 6901) leads to the value that was sent; Pydantic's names of what it tried are not part of it."""
    response = client.post("/homes", json=body)

    assert [each["pointer"] for each in errors_of(response)] == pointers
    assert {each["location"] for each in response.json()["errors"]} == {"body"}


def test_body_that_is_no_json(client):
    """The reason and the position are told."""
    response = client.post("/homes", content=b'{"pets": ]', headers={"content-type": "application/json"})

    assert response.json()["errors"] == [
        {
            "detail": "JSON decode error: Expecting value",
            "type": "json_invalid",
            "location": "body",
            "position": 9,
        }
    ]


def test_missing_body_and_missing_field_of_a_form(client):
    """There is nothing to point to but the place where it would be."""
    assert errors_of(client.post("/homes")) == [{"type": "missing", "location": "body", "pointer": "#"}]
    assert errors_of(client.post("/form", data={})) == [
        {"type": "missing", "location": "body", "pointer": "#/name"}
    ]


def test_form_that_cannot_be_parsed(client):
    """It is a bad request, with a word why."""
    response = client.post("/form", content=b"x", headers={"content-type": "multipart/form-data"})

    assert response.json() == plain(400, "Bad Request", detail=response.json()["detail"])


@pytest.mark.parametrize("step", [["a"], None, 1.5, "b", 7, -1])
def test_steps_that_lead_nowhere_are_left_out(step):
    """What the application raises may name anything."""
    app = Straightway(problem_details=True)

    @app.get("/{kind}")
    def endpoint(kind: str):
        body = {"a": 1} if kind == "mapping" else [1]
        raise RequestValidationError([{"msg": "m", "loc": ("body", step)}], body=body)

    client = TestClient(app)
    assert client.get("/mapping").json()["errors"][0]["pointer"] == "#"
    assert client.get("/list").json()["errors"][0]["pointer"] == "#"


def test_input_is_not_sent_back(client):
    """What was sent may be a password, and ends in logs."""
    assert "hunter2" not in client.post("/homes", json={"size": "hunter2"}).text


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("text", {"detail": "text"}),
        ({"msg": "m", "loc": ("a", 0)}, {"detail": "m", "pointer": "#/a/0"}),
        (
            {"msg": "m", "loc": ("body", "\ud800")},
            {"detail": "m", "location": "body", "pointer": "#/%5Cud800"},
        ),
        ({}, {"detail": "", "pointer": "#"}),
        ({"msg": "m", "loc": "a"}, {"detail": "m", "pointer": "#/a"}),
        ({"msg": "m", "loc": 1}, {"detail": "m", "pointer": "#/1"}),
        ({"msg": "m", "loc": ["query"]}, {"detail": "m", "pointer": "#/query"}),
    ],
    ids=["text", "elsewhere", "surrogate", "empty", "text as place", "number as place", "no name"],
)
def test_errors_that_the_application_raises_itself(error, expected):
    """They need not look like Pydantic's."""
    app = Straightway(problem_details=True)

    @app.get("/")
    def endpoint():
        raise RequestValidationError([error])

    assert TestClient(app).get("/").json()["errors"] == [expected]


# Limits


def chunks():
    """A body whose size is not declared."""
    yield b"["
    yield b"1" * 100


@pytest.mark.parametrize("content", [b"x" * 100, chunks], ids=["declared", "undeclared"])
@pytest.mark.parametrize("where", ["application", "route", "router in application with a limit"])
def test_body_that_is_too_large(content, where):
    """Whoever refuses it answers in the same way."""
    app = Straightway(problem_details=True, max_body_size=None if where == "route" else 50)
    router = APIRouter(max_body_size=20 if where != "application" else None)

    @router.post("/")
    async def endpoint(request: Request):
        await request.body()

    app.include_router(router, prefix="/in")
    response = TestClient(app).post("/in/", content=content() if callable(content) else content)

    assert response.headers["content-type"] == PROBLEM
    assert response.json() == plain(413, "Content Too Large")


@pytest.mark.parametrize(("outer", "inner"), [(True, False), (False, True)])
def test_limit_that_counts_answers_as_its_application_does(outer, inner):
    """A mounted application has its own switch, for its own limit as well."""
    app = Straightway(problem_details=outer, max_body_size=50)
    mounted = Straightway(problem_details=inner, max_body_size=20)
    app.mount("/mounted", mounted)

    @mounted.post("/")
    @app.post("/own")
    async def endpoint(request: Request):
        await request.body()

    client = TestClient(app)
    of_inner, of_outer = (client.post(path, content=b"x" * 100) for path in ("/mounted/", "/own"))

    assert (of_inner.headers["content-type"] == PROBLEM) is inner
    assert (of_outer.headers["content-type"] == PROBLEM) is outer


# Whose answer it is


def test_handlers_of_the_application_win():
    """Each replaces the one for its exception or status, given at first or later, and the others stay."""
    app = make(exception_handlers={404: lambda *_: PlainTextResponse("own 404", 404)})

    @app.exception_handler(RequestValidationError)
    async def invalid(request, error):
        return PlainTextResponse("own 422", 422)

    @app.exception_handler(OutOfStock)
    def out_of_stock(request, error):
        return PlainTextResponse(f"own {error.sku}", error.status_code)

    @app.exception_handler(500)
    def failed(request, error):
        return PlainTextResponse("own 500", 500)

    client = TestClient(app, raise_server_exceptions=False)
    assert client.get("/nowhere").text == "own 404"
    assert client.post("/homes").text == "own 422"
    assert client.get("/raise/problem").text == "own a"
    assert client.get("/raise/failure").text == "own 500"
    assert client.get("/raise/text").headers["content-type"] == PROBLEM


@pytest.mark.parametrize("key", [Exception, 500])
def test_last_resort_of_the_application_wins(key):
    """It is called instead of ours, whichever way it was declared."""
    app = make(exception_handlers={key: lambda *_: PlainTextResponse("own", 500)})

    assert TestClient(app, raise_server_exceptions=False).get("/raise/failure").text == "own"


@pytest.mark.parametrize("switch", [False, True])
def test_handler_for_http_exceptions_sees_problems(switch):
    """An application that answers HTTP errors in its own way answers problems so, too."""
    app = Straightway(problem_details=switch)

    @app.exception_handler(StarletteHTTPException)
    async def handler(request, error):
        return PlainTextResponse(f"{error.status_code} {error.detail}", error.status_code)

    @app.get("/")
    def endpoint():
        raise OutOfStock(sku="a")

    assert TestClient(app).get("/").text == "409 Out of stock"


def test_without_the_switch_problems_alone_are_problem_details():
    """All other errors are answered as FastAPI answers them."""
    app = Straightway()

    @app.get("/{what}")
    def endpoint(what: int):
        raise OutOfStock(sku="a") if what else HTTPException(404)

    client = TestClient(app)
    assert client.get("/1").headers["content-type"] == PROBLEM
    assert client.get("/1").json()["sku"] == "a"
    assert client.get("/0").json() == {"detail": "Not Found"}
    assert client.get("/x").json()["detail"][0]["loc"] == ["path", "what"]


def test_debug_shows_the_failure():
    """While debug is on, the page with the traceback is more help than a problem without a word."""
    client = TestClient(make(debug=True), raise_server_exceptions=False)

    assert "secret" in client.get("/raise/failure").text


def test_mounted_applications_have_their_own_switch(tmp_path):
    """One that is no application of ours, such as one of static files, has that of the application around it."""
    app, mounted = Straightway(problem_details=True), Straightway()
    app.mount("/mounted", mounted)
    app.mount("/files", StaticFiles(directory=tmp_path))
    client = TestClient(app)

    assert client.get("/mounted/x").json() == {"detail": "Not Found"}
    assert client.get("/files/x").json() == plain(404, "Not Found")


def test_same_answers_with_middleware_around():
    """Middleware changes which layer answers, not what it answers."""

    class Through(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            if request.url.path == "/middleware":
                raise ValueError("secret")
            return await call_next(request)

    bare = TestClient(make(), raise_server_exceptions=False)
    wrapped = TestClient(make(middleware=[Middleware(Through)]), raise_server_exceptions=False)

    for path in ("/nowhere", "/raise/failure", "/raise/problem", "/values/x", "/bearer"):
        assert wrapped.get(path).json() == bare.get(path).json()
    assert wrapped.get("/middleware").json() == plain(500, "Internal Server Error")


@pytest.mark.parametrize("request_id", ["7f3a", "\ud800", 7])
def test_failure_has_the_id_of_the_request(request_id):
    """Where somebody has numbered it: under that the log has what happened."""
    app = make()

    async def numbered(scope, receive, send):
        await app({**scope, "straightway.request_id": request_id}, receive, send)

    client = TestClient(numbered, raise_server_exceptions=False)
    shown = request_id if isinstance(request_id, int) else request_id.replace("\ud800", "\\ud800")
    assert client.get("/raise/failure").json() == plain(500, "Internal Server Error", request_id=shown)
    assert "request_id" not in client.get("/nowhere").json()


def test_handshake_that_is_refused():
    """An HTTP error before the WebSocket is accepted is an HTTP answer; a parameter that does not fit closes it as ever."""
    client = TestClient(make())

    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/chat?number=1"):
        pass
    with pytest.raises(WebSocketDenialResponse) as missing, client.websocket_connect("/chat?number=2"):
        pass
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/chat?number=x"):
        pass

    assert json.loads(denied.value.content) == plain(403, "Forbidden", detail="Not you")
    assert json.loads(missing.value.content) == plain(404, "Not Found")
    assert closed.value.code == 1008
