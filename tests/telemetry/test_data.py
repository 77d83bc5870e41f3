"""What extensions see of a request."""

import anyio
from opentelemetry.sdk.trace import SpanProcessor

from straightway import Depends, Form, HTTPException, Request, Response, Straightway, WebSocket
from straightway.telemetry import TelemetryData, get_telemetry_data
from straightway.testclient import TestClient
from tests.serve.asgi import ask, exchange, http_scope


def test_there_is_none_outside_a_request():
    """Nor where nothing is recorded."""
    app = Straightway()
    app.get("/")(lambda: get_telemetry_data() is None)

    assert get_telemetry_data() is None
    assert TestClient(app).get("/").json() is True


def test_data_of_a_request_grow(app):
    """Request and body first, then the arguments of the endpoint: what is injected is among them."""
    seen = []

    def late(request: Request, item: dict):
        data = get_telemetry_data()
        seen.append((data.request is request, data.body, data.values, data.errors))
        return "dependency"

    @app.post("/{number}")
    async def endpoint(number: int, item: dict, request: Request, reply: Response, value=Depends(late)):
        seen.append(get_telemetry_data())
        return seen[-1].values == {
            "number": 3,
            "item": item,
            "request": request,
            "reply": reply,
            "value": "dependency",
        }

    body = {"item": {"a": 1}}
    assert TestClient(app).post("/3", json={"a": 1}).json() is True

    assert seen[0] == (True, body["item"], None, None)
    assert seen[1].errors == []
    assert isinstance(seen[1], TelemetryData)


def test_form_is_the_body(app):
    """As it was parsed."""

    @app.post("/")
    def endpoint(name: str = Form()):
        return dict(get_telemetry_data().body)

    assert TestClient(app).post("/", data={"name": "x", "more": "y"}).json() == {"name": "x", "more": "y"}


def test_body_is_not_read_earlier_than_otherwise(app):
    """Being recorded does not make an application read an upload before it refuses the request."""

    def refuse():
        raise HTTPException(401)

    @app.post("/", dependencies=[Depends(refuse)])
    async def endpoint(item: dict): ...

    result = ask(app, b"{", b"}")

    assert (result.status, result.chunks_read) == (401, 0)


def test_processor_sees_the_arguments(telemetry, app):
    """When the endpoint's span begins they are there, under the context that the span begins in."""

    class Arguments(SpanProcessor):
        def on_start(self, span, parent_context=None):
            if span.name == "fastapi.endpoint":
                span.set_attribute("item", get_telemetry_data(parent_context).values["item_id"])

    telemetry.tracer_provider.add_span_processor(Arguments())
    app.get("/{item_id}")(lambda item_id: item_id)

    TestClient(app).get("/7")

    assert telemetry.span("fastapi.endpoint").attributes["item"] == "7"


def test_concurrent_requests_have_data_of_their_own(app):
    """In one event loop, while both are in their endpoint."""
    both, seen = anyio.Event(), {}

    @app.get("/{name}")
    async def endpoint(name: str):
        data = get_telemetry_data()
        seen[name] = data
        if len(seen) == 2:
            both.set()
        await both.wait()
        assert get_telemetry_data() is data
        return data.values["name"]

    async def call(name):
        result = await exchange(app, scope=http_scope(f"/{name}", method="GET"))
        assert result.body.decode() == f'"{name}"'

    async def run():
        async with anyio.create_task_group() as group:
            group.start_soon(call, "a")
            group.start_soon(call, "b")

    anyio.run(run)

    assert seen["a"] is not seen["b"]


def test_websocket_is_there(app):
    """In place of a request, and without a body."""

    @app.websocket("/{room}")
    async def endpoint(websocket: WebSocket, room: str):
        data = get_telemetry_data()
        await websocket.accept()
        await websocket.send_json([data.websocket is websocket, data.request, data.body, data.values["room"]])
        await websocket.close()

    with TestClient(app).websocket_connect("/a") as websocket:
        assert websocket.receive_json() == [True, None, None, "a"]


def test_context_without_data_has_none():
    """Whatever else is under the key."""
    from opentelemetry.context import Context

    assert get_telemetry_data(Context({"straightway-telemetry": "something else"})) is None
