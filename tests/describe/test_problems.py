"""Problems in the document: which responses they are, what their schemas say, and who may contradict."""

# ruff: noqa: D101  # a docstring would be a description in the document

from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from straightway import APIRouter, Depends, Problem, Straightway
from straightway.openapi.utils import get_openapi
from straightway.problems import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    ServiceUnavailable,
    Unauthorized,
    UnprocessableContent,
    raises,
)
from straightway.routing import APIRoute
from straightway.testclient import TestClient
from tests.describe.documents import assert_describes_itself

PROBLEM = "application/problem+json"


class Order(BaseModel):
    sku: str


class OutOfStock(Problem):
    """There is not enough left."""

    status = 409
    type = "https://shop.example/problems/out-of-stock"
    title = "Out of stock"
    sku: str
    orders: list[Order] = Field(default_factory=list)


class Closed(Problem):
    status = 409
    type = "https://shop.example/problems/closed"
    title = "Closed"


@raises(Unauthorized)
def user():
    """Raise what a dependency raises."""


@raises(ServiceUnavailable)
def database(user: Annotated[None, Depends(user)]):
    """Raise something else, and depend on another one."""


def responses_of(app, path="/", method="get"):
    """Return the responses of an operation."""
    return app.openapi()["paths"][path][method]["responses"]


def references(response):
    """Return the components that a response refers to as problem details."""
    schema = response["content"][PROBLEM]["schema"]
    schemas = schema.get("oneOf") or schema.get("anyOf") or [schema]
    return [each["$ref"].rpartition("/")[2] for each in schemas]


def declared(*, problem_details=False, **options):
    """Return the responses of an endpoint without parameters that has the options."""
    app = Straightway(problem_details=problem_details)

    @app.get("/", **options)
    def endpoint(): ...

    return responses_of(app)


@pytest.mark.parametrize("switch", [False, True])
def test_document_of_an_application_with_problems(switch):
    """The whole of it, with what layers and dependencies declare, and several problems with one status."""
    app = Straightway(problem_details=switch, raises=[ServiceUnavailable])
    router = APIRouter(raises=[NotFound])

    @router.get("/orders/{number}", raises=[OutOfStock, Closed])
    def read_order(number: int, user: Annotated[None, Depends(user)]): ...

    @router.post("/orders", raises=[OutOfStock], responses={404: {"description": "No such thing"}})
    def order(order: Order) -> Order:
        return order

    app.include_router(router, prefix="/shop", raises=[Forbidden])

    assert_describes_itself(app, f"problems_{'on' if switch else 'off'}")


def test_layers_add_up():
    """Application, router, inclusion and route, each once."""
    app = Straightway(raises=[ServiceUnavailable])
    inner, outer = APIRouter(raises=[NotFound, Closed]), APIRouter(raises=[ServiceUnavailable])

    @inner.get("/", raises=[OutOfStock, NotFound])
    def endpoint(): ...

    outer.include_router(inner, prefix="/in", raises=[Forbidden])
    app.include_router(outer)

    found = responses_of(app, "/in/")
    assert set(found) == {"200", "403", "404", "409", "503"}
    assert references(found["409"]) == ["Closed", "OutOfStock"]
    assert found["409"]["description"] == "Closed, or Out of stock"


def test_routes_added_later_have_what_their_router_declares():
    """An inclusion is live."""
    app, router = Straightway(), APIRouter(raises=[NotFound])
    app.include_router(router, prefix="/in", raises=[Forbidden])

    @router.get("/")
    def endpoint(): ...

    assert {"403", "404"} <= set(responses_of(app, "/in/"))


def test_dependencies_declare_what_they_raise():
    """At any depth, also instances, wrapped functions and those that a router depends on."""

    class Checker:
        @raises(Conflict)
        def __call__(self): ...

    app = Straightway(dependencies=[Depends(Checker())])

    @app.get("/")
    def endpoint(database: Annotated[None, Depends(database)]): ...

    assert set(responses_of(app)) == {"200", "401", "409", "503"}


def test_endpoint_may_declare_by_the_decorator():
    """It is a function like those it depends on."""
    app = Straightway()

    @app.get("/")
    @raises(NotFound)
    def endpoint(): ...

    assert references(responses_of(app)["404"]) == ["NotFound"]


def test_problems_with_different_types_are_told_apart_by_them():
    """Clients can switch on the type; where two have the same, both may fit."""
    apart = declared(raises=[OutOfStock, Closed])["409"]["content"][PROBLEM]["schema"]
    alike = declared(raises=[OutOfStock, Conflict, type("Taken", (Conflict,), {})])["409"]["content"][PROBLEM]

    assert apart["discriminator"]["mapping"] == {
        OutOfStock.type: "#/components/schemas/OutOfStock",
        Closed.type: "#/components/schemas/Closed",
    }
    assert set(apart) == {"oneOf", "discriminator"}
    assert set(alike["schema"]) == {"anyOf"}


