import json
import logging

import pytest
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from straightway import Straightway, WebSocket
from straightway.logs.asgi import Logged
from straightway.logs.json_lines import JSONFormatter
from straightway.testclient import TestClient
from tests.serve.asgi import ask, http_scope

LOGGER = logging.getLogger("tests.logs.tracing")


@pytest.fixture
def spans():
    """Return a provider, and what it has recorded."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider, exporter
    provider.shutdown()


@pytest.fixture
def lines(heard):
    """Return what is logged, as a program reads it; the application's logger is heard too."""
    written, format = [], JSONFormatter().format

    class Writing(logging.Handler):
        def emit(self, record):
            written.append(json.loads(format(record)))

    handler = Writing()
    loggers = [LOGGER, logging.getLogger("straightway.access"), logging.getLogger("straightway.failures")]
    for logger in loggers:
        logger.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)
    LOGGER.setLevel(logging.NOTSET)


def build(**options):
    """Return an application that logs, and fails."""
    app = Straightway(**options)

    @app.get("/")
    async def index():
        LOGGER.info("inside")

    @app.get("/failing")
    def failing():
        raise ValueError

    @app.websocket("/socket")
    async def socket(websocket: WebSocket):
        await websocket.accept()
        await websocket.close()

    return app


def ids_of(span):
    """Return the ids of a span as they are written."""
    return f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}"


@pytest.mark.parametrize("path", ["/", "/failing"])
def test_lines_name_the_span_of_their_request(spans, lines, path):
    """The record of the application, the request and the failure lead to the trace."""
    provider, exporter = spans
    app = build(telemetry={"tracer_provider": provider})

    ask(Logged(app), scope=http_scope(path, method="GET"))

    server = next(span for span in exporter.get_finished_spans() if span.kind.name == "SERVER")
    assert len(lines) == 2
    assert {line["trace_id"] for line in lines} == {ids_of(server)[0]}
    assert (
        next(line["span_id"] for line in lines if line["logger"] == "straightway.access") == ids_of(server)[1]
    )


def test_requests_have_traces_of_their_own(spans, lines):
    """Nothing of one request is left for the next."""
    app = build(telemetry={"tracer_provider": spans[0]})

    for _ in range(3):
        ask(Logged(app), scope=http_scope("/", method="GET"))

    assert len({line["trace_id"] for line in lines}) == 3


def test_a_websocket_names_its_span(spans, lines):
    """Both of its lines do."""
    provider, exporter = spans
    client = TestClient(Logged(build(telemetry={"tracer_provider": provider})))

    with client.websocket_connect("/socket"):
        pass

    server = next(span for span in exporter.get_finished_spans() if span.kind.name == "SERVER")
    assert [line["trace_id"] for line in lines] == [ids_of(server)[0]] * 2


def test_spans_of_an_instrumentation_are_named_too(spans, lines):
    """Who traces with a middleware finds the same trace in the log."""
    provider, exporter = spans
    app = build()
    app.add_middleware(OpenTelemetryMiddleware, tracer_provider=provider)

    ask(Logged(app), scope=http_scope("/", method="GET"))

    server = next(span for span in exporter.get_finished_spans() if span.kind.name == "SERVER")
    assert [line["trace_id"] for line in lines] == [ids_of(server)[0]] * 2


def test_without_a_span_there_are_no_ids(lines):
    """Tracing that is off leaves no zeros behind."""
    ask(Logged(build()), scope=http_scope("/", method="GET"))

    assert len(lines) == 2
    assert not any({"trace_id", "span_id"} & {*line} for line in lines)
