"""HTTP routes: their attributes, mistakes that are found at declaration, and what may be replaced."""

import gzip
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Match, Route, compile_path

from straightway import Body, Depends, Query, Request, Response, Straightway, WebSocket
from straightway.datastructures import DefaultPlaceholder
from straightway.errors import DeclarationError
from straightway.exceptions import RequestValidationError
from straightway.responses import JSONResponse, PlainTextResponse
from straightway.routing import APIRoute, APIRouter, APIWebSocketRoute, request_response
from straightway.serve.path_regex import parsed_path
from straightway.testclient import TestClient


class Item(BaseModel):
    """A model."""

    name: str
    price: int | None = None


async def endpoint(item_id: int, item: Item) -> Item:
    """Return the item.

    With more to say.\fAnd something that is not for the document.
    """  # noqa: D301  # the backslash is that of a form feed
    return item


def test_attributes_without_options():
    """What was not given has a documented default."""
    route = APIRoute("/items/{item_id}", endpoint)
    expected = {
        "path": "/items/{item_id}",
        "path_format": "/items/{item_id}",
        "endpoint": endpoint,
        "name": "endpoint",
        "methods": {"GET"},
        "tags": [],
        "responses": {},
        "response_fields": {},
        "summary": None,
        "description": "Return the item.\n\nWith more to say.",
        "response_description": "Successful Response",
        "deprecated": None,
        "operation_id": None,
        "unique_id": "endpoint_items__item_id__get",
        "status_code": None,
        "response_model": Item,
        "response_model_include": None,
        "response_model_exclude": None,
        "response_model_by_alias": True,
        "response_model_exclude_unset": False,
        "response_model_exclude_defaults": False,
        "response_model_exclude_none": False,
        "include_in_schema": True,
        "dependencies": [],
        "callbacks": None,
        "openapi_extra": None,
        "max_body_size": None,
        "form_limits": None,
        "dependency_overrides_provider": None,
        "stream_item_type": None,
        "stream_item_field": None,
        "is_sse_stream": False,
        "is_json_stream": False,
    }

    assert {name: getattr(route, name) for name in expected} == expected
    assert isinstance(route, Route)
    assert isinstance(route.response_class, DefaultPlaceholder)
    assert route.response_class.value is JSONResponse
    assert route.path_regex.match("/items/3")
    assert list(route.param_convertors) == ["item_id"]


def test_the_regular_expression_of_a_path_is_made_when_it_is_needed():
    """It is an attribute of Starlette's routes that may be set, and routes match by it."""

    async def talk(websocket: WebSocket) -> None:
        """Do nothing."""

    for route in (APIRoute("/items/{item_id}", endpoint), APIWebSocketRoute("/items/{item_id}", talk)):
        kind = "http" if isinstance(route, APIRoute) else "websocket"
        scope = {"type": kind, "path": "/items/3", "method": "GET", "headers": []}
        assert "path_regex" not in vars(route)
        assert route.matches(scope)[0] is Match.FULL
        assert route.path_regex.pattern == "^/items/(?P<item_id>[^/]+)$"
        assert route.path_regex is route.path_regex
        route.path_regex = re.compile("^/nothing$")
        assert route.matches(scope)[0] is Match.NONE


@pytest.mark.parametrize(
    "path",
    [
        "/a",
        "",
        "/a/{b}",
        "/a/{b:int}/{c:path}",
        "/a-{b}",
        "/{1}",
        "/{a }",
        "/{a}/{a}",
        "/{a:zz}",
        "/{a:int}/{a:zz}",
    ],
)
def test_paths_are_read_as_starlette_reads_them(path):
    """Their format, convertors and mistakes are the same; the mistakes may be worded otherwise."""

    def outcome(read: Callable[[str], tuple[Any, ...]]) -> object:
        try:
            return read(path)[-2:]
        except (AssertionError, ValueError) as error:
            return [kind for kind in (AssertionError, ValueError) if isinstance(error, kind)][-1]

    assert outcome(parsed_path) == outcome(compile_path)


def test_attributes_of_what_was_analysed():
    """The dependency tree, the body and the answer's model are attributes that packages read."""
    shared = Depends(lambda q=1: q)
    route = APIRoute("/items/{item_id}", endpoint, methods=["post"], dependencies=[shared])

    assert route.methods == {"POST"}
    assert [field.name for field in route.dependant.path_params] == ["item_id"]
    assert [field.name for field in route.dependant.body_params] == ["item"]
    assert route.dependencies == [shared]
    assert route.dependant.dependencies[0].call is shared.dependency
    assert route.dependant.call is endpoint
    assert route.body_field is not None
    assert route.response_field is not None
    assert route.response_field.field_info.annotation is Item


