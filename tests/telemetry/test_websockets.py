"""WebSocket connections: one span from the handshake to the end."""

import pytest
from opentelemetry.trace import StatusCode
from starlette.websockets import WebSocketDisconnect

from straightway import Depends, Straightway, WebSocket, WebSocketException
from straightway.testclient import TestClient


def test_connection_is_a_server_span(telemetry, app):
    """With the route's template, nothing that is said over it, and no measurements."""
    inner = Straightway()

    @inner.websocket("/rooms/{room}")
    async def talk(websocket: WebSocket, room: int):
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.receive_text()
        await websocket.close()

    app.mount("/chat", inner)
    with TestClient(app).websocket_connect("/chat/rooms/3") as websocket:
        websocket.send_text("secret")
        assert websocket.receive_text() == "secret"
        assert telemetry.servers == []
        websocket.send_text("bye")

    (span,) = telemetry.servers
    assert telemetry.names == ["fastapi.dependencies", "fastapi.endpoint", "WS /chat/rooms/{room}"]
    assert span.attributes == {
        "url.scheme": "ws",
        "server.address": "testserver",
        "server.port": 80,
        "network.protocol.name": "websocket",
        "http.route": "/chat/rooms/{room}",
    }
    assert telemetry.points() == telemetry.points("http.server.active_requests") == []


@pytest.mark.parametrize(("code", "is_error"), [(1000, False), (1001, False), (1006, True)])
def test_client_leaves(telemetry, app, code, is_error):
    """Saying so, or not: only the latter is an error."""

    @app.websocket("/")
    async def listen(websocket: WebSocket):
        await websocket.accept()
        await websocket.receive_text()

    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect("/") as websocket:
        websocket.close(code)

    assert [span.status.status_code is StatusCode.ERROR for span in telemetry.spans] == [
        False,
        is_error,
        is_error,
    ]
    assert len(telemetry.logs) == is_error


@pytest.mark.parametrize("stage", ["dependency", "endpoint", "clean-up"])
def test_unhandled_exception(telemetry, app, stage):
    """Recorded once, wherever it comes from."""

    def fail(here):
        if here == stage:
            raise ValueError(here)

    async def dependency():
        fail("dependency")
        yield
        fail("clean-up")

    @app.websocket("/", dependencies=[Depends(dependency)])
    async def talk(websocket: WebSocket):
        await websocket.accept()
        fail("endpoint")
        await websocket.close()

    with pytest.raises(ValueError, match=stage), TestClient(app).websocket_connect("/"):
        pass

    (server,), (record,) = telemetry.servers, telemetry.logs
    assert server.attributes["error.type"] == "ValueError"
    assert record.event_name == "fastapi.websocket.exception"
    assert record.body == "Unhandled exception in Straightway WebSocket connection"
    assert record.span_id == server.context.span_id


def test_refusal_is_no_error(telemetry, app):
    """It is an answer."""

    @app.websocket("/")
    async def refuse():
        raise WebSocketException(1008)

    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect("/"):
        pass

    assert all(span.status.status_code is StatusCode.UNSET for span in telemetry.spans)
    assert telemetry.logs == []


def test_failed_validation(telemetry, app):
    """As for a request."""

    @app.websocket("/{room}")
    async def talk(websocket: WebSocket, room: int): ...

    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect("/x"):
        pass

    (record,) = telemetry.logs
    assert record.event_name == "fastapi.validation.failed"
    assert record.attributes == {"http.route": "/{room}", "fastapi.validation.error_count": 1}


def test_unknown_path_is_recorded(telemetry, app):
    """Without a route, as for a request."""
    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect("/none"):
        pass

    assert telemetry.names == ["WS"]
