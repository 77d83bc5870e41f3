"""What is recorded where an agent has replaced functions of `fastapi.routing`."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from straightway import HTTPException, Straightway, WebSocket
from straightway.interop import handlers, solving, values
from straightway.interop.replaced import MAKER, originals, replaced
from straightway.serve.agents import take_over
from straightway.testclient import TestClient

RECORDED = ["fastapi.dependencies", "fastapi.endpoint", "fastapi.serialization"]


@pytest.fixture(params=["the maker", "a stage"])
def agent(request):
    """Replace `get_request_handler`, or one of the functions that it calls, by one that does the same."""
    given = {
        MAKER: handlers.get_request_handler,
        "solve_dependencies": solving.solve_dependencies,
        "run_endpoint_function": values.run_endpoint_function,
        "serialize_response": values.serialize_response,
    }
    before = dict(originals)
    originals.update(given)
    replaced[MAKER] = handlers.get_request_handler
    if request.param == "a stage":
        replaced["solve_dependencies"] = given["solve_dependencies"]
    take_over(handlers.handler_of_route, handlers.websocket_handler_of_route)
    yield
    replaced.clear()
    originals.clear()
    originals.update(before)
    take_over(None, None)


@pytest.fixture
def recorded():
    """An application that records, and its spans."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Straightway(telemetry={"tracer_provider": provider}), exporter


def names(exporter):
    """Return the names of the operations that were recorded, in the order in which they ended."""
    return [span.name for span in exporter.get_finished_spans() if span.name.startswith("fastapi.")]


def test_operations_are_recorded_behind_an_agent(agent, recorded):
    """Dependencies, endpoint and serialization are spans, as without the agent."""
    app, exporter = recorded
    app.get("/{value}")(lambda value: value)

    assert TestClient(app).get("/1").json() == "1"

    assert names(exporter) == RECORDED


def test_failures_are_recorded_behind_an_agent(agent, recorded):
    """An operation that fails ends with what has ended it; an HTTP error is an answer."""
    app, exporter = recorded

    @app.get("/{value}")
    def endpoint(value: int):
        raise HTTPException(503) if value == 1 else ValueError("broken")

    client = TestClient(app, raise_server_exceptions=False)
    statuses = [client.get(f"/{value}").status_code for value in (1, 2, "x")]

    operations = [span for span in exporter.get_finished_spans() if span.name == "fastapi.endpoint"]
    assert statuses == [503, 500, 422]
    assert [span.status.is_ok for span in operations] == [True, False]
    assert names(exporter).count("fastapi.dependencies") == 3


def test_websocket_is_recorded_behind_an_agent(agent, recorded):
    """A connection has its operations, too."""
    app, exporter = recorded

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket):
        await websocket.accept()
        await websocket.close()

    with TestClient(app).websocket_connect("/ws"):
        pass

    assert names(exporter) == RECORDED[:2]