def test_described_responses_win():
    """A description replaces the title, a content the problem; other statuses are left alone."""
    found = declared(
        raises=[NotFound, Forbidden, Conflict],
        responses={
            404: {"description": "No such order"},
            "403": {"model": Order, "description": "Not yours"},
            "4XX": {"description": "Anything else"},
        },
    )

    assert found["404"]["description"] == "No such order"
    assert references(found["404"]) == ["NotFound"]
    assert list(found["403"]["content"]) == ["application/json"]
    assert found["4XX"] == {"description": "Anything else"}
    assert references(found["409"]) == ["Conflict"]


def test_invalid_requests_are_problems_with_the_switch():
    """The component that FastAPI has for them is not there then."""
    app = Straightway(problem_details=True)

    @app.get("/")
    def endpoint(limit: int): ...

    assert references(responses_of(app)["422"]) == ["InvalidRequest"]
    assert set(app.openapi()["components"]["schemas"]) == {"InvalidRequest", "InvalidValue"}


@pytest.mark.parametrize("key", [422, "4XX", "default"])
def test_invalid_requests_that_are_described_are_not_described_twice(key):
    """What the application says of them stands alone, and nothing is left over among the components."""
    app = Straightway(problem_details=True)

    @app.get("/", responses={key: {"description": "Own"}})
    def endpoint(limit: int): ...

    assert responses_of(app)[str(key)] == {"description": "Own"}
    assert "components" not in app.openapi()


@pytest.mark.parametrize("switch", [False, True])
def test_endpoint_that_reads_nothing_cannot_be_asked_wrongly(switch):
    """It has no 422."""
    assert set(declared(problem_details=switch)) == {"200"}


def test_problem_with_the_status_of_invalid_requests():
    """Both are documented: side by side without the switch, as one of two with it."""

    def content(switch):
        app = Straightway(problem_details=switch)

        @app.get("/", raises=[UnprocessableContent])
        def endpoint(limit: int): ...

        return responses_of(app)["422"]["content"]

    assert set(content(switch=False)) == {"application/json", PROBLEM}
    assert references({"content": content(switch=True)}) == ["UnprocessableContent", "InvalidRequest"]


def test_constant_of_the_validation_error_is_not_changed():
    """The next operation without such a problem is described as ever."""
    app = Straightway()

    @app.get("/one", raises=[UnprocessableContent])
    def one(limit: int): ...

    @app.get("/two")
    def two(limit: int): ...

    assert set(responses_of(app, "/two")["422"]["content"]) == {"application/json"}


def test_application_that_describes_itself_has_them_too():
    """`get_openapi` is told nothing but routes."""
    app = Straightway(problem_details=True)

    @app.get("/", raises=[NotFound])
    def endpoint(limit: int): ...

    document = get_openapi(title="Own", version="1", routes=app.routes)
    assert {"404", "422"} < set(document["paths"]["/"]["get"]["responses"])
    assert "InvalidRequest" in document["components"]["schemas"]


def test_webhooks_and_callbacks_are_answered_by_others():
    """The switch says nothing about what they get; what a route declares is documented."""
    app = Straightway(problem_details=True)

    @app.webhooks.post("created", raises=[NotFound])
    def created(order: Order): ...

    found = app.openapi()["webhooks"]["created"]["post"]["responses"]
    assert set(found["422"]["content"]) == {"application/json"}
    assert references(found["404"]) == ["NotFound"]


def test_answer_is_what_the_document_says():
    """Every member that the schema requires is sent, those with a default as well."""
    app = Straightway(problem_details=True)

    @app.get("/", raises=[OutOfStock])
    def endpoint(limit: int = 0):
        raise OutOfStock(sku="a")

    schemas = app.openapi()["components"]["schemas"]
    client = TestClient(app)
    assert set(client.get("/").json()) == set(schemas["OutOfStock"]["required"])
    assert set(client.get("/?limit=x").json()) - {"detail"} == set(schemas["InvalidRequest"]["required"])
    assert schemas["OutOfStock"]["description"] == "There is not enough left."


def test_route_classes_that_do_not_know_the_option():
    """Code written for FastAPI lists the keywords that it takes: it gets no other, unless somebody gives one."""

    class Listed(APIRoute):
        def __init__(self, path, endpoint, *, methods=None, response_model=None, **rest):
            assert "raises" not in rest
            super().__init__(path, endpoint, methods=methods, response_model=response_model)

    class Own(Straightway):
        def add_api_route(self, path, endpoint, *, methods=None, **rest):
            assert "raises" not in rest
            super().add_api_route(path, endpoint, methods=methods)

    app = Own()
    app.router.route_class = Listed

    @app.get("/")
    def endpoint(): ...

    assert set(responses_of(app)) == {"200"}
    assert app.routes[-1].raises == ()


def test_explanation_lists_them():
    """With status, title and place; the handlers are those of the switch."""
    app = Straightway(problem_details=True, raises=[NotFound])

    @app.get("/", raises=[OutOfStock])
    def endpoint(limit: int): ...

    account = app.explain("GET /?limit=1")
    assert [(each.status, each.origin.name) for each in account.endpoint.problems] == [
        (404, "NotFound"),
        (409, "OutOfStock"),
        (422, InvalidRequest.__name__),
    ]
    assert [(each.handler.name, each.is_own) for each in account.catches] == [
        ("invalid_request_problem", False),
        ("http_problem", False),
        ("failure_problem", False),
    ]
    assert "  409  Out of stock           OutOfStock (" in str(account)
