"""The document as a whole: what it says of the API, which routes are in it, and how operations are put together."""

# ruff: noqa: D101  # a docstring would be a description in the document

import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from straightway import (
    APIRouter,
    Body,
    Cookie,
    File,
    Form,
    Header,
    Path,
    Query,
    Security,
    Straightway,
    UploadFile,
    WebSocket,
)
from straightway.security import OAuth2PasswordBearer
from tests.describe.documents import assert_describes_itself


class Colour(StrEnum):
    """What paint comes in."""

    red = "red"
    blue = "blue"


class Pot(BaseModel):
    """A pot of paint."""

    colour: Colour = Colour.red
    litres: Annotated[float, Field(gt=0, examples=[2.5])]
    label: str | None = None


class Failure(BaseModel):
    message: str


def test_document_of_a_whole_application():
    """Parameters, bodies, answers, security, callbacks, webhooks and the root objects come out as OpenAPI 3.1."""
    sign_in = OAuth2PasswordBearer("token", scopes={"mix": "Mix paint"})
    app = Straightway(
        title="Paint",
        summary="Mixes paint",
        description="A shop.",
        version="2.0",
        servers=[{"url": "https://paint.example"}],
        openapi_tags=[{"name": "pots", "description": "What is on the shelf"}],
    )
    mixed = APIRouter()

    @mixed.post("{$request.body.url}/mixed")
    def on_mixed(pot: Pot):
        """The paint is ready."""

    @app.post(
        "/pots/{shelf}",
        tags=["pots"],
        deprecated=True,
        status_code=201,
        responses={404: {"model": Failure}, "5XX": {}},
        callbacks=mixed.routes,
        openapi_extra={"x-price": 3},
    )
    def mix(
        shelf: Annotated[int, Path(ge=1, title="Shelf number")],
        pot: Annotated[Pot, Body(openapi_examples={"small": {"value": {"litres": 0.5}}})],
        order: Annotated[str | None, Query(description="Sort by", max_length=9)] = None,
        x_shop: Annotated[list[str], Header()] = [],  # noqa: B006
        taste: Annotated[Colour, Cookie()] = Colour.red,
        token: str = Security(sign_in, scopes=["mix"]),
    ) -> list[Pot]:
        """Mix a pot.

        Takes a minute.
        """

    @app.post("/photos")
    def upload(title: Annotated[str, Form()], photo: UploadFile, raw: Annotated[bytes, File()] = b""):
        pass

    @app.get("/pots")
    def pots() -> Iterable[Pot]:
        yield Pot(litres=1)

    @app.webhooks.post("sold-out")
    def sold_out(pot: Pot):
        """The last pot of a colour is gone."""

    assert_describes_itself(app, "whole_application")


def test_document_without_routes():
    """An application without routes has an empty `paths` and no components."""
    assert_describes_itself(Straightway(title="Nothing"), "without_routes")


def test_root_objects():
    """What is known of the API is checked, its extensions are kept, and what is empty or None is left out."""
    app = Straightway(
        title="Known",
        summary="",
        description="",
        version="1",
        terms_of_service="https://known.example/terms",
        contact={"name": "Us", "url": "https://known.example", "email": "us@known.example", "x-room": 4},
        license_info={"name": "MIT", "identifier": "MIT", "url": None},
        servers=[
            {"url": "https://{place}.example", "variables": {"place": {"default": "a", "enum": ["a", "b"]}}},
            {"url": "/here", "description": None},
        ],
        openapi_tags=[{"name": "one", "externalDocs": {"url": "https://one.example"}, "x-none": None}],
        openapi_external_docs={"description": "More", "url": "https://more.example"},
    )

    assert_describes_itself(app, "root_objects")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"contact": {"email": "nobody"}}, id="e-mail address"),
        pytest.param({"openapi_tags": [{"description": "no name"}]}, id="tag without a name"),
        pytest.param({"license_info": {"url": "https://l.example"}}, id="licence without a name"),
        pytest.param(
            {"openapi_external_docs": {"url": "nowhere"}}, id="relative URL of external documentation"
        ),
    ],
)
def test_root_objects_that_do_not_fit_are_refused(arguments):
    """A wrong root object is an error where the document is made, not a document that tools refuse."""
    app = Straightway(**arguments)

    with pytest.raises(ValidationError):
        app.openapi()


def test_only_http_endpoints_are_described():
    """Routes of Starlette, mounts, WebSockets and endpoints with `include_in_schema=False` are not in the document."""
    app = Straightway(title="Few")
    hidden = APIRouter(include_in_schema=False)

    @app.get("/seen")
    def seen(): ...

    @app.get("/unseen", include_in_schema=False)
    def unseen(): ...

    @hidden.get("/router")
    def of_hidden_router(): ...

    @app.websocket("/socket")
    async def socket(websocket: WebSocket): ...

    async def plain(request: Request) -> PlainTextResponse:
        return PlainTextResponse("plain")

    app.include_router(hidden)
    app.add_route("/plain", plain)
    app.mount("/mounted", Straightway(title="Other"))

    assert_describes_itself(app, "only_http_endpoints")


def test_routes_of_one_path_share_a_path_item():
    """Methods of one path stand together; of two routes with one path and method the later is described."""
    app = Straightway(title="Shared")

    @app.get("/pots/{number:int}")
    def read(number: int): ...

    @app.put("/pots/{number}")
    def change(number: int, pot: Pot): ...

    @app.get("/pots/{number}", summary="Read a pot, later")
    def read_later(number: int): ...

    assert_describes_itself(app, "shared_path_item")