def test_options_become_attributes():
    """A status of the enumeration is a number, include and exclude are sets, further responses have fields."""
    route = APIRoute(
        "/x",
        lambda: None,
        name="n",
        status_code=HTTPStatus.CREATED,
        response_model_include=["name"],
        response_model_exclude=("price",),
        responses={404: {"model": Item}, "5XX": {"description": "broken"}},
        operation_id="own",
        response_class=PlainTextResponse,
    )

    assert (route.name, route.status_code, type(route.status_code)) == ("n", 201, int)
    assert (route.response_model_include, route.response_model_exclude) == ({"name"}, {"price"})
    assert list(route.response_fields) == [404]
    assert (route.unique_id, route.response_class) == ("own", PlainTextResponse)


def test_an_instance_is_named_after_its_class():
    """A callable object has no name of its own."""

    class Endpoint:
        def __call__(self) -> str:
            return "called"

    route = APIRoute("/x", Endpoint())

    assert route.name == "Endpoint"
    assert TestClient(Straightway(routes=[route])).get("/x").json() == "called"


# Mistakes


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (
            lambda app: app.get("/", status_code=204, response_model=int)(lambda: 1),
            "must not have a response body",
        ),
        (
            lambda app: app.get("/", responses={204: {"model": Item}})(lambda: 1),
            "must not have a response body",
        ),
        (
            lambda app: app.get("/", responses={404: "text"})(lambda: 1),
            "An additional response must be a dict",
        ),
        (lambda app: app.get("/")(3), "An endpoint must be a callable"),
        (lambda app: app.get("/", dependencies=[Depends(3)])(lambda: 1), "must have a callable dependency"),
    ],
)
def test_mistakes_are_found_at_declaration(declare: Any, message: str):
    """What cannot work is said when the route is declared, not at a request."""
    with pytest.raises(DeclarationError, match=message):
        declare(Straightway())


def test_a_repeated_parameter_is_refused():
    """A path cannot have two parameters of one name."""
    with pytest.raises(ValueError, match=r"Duplicated param name a at path /\{a\}/\{a\}"):
        Straightway().get("/{a}/{a}")(lambda a: a)


def test_an_unknown_option_is_named():
    """The message names the nearest option there is."""
    with pytest.raises(TypeError, match=r"did you mean .response_model"):
        Straightway().get("/", respnse_model=int)


def test_an_invalid_model_is_refused():
    """A type that Pydantic cannot validate is no response model; `response_model=None` turns it off."""
    app = Straightway()

    class Plain:
        pass

    def returns() -> Plain:
        return Plain()

    with pytest.raises(RuntimeError, match="response_model=None"):
        app.get("/")(returns)
    app.get("/", response_model=None)(returns)


# What may be replaced


async def replaced(scope: Any, receive: Any, send: Any) -> None:
    """Answer in the route's place."""
    await PlainTextResponse("replaced")(scope, receive, send)


@pytest.mark.parametrize("is_included", [False, True])
@pytest.mark.parametrize("is_after", [False, True])
def test_the_application_of_a_route_may_be_replaced(is_included: bool, is_after: bool):
    """`route.app = …` counts from the next request, before the first one as well as after it."""
    router = APIRouter()
    router.get("/x")(lambda: "original")
    app = Straightway(openapi_url=None)
    if is_included:
        app.include_router(router)
    else:
        app.routes.append(router.routes[0])
    client = TestClient(app)
    if is_after:
        assert client.get("/x").json() == "original"

    route: Any = app.routes[0]
    original = route.app
    route.app = replaced

    assert client.get("/x").text == "replaced"
    route.app = original
    assert client.get("/x").json() == "original"


def test_the_application_of_a_route_may_be_built_from_its_handler():
    """`request_response(route.get_route_handler())` is what packages put in place, with more around it."""
    app = Straightway()

    def value(q: int = 1):
        return q

    @app.get("/x")
    async def endpoint(v: Annotated[int, Depends(value)]):
        return v

    route: Any = app.routes[-1]
    handler = route.get_route_handler()

    async def around(request: Request) -> Response:
        response = await handler(request)
        response.headers["x-around"] = "1"
        return response

    route.app = request_response(around)
    client = TestClient(app)
    first = client.get("/x?q=5")
    app.dependency_overrides[value] = lambda: "overridden"

    assert (first.json(), first.headers["x-around"], client.get("/x").json()) == (5, "1", "overridden")


class GzipRequest(Request):
    """A request whose body is unpacked."""

    async def body(self) -> bytes:
        """Return the unpacked body."""
        if not hasattr(self, "_body"):
            body = await super().body()
            self._body = gzip.decompress(body) if "gzip" in self.headers.getlist("content-encoding") else body
        return self._body


class GzipRoute(APIRoute):
    """A route that unpacks bodies."""

    def get_route_handler(self) -> Any:
        """Return the handler, called with another kind of request."""
        original = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await original(GzipRequest(request.scope, request.receive))

        return handler


