from typing import Annotated

import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute, websocket_session

from straightway import Body, Depends, Form, WebSocket
from straightway.analyse.bodies import get_body_field
from straightway.analyse.dependant import body_params_of
from straightway.analyse.graph import get_dependant
from straightway.fields import create_model_field
from straightway.interop.handlers import get_request_handler, get_websocket_app
from straightway.routing import request_response
from straightway.sse import EventSourceResponse
from straightway.testclient import TestClient


class Item(BaseModel):
    """What is answered."""

    name: str
    price: float | None = None


class Provider:
    """Has overrides, as an application has."""

    def __init__(self):
        self.dependency_overrides = {}


class Answering(Route):
    """A route whose application is given, for any method."""

    def __init__(self, app):
        super().__init__("/{item_id}", endpoint=print, methods=["GET", "POST"])
        self.app = app


def client_of(endpoint, **options):
    """Serve an endpoint's handler under Starlette's own application."""
    dependant = get_dependant(path="/{item_id}", call=endpoint)
    handler = get_request_handler(dependant=dependant, **options)
    return TestClient(Starlette(routes=[Answering(request_response(handler))]))


def test_handler_answers_like_a_route():
    """Parameters are validated, and what is returned becomes JSON."""

    def read_item(item_id: int, limit: int = 10):
        return {"item_id": item_id, "limit": limit}

    response = client_of(read_item, status_code=202).get("/3?limit=5")

    assert (response.status_code, response.json()) == (202, {"item_id": 3, "limit": 5})


def test_handler_filters_by_the_response_field():
    """The options of the model are those of a route."""

    async def read_item(item_id: str):
        return {"name": item_id, "price": None, "secret": 1}

    field = create_model_field("Response", Item, mode="serialization")
    client = client_of(
        read_item,
        response_field=field,
        response_model_include=["name", "price"],
        response_model_exclude_none=True,
    )

    assert client.get("/a").json() == {"name": "a"}


def test_handler_renders_with_the_class_chosen():
    """A response class makes the response of what the endpoint returns."""
    client = client_of(lambda item_id: f"text {item_id}", response_class=PlainTextResponse)

    response = client.get("/a")

    assert response.text == "text a"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("marker", "kind"), [(Body(embed=True), "json"), (Form(), "data")], ids=["json", "form"]
)
def test_handler_reads_the_body(marker, kind):
    """JSON or a form, as the body field says."""

    def create(name: Annotated[str, marker]):
        return name

    params = body_params_of(get_dependant(path="/{item_id}", call=create))
    body_field = get_body_field(body_params=params, name="create", embed_body_fields=True)
    client = client_of(create, body_field=body_field, embed_body_fields=True)

    assert client.post("/x", **{kind: {"name": "a"}}).json() == "a"


def test_handler_streams():
    """A generator is JSON Lines, events or raw, as asked."""

    async def numbers():
        yield 1
        yield 2

    async def texts():
        yield "one"

    assert client_of(numbers, is_json_stream=True).get("/x").text == "1\n2\n"
    assert client_of(texts, response_class=StreamingResponse).get("/x").text == "one"
    assert client_of(numbers, response_class=EventSourceResponse).get("/x").text == "data: 1\n\ndata: 2\n\n"


def test_handler_closes_dependencies_after_the_response():
    """The stacks that `request_response` opens are used."""
    events = []

    def session():
        events.append("open")
        yield
        events.append("close")

    def read(session: None = Depends(session)):
        events.append("read")

    client_of(read).get("/x")

    assert events == ["open", "read", "close"]


def test_overrides_hold_as_they_are_at_each_request():
    """The provider stands for the application."""

    def original():
        return "original"

    provider = Provider()
    client = client_of(
        lambda value=Depends(original): {"value": value}, dependency_overrides_provider=provider
    )

    before = client.get("/x").json()
    provider.dependency_overrides[original] = lambda: "replaced"

    assert (before, client.get("/x").json()) == ({"value": "original"}, {"value": "replaced"})


def test_endpoint_may_be_wrapped_before_the_first_request():
    """Packages that measure endpoints replace `dependant.call`."""
    dependant = get_dependant(path="/", call=lambda: "plain")
    handler = get_request_handler(dependant=dependant)
    original = dependant.call
    dependant.call = lambda: f"wrapped {original()}"
    client = TestClient(Starlette(routes=[Answering(request_response(handler))]))

    assert client.get("/x").json() == "wrapped plain"


def test_websocket_endpoint_runs_with_its_dependencies():
    """`websocket_session` makes an application of it."""

    async def echo(websocket: WebSocket, room: str, times: int = 1):
        await websocket.accept()
        await websocket.send_text(f"{room} " * times)
        await websocket.close()

    app = get_websocket_app(get_dependant(path="/{room}", call=echo))
    route = WebSocketRoute("/{room}", endpoint=echo)
    route.app = websocket_session(app)
    client = TestClient(Starlette(routes=[route]))

    with client.websocket_connect("/a?times=2") as websocket:
        assert websocket.receive_text() == "a a "
