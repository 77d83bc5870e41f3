"""The application on the page about telemetry."""

import pytest
from docs.examples.telemetry import app, spans
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from straightway.testclient import TestClient


@pytest.fixture
def exported():
    """See what the application exports."""
    exporter = InMemorySpanExporter()
    spans.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    spans.shutdown()


def test_request_is_recorded_with_its_customer(exported):
    """The processor writes an argument on the endpoint's span; what is excluded is not there."""
    client = TestClient(app)

    assert client.get("/health").json() == "ok"
    assert client.get("/orders/acme?limit=1").json() == ["order 0 of acme"]

    found = {span.name: span for span in exported.get_finished_spans()}
    assert set(found) == {
        "GET /orders/{customer}",
        "fastapi.dependencies",
        "fastapi.endpoint",
        "fastapi.serialization",
    }
    assert found["fastapi.endpoint"].attributes["app.customer"] == "acme"
