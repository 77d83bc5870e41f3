"""opentelemetry-instrumentation-fastapi: a span for each request."""

import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Keep spans in memory."""
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> TracerProvider:
    """Give them to the exporter."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


def application(provider: TracerProvider) -> FastAPI:
    """Make an application whose endpoints open spans of their own."""
    tracer = provider.get_tracer("smoke")
    app = FastAPI()
    router = APIRouter(prefix="/shop/{shop}")
    inner = FastAPI()

    def session():
        with tracer.start_as_current_span("session"):
            yield

    @app.get("/items/{item}")
    def item(item: int, tasks: BackgroundTasks, session: None = Depends(session)):
        with tracer.start_as_current_span("work"):
            return item

    @app.get("/broken")
    async def broken():
        raise ValueError("broken")

    @app.get("/refused")
    async def refused():
        raise HTTPException(409)

    @router.get("/orders/{order}")
    async def order(shop: str, order: int):
        return trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)

    @inner.get("/leaf")
    async def leaf():
        return "leaf"

    @app.websocket("/socket/{name}")
    async def socket(websocket: WebSocket, name: str):
        await websocket.accept()
        await websocket.send_text(name)
        await websocket.close()

    app.include_router(router, prefix="/v1")
    app.mount("/tree", inner)
    return app


def server_spans(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """Give the spans of requests, without those of single messages."""
    return [span for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER]


def client_of(provider: TracerProvider, **options: object) -> TestClient:
    """Instrument the application."""
    app = application(provider)
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider, **options)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/items/3", "/items/{item}", 200),
        ("/items/x", "/items/{item}", 422),
        ("/v1/shop/a/orders/7", "/v1/shop/{shop}/orders/{order}", 200),
        ("/refused", "/refused", 409),
    ],
)
def test_span_has_the_route(provider, exporter, path: str, route: str, status: int):
    """Name, route and status of a request, of included routers too."""
    client_of(provider).get(path)

    (span,) = server_spans(exporter)
    assert span.name == f"GET {route}"
    assert span.attributes["http.route"] == route
    assert span.attributes["http.status_code"] == status
    assert span.attributes["http.method"] == "GET"
    assert span.status.status_code is StatusCode.UNSET


def test_request_without_route(provider, exporter):
    """What no route answers has a span without one."""
    client_of(provider).get("/nowhere")

    (span,) = server_spans(exporter)
    assert "http.route" not in span.attributes
    assert span.attributes["http.status_code"] == 404


def test_exception_is_recorded(provider, exporter):
    """An error of the endpoint is an event of the span, and its status."""
    assert client_of(provider).get("/broken").status_code == 500

    (span,) = server_spans(exporter)
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["http.status_code"] == 500
    assert [event.attributes["exception.type"] for event in span.events] == ["ValueError"]


def test_spans_are_nested(provider, exporter):
    """The caller's context is the parent; spans of dependencies and endpoints in threads are children."""
    client = client_of(provider)

    client.get("/items/3", headers={"traceparent": PARENT})

    spans = {span.name: span for span in exporter.get_finished_spans()}
    request = spans["GET /items/{item}"]
    assert trace.format_span_id(request.parent.span_id) == PARENT.split("-")[2]
    assert {trace.format_trace_id(span.context.trace_id) for span in spans.values()} == {PARENT.split("-")[1]}
    assert spans["session"].parent.span_id == request.context.span_id
    assert spans["work"].parent.span_id in {request.context.span_id, spans["session"].context.span_id}
    assert client.get("/v1/shop/a/orders/1", headers={"traceparent": PARENT}).json() == PARENT.split("-")[1]


def test_hooks_and_exclusions(provider, exporter):
    """A hook adds to the span; excluded paths have none."""

    def hook(span, scope) -> None:
        span.set_attribute("seen", scope["path"])

    client = client_of(provider, server_request_hook=hook, excluded_urls="refused", exclude_spans=["send"])

    client.get("/refused")
    client.get("/items/1")

    (span,) = server_spans(exporter)
    assert span.attributes["seen"] == "/items/1"
    assert not [each for each in exporter.get_finished_spans() if each.name.endswith("http send")]


def test_metrics_have_the_route(provider):
    """Durations are recorded by template."""
    reader = InMemoryMetricReader()
    client_of(provider, meter_provider=MeterProvider([reader])).get("/items/3")

    (resource,) = reader.get_metrics_data().resource_metrics
    metrics = {metric.name: metric for scope in resource.scope_metrics for metric in scope.metrics}
    (point,) = metrics["http.server.duration"].data.data_points
    assert (point.attributes["http.target"], point.count) == ("/items/{item}", 1)


def test_application_class_is_instrumented(provider, exporter):
    """instrument() replaces the class, for applications that are made later, and takes it back."""
    import fastapi

    original = fastapi.FastAPI
    FastAPIInstrumentor().instrument(tracer_provider=provider)
    try:
        app = fastapi.FastAPI()
        app.get("/")(lambda: "x")
        assert TestClient(app).get("/").json() == "x"
    finally:
        FastAPIInstrumentor().uninstrument()

    assert [span.name for span in server_spans(exporter)] == ["GET /"]
    assert fastapi.FastAPI is original


def test_instrumentation_is_taken_back(provider, exporter):
    """An application without instrumentation answers without spans."""
    app = application(provider)
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    client = TestClient(app)
    client.get("/refused")

    FastAPIInstrumentor.uninstrument_app(app)
    client.get("/refused")

    assert len(server_spans(exporter)) == 1