def test_a_handler_may_get_another_request():
    """What a route class passes to the original handler is what the body is read from and the endpoint gets."""
    router = APIRouter(route_class=GzipRoute)

    @router.post("/sum")
    async def add(request: Request, numbers: Annotated[list[int], Body()]):
        return {"sum": sum(numbers), "request": type(request).__name__}

    app = Straightway()
    app.include_router(router)
    client = TestClient(app)
    packed = client.post(
        "/sum",
        content=gzip.compress(b"[1, 2]"),
        headers={"content-encoding": "gzip", "content-type": "application/json"},
    )

    assert packed.json() == {"sum": 3, "request": "GzipRequest"}
    assert client.post("/sum", json=[3]).json()["sum"] == 3


def test_a_handler_may_answer_invalid_requests():
    """A route class sees validation errors and may make the response."""

    class Tolerant(APIRoute):
        def get_route_handler(self) -> Any:
            original = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await original(request)
                except RequestValidationError as error:
                    body = await request.body()
                    return PlainTextResponse(f"{len(error.errors())} in {body.decode()}", status_code=200)

            return handler

    app = Straightway()
    app.router.route_class = Tolerant

    @app.post("/x")
    async def endpoint(item: Item):
        pass

    assert TestClient(app).post("/x", json={}).text == "1 in {}"


def test_the_response_model_may_be_reassigned():
    """A new `response_model` is what answers are validated as and documented with, before the first request."""
    app = Straightway()
    app.get("/x", response_model=None)(lambda: {"name": "x", "secret": 1})
    route: Any = app.routes[-1]

    route.response_model = Item

    assert route.response_field.field_info.annotation is Item
    assert TestClient(app).get("/x").json() == {"name": "x", "price": None}
    schema = app.openapi()["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Item"}


def test_the_tree_of_dependencies_may_be_changed_until_the_first_request():
    """Packages wrap `dependant.call`, or add dependencies to the tree."""
    app = Straightway()

    @app.get("/x")
    async def endpoint(q: Annotated[int, Query()]):
        return q

    route: Any = app.routes[-1]
    original = route.dependant.call

    async def doubled(**values: Any):
        return 2 * await original(**values)

    route.dependant.call = doubled

    assert TestClient(app).get("/x?q=2").json() == 4


def test_a_route_answers_alone():
    """A route is an ASGI application by itself, as Starlette's are."""
    route = APIRoute("/x/{a}", lambda a: a)
    assert TestClient(Starlette(routes=[route])).get("/x/1").json() == "1"


def test_route_classes_see_json_without_a_model_as_such():
    """What has no response model is a `JSONResponse` to an overridden handler; a model's JSON is finished already."""
    seen = []

    class Looking(APIRoute):
        def get_route_handler(self) -> Any:
            original = super().get_route_handler()

            async def handler(request: Request) -> Response:
                response = await original(request)
                seen.append((type(response), response.body))
                return response

            return handler

    app = Straightway()
    app.router.route_class = Looking
    app.get("/plain")(lambda: {"a": 1})
    app.get("/model", response_model=dict[str, int])(lambda: {"a": 1})
    client = TestClient(app)

    assert [client.get(path).json() for path in ("/plain", "/model")] == [{"a": 1}, {"a": 1}]
    assert seen == [(JSONResponse, b'{"a":1}'), (Response, b'{"a":1}')]


def test_every_option_reaches_overridden_methods():
    """Route classes and overrides of `add_api_route` may read options that nobody gave, as in FastAPI."""

    class Reading(APIRoute):
        def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
            options["tags"].append("class")
            assert (options["name"], options["response_model_exclude_none"]) == (None, False)
            super().__init__(path, endpoint, **options)

    class Router(APIRouter):
        def add_api_route(self, path: str, endpoint: Any, **options: Any) -> None:
            assert options["include_in_schema"]
            assert options.pop("tags") is None
            super().add_api_route(path, endpoint, tags=["override"], **options)

    router = Router(route_class=Reading)
    router.get("/x")(lambda: None)

    assert router.routes[0].tags == ["override", "class"]


@pytest.mark.parametrize("included", [False, True], ids=["direct", "included"])
def test_handlers_replaced_on_the_class_count(monkeypatch, included):
    """A logger may replace `APIRoute.get_route_handler` for all routes."""
    original, seen = APIRoute.get_route_handler, []

    def logged(route: APIRoute) -> Any:
        handle = original(route)

        async def handler(request: Request) -> Response:
            seen.append(route.path)
            return await handle(request)

        return handler

    monkeypatch.setattr(APIRoute, "get_route_handler", logged)
    app, router = Straightway(), APIRouter()
    (router if included else app).get("/x")(lambda: "x")
    app.include_router(router)

    assert TestClient(app).get("/x").json() == "x"
    assert seen == ["/x"]
