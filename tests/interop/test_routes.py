import copy

import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from straightway import APIRouter, Straightway
from straightway.datastructures import Default
from straightway.declare.options import ApiRouteOptions
from straightway.interop.routes import RouteContext, iter_route_contexts, iter_routes_with_context
from straightway.openapi.utils import get_openapi
from straightway.routing import APIWebSocketRoute


async def endpoint():
    """Do nothing."""


@pytest.fixture
def router():
    """A router with one route."""
    router = APIRouter(prefix="/items", tags=["items"])
    router.get("/{item_id}")(endpoint)
    return router


def test_context_of_a_direct_route_is_the_route(router):
    """Original and effective route are one."""
    [context] = iter_route_contexts(router.routes)

    assert context.route is context.original_route is router.routes[0]
    assert (context.path, context.path_format, context.name) == (
        "/items/{item_id}",
        "/items/{item_id}",
        "endpoint",
    )
    assert (context.methods, context.endpoint) == ({"GET"}, endpoint)


def test_context_of_an_included_route_has_the_original_and_the_full_path(router):
    """However deep it was included; other attributes are those of the route that is served."""
    middle = APIRouter(prefix="/v1")
    middle.include_router(router, tags=["middle"])
    app = Straightway(openapi_url=None)
    app.include_router(middle, prefix="/api")

    [context] = iter_route_contexts(app.routes)

    assert context.original_route is router.routes[0]
    assert context.path == "/api/v1/items/{item_id}"
    assert context.tags == ["middle", "items"]
    assert context.dependant.path_params == []
    assert router.routes[0].path == "/items/{item_id}"


def test_context_matches_requests(router):
    """Instrumentation finds the route of a request this way."""
    app = Straightway(openapi_url=None)
    app.include_router(router, prefix="/api")
    [context] = iter_route_contexts(app.routes)

    match, _ = context.matches({"type": "http", "method": "GET", "path": "/api/items/1"})

    assert match.name == "FULL"


@pytest.mark.parametrize(
    ("kind", "methods"), [(APIWebSocketRoute, None), (Route, {"GET", "HEAD"}), (WebSocketRoute, None)]
)
def test_every_kind_of_route_has_a_context(kind, methods):
    """What a route lacks is None."""
    route = kind("/{item_id:int}", endpoint, name="items")
    app = Straightway(openapi_url=None)
    app.include_router(APIRouter(routes=[route]), prefix="/api")

    [context] = iter_route_contexts(app.routes)

    assert context.route is route
    assert (context.path, context.methods, context.name) == ("/api/{item_id:int}", methods, "items")


def test_mount_has_a_context():
    """It has a path and no methods."""
    [context] = iter_route_contexts([Mount("/static", routes=[])])

    assert (context.path, context.methods, context.endpoint) == ("/static", None, None)


def test_contexts_are_passed_through(router):
    """A filtered list can be gone through again, and be described."""
    contexts = list(iter_route_contexts(router.routes))

    assert list(iter_route_contexts(contexts)) == contexts
    document = get_openapi(title="Part", version="1", routes=contexts)
    assert list(document["paths"]) == ["/items/{item_id}"]


def test_contexts_follow_later_additions(router):
    """They are made of the list as it is."""
    app = Straightway(openapi_url=None)
    app.include_router(router)

    router.post("")(endpoint)

    assert [context.path for context in iter_route_contexts(app.routes)] == ["/items/{item_id}", "/items"]


def test_context_can_be_copied(router):
    """Copying asks for attributes before there are any."""
    context = RouteContext(router.routes[0])

    assert copy.copy(context) == context


def test_attribute_that_no_route_has_is_missing(router):
    """As on the route itself."""
    with pytest.raises(AttributeError):
        _ = RouteContext(router.routes[0]).colour


def test_routes_have_no_context_beside_them(router):
    """The routes of a list are complete: nothing has to be laid over them."""
    app = Straightway(openapi_url=None)
    app.include_router(router, prefix="/api")

    assert list(iter_routes_with_context(app.routes)) == [(app.routes[0], None)]


@pytest.mark.parametrize("given", [{"response_model": list[int]}, {}], ids=["given", "by the annotation"])
def test_attributes_can_be_handed_on_as_options(given):
    """Packages that copy routes give what is in `__dict__` to `add_api_route`, as far as those are options."""
    app = Straightway(openapi_url=None)

    async def numbers() -> list[int]:
        return ["1"]

    app.get("/numbers", tags=["numbers"], **given)(numbers)
    options = {
        name: value for name, value in vars(app.routes[0]).items() if name in ApiRouteOptions.__annotations__
    }
    app.add_api_route(**options | {"path": "/copied", "endpoint": numbers})

    assert app.routes[1].response_model == list[int]
    assert app.routes[1].tags == ["numbers"]
    assert vars(app.routes[0])["response_model"] == given.get("response_model", Default(None))