def test_operations_of_one_route_share_its_id():
    """A route with several methods warns of its one id, which is made from the first method of the alphabet."""
    app = Straightway()
    app.api_route("/pots", methods=["PUT", "DELETE", "GET"])(_named("pots"))

    with pytest.warns(UserWarning, match="Duplicate Operation ID pots_pots_delete for function pots"):
        operations = app.openapi()["paths"]["/pots"]

    assert set(operations) == {"delete", "get", "put"}
    assert {each["operationId"] for each in operations.values()} == {"pots_pots_delete"}


def test_an_operation_id_given_twice_warns():
    """Client generators name functions after operation ids, so a duplicate is worth a warning with its place."""
    app = Straightway()
    app.get("/one", operation_id="same")(_named("one"))
    app.get("/two", operation_id="same")(_named("two"))

    with pytest.warns(
        UserWarning, match=r"Duplicate Operation ID same for function two at .*test_document\.py"
    ):
        app.openapi()


def test_openapi_extra_is_merged_into_its_operation_alone():
    """`openapi_extra` adds keys, lengthens lists, replaces values, and does not reach operations that share schemas."""
    app = Straightway(title="Extended")
    extra: dict[str, Any] = {
        "tags": ["extra"],
        "parameters": [{"in": "query", "name": "free", "schema": {"type": "string", "default": None}}],
        "responses": {"200": {"content": {"application/json": {"schema": {"title": "Renamed"}}}}},
        "x-level": {"one": [1], "none": None},
    }

    @app.get("/extended", tags=["own"], openapi_extra=extra)
    def extended(limit: int = 3) -> list[Pot]: ...

    @app.get("/plain")
    def plain(limit: int = 3) -> list[Pot]: ...

    assert_describes_itself(app, "openapi_extra")
    assert extra["tags"] == ["extra"]


def test_names_and_texts_of_operations():
    """Summary, description and id come from the function unless given; a docstring counts up to its form feed."""
    app = Straightway(title="Words")

    @app.get("/docstring")
    def from_docstring():
        """First line.

            Indented.
        \f
        Not for readers of the document.
        """  # noqa: D301  # the form feed is meant

    @app.get(
        "/given", summary="A summary", description="  A text ", name="other_name", tags=[Colour.red, "plain"]
    )
    def given():
        """Not used."""

    @app.get("/id", operation_id="chosen")
    def chosen(): ...

    assert_describes_itself(app, "operation_texts")


def test_operation_ids_made_by_a_function():
    """`generate_unique_id_function` names operations, the component of an embedded body, and titles of answers."""
    app = Straightway(title="Named", generate_unique_id_function=lambda route: f"shop-{route.name}")

    @app.post("/pots", responses={404: {"model": list[Failure]}})
    def add(first: Pot, second: Pot) -> list[Pot]: ...

    assert_describes_itself(app, "operation_ids_by_function")


def test_webhooks():
    """What the API sends of its own accord stands under `webhooks`, with its components among the others."""
    app = Straightway(title="Calls")

    @app.webhooks.post("sold-out")
    def sold_out(pot: Pot, x_signature: Annotated[str, Header()]) -> Failure: ...

    @app.webhooks.get("sold-out")
    def ask(): ...

    @app.webhooks.post("internal", include_in_schema=False)
    def internal(failure: Failure): ...

    assert_describes_itself(app, "webhooks")


def test_components_of_callbacks_are_in_the_document():
    """What only a callback refers to is a component as well: no reference in the document leads nowhere."""
    app = Straightway(title="Called back")
    router = APIRouter()
    signed = OAuth2PasswordBearer("token", scheme_name="signed")

    @router.post("{$callback_url}/pots/{number}")
    def done(number: int, pot: Pot, token: str = Security(signed, scopes=["call"])): ...

    @router.get("{$callback_url}/hidden", include_in_schema=False)
    def hidden(): ...

    @app.get("/start", callbacks=router.routes)
    def start(): ...

    assert_describes_itself(app, "callbacks")


def test_included_routers():
    """A route is described once for each inclusion, with the path, tags, answers and parameters it has there."""
    app = Straightway(title="Included")
    router = APIRouter(prefix="/pots", tags=["pots"], responses={404: {"description": "No such pot"}})

    @router.get("/{number}")
    def read(number: int, shop: str) -> Pot: ...

    app.include_router(router, prefix="/shops/{shop}", tags=["shops"], deprecated=True)
    app.include_router(router, responses={403: {"model": Failure}})

    assert_describes_itself(app, "included_routers")


def test_work_grows_in_proportion_to_the_routes():
    """Twice the routes take about twice the work, so that an API of a thousand routes is described in a second."""
    small, large = (_calls_of_describing(_application_of(routes)) for routes in (60, 120))

    assert large < 2.2 * small


def _named(name: str):
    def endpoint(): ...

    endpoint.__name__ = name
    return endpoint


def _application_of(routes: int) -> Straightway:
    app = Straightway()
    for number in range(routes):

        def endpoint(number: int, pot: Pot, limit: int = 3) -> list[Pot]: ...

        endpoint.__name__ = f"endpoint{number}"
        app.post(f"/{number}/{{number}}")(endpoint)
    return app


def _calls_of_describing(app: Straightway) -> int:
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        app.openapi()
    finally:
        sys.setprofile(previous)
    return calls
