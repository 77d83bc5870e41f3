"""Which connections are recorded: exclusion, mounted applications, other instrumentation."""

import pytest
from opentelemetry import context
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider

from straightway import Straightway, WebSocket
from straightway.telemetry import get_telemetry_data
from straightway.testclient import TestClient


def application(config, path="/{name}"):
    """Make an application with one endpoint, which says whether it is recorded."""
    app = Straightway(telemetry=config)

    @app.get(path)
    async def endpoint():
        return get_telemetry_data() is not None

    @app.websocket("/ws")
    async def talk(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_json(get_telemetry_data() is not None)
        await websocket.close()

    return app


def test_excluded_request_is_not_recorded(telemetry):
    """Nothing of it: no span, no measurement, no data."""
    app = application({**telemetry.config, "exclude": lambda scope: scope["path"] == "/health"})

    assert TestClient(app).get("/health").json() is False
    assert TestClient(app).get("/items").json() is True

    assert [span.attributes["url.path"] for span in telemetry.servers] == ["/items"]
    assert telemetry.points()[0].count == 1


def test_exclusion_holds_for_mounted_applications(telemetry):
    """Those that would record by themselves, too."""
    outer = Straightway(telemetry={**telemetry.config, "exclude": lambda _: True})
    outer.mount("/inner", application(telemetry.config))

    assert TestClient(outer).get("/inner/x").json() is False

    assert telemetry.spans == ()


def test_mounted_application_is_part_of_the_request(telemetry):
    """One request is one server span, whoever answers it, with the operations of the one that does."""
    outer = Straightway(telemetry=telemetry.config)
    outer.mount("/inner", application(None))

    assert TestClient(outer).get("/inner/x").json() is True

    assert telemetry.names[-1] == "GET /inner/{name}"
    assert len(telemetry.servers) == 1
    assert "fastapi.endpoint" in telemetry.names


def test_failure_in_a_mounted_application_is_logged_once(telemetry):
    """Both have a layer for errors, and it is one exception."""
    outer, inner = (Straightway(telemetry=telemetry.config) for _ in range(2))
    inner.get("/broken")(lambda: 1 / 0)
    outer.mount("/inner", inner)

    TestClient(outer, raise_server_exceptions=False).get("/inner/broken")

    assert len(telemetry.logs) == 1


def test_websocket_is_not_recorded_for_measurements_only(telemetry):
    """There are none of WebSockets."""
    app = application({"meter_provider": telemetry.meter_provider})

    with TestClient(app).websocket_connect("/ws") as websocket:
        assert websocket.receive_json() is False


def test_excluded_request_within_a_recorded_one(telemetry):
    """It does not see the data of the outer request, which keeps its own."""
    inner = application({**telemetry.config, "exclude": lambda scope: scope["path"] == "/inner"})
    seen = []

    @inner.get("/outer/call")
    async def outer():
        before, data = context.get_current(), get_telemetry_data()

        async def receive():
            return {"type": "http.request"}

        async def send(message):
            seen.append(message.get("body"))

        scope = {"type": "http", "method": "GET", "path": "/inner", "query_string": b"", "headers": []}
        await inner(scope, receive, send)
        assert context.get_current() is before
        assert get_telemetry_data() is data

    TestClient(inner).get("/outer/call")

    assert seen == [None, b"false"]
    assert len(telemetry.servers) == 1


def test_other_instrumentation_takes_precedence(telemetry):
    """Where the middleware of opentelemetry-instrumentation-asgi is in place, each request is recorded once: by it."""
    app = application(telemetry.config)
    app.add_middleware(OpenTelemetryMiddleware, tracer_provider=TracerProvider())

    assert TestClient(app).get("/x").json() is False

    assert (telemetry.spans, telemetry.points(), telemetry.logs) == ((), [], [])


def test_layers_may_be_exchanged(telemetry):
    """What is recorded follows from the layers that answer now."""
    app = application(telemetry.config)
    client = TestClient(app)
    assert client.get("/x").json() is True

    app.middleware_stack = OpenTelemetryMiddleware(app.middleware_stack, tracer_provider=TracerProvider())

    assert client.get("/x").json() is False


def test_circle_of_layers_is_walked_once(telemetry):
    """A layer that refers to itself keeps nothing waiting."""
    app = application(telemetry.config)
    stack = app.build_middleware_stack()

    async def layer(scope, receive, send):
        await stack(scope, receive, send)

    layer.app = layer
    app.middleware_stack = layer

    assert TestClient(app).get("/x").json() is True


@pytest.mark.parametrize("name", ["tracer", "meter"])
def test_provider_is_asked_once(telemetry, monkeypatch, name):
    """A tracer and instruments are made for an application, not for a request."""
    provider = getattr(telemetry, f"{name}_provider")
    name = {"tracer": "get_tracer", "meter": "get_meter"}[name]
    original, asked = getattr(provider, name), []
    monkeypatch.setattr(provider, name, lambda *arguments: asked.append(1) or original(*arguments))
    app = application(telemetry.config)
    assert asked == []

    for _ in range(3):
        TestClient(app).get("/x")

    assert asked == [1]
