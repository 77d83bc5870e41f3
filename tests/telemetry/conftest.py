"""A real SDK that keeps what it is given in memory."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from straightway import Straightway
from straightway.testclient import TestClient


@dataclass
class Telemetry:
    """The three providers, and what has come out of them."""

    tracer_provider: TracerProvider
    meter_provider: MeterProvider
    logger_provider: LoggerProvider
    _spans: InMemorySpanExporter
    _reader: InMemoryMetricReader
    _logs: InMemoryLogRecordExporter

    @property
    def config(self):
        """What `telemetry=` of an application takes."""
        return {
            "tracer_provider": self.tracer_provider,
            "meter_provider": self.meter_provider,
            "logger_provider": self.logger_provider,
        }

    @property
    def spans(self):
        """All finished spans in the order in which they have ended."""
        return self._spans.get_finished_spans()

    @property
    def names(self):
        """Their names."""
        return [span.name for span in self.spans]

    @property
    def servers(self):
        """The spans of whole connections."""
        return [span for span in self.spans if span.kind is SpanKind.SERVER]

    def span(self, name):
        """Return the only span of that name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    @property
    def logs(self):
        """All log records."""
        return [each.log_record for each in self._logs.get_finished_logs()]

    def points(self, name="http.server.request.duration"):
        """Return what an instrument has measured."""
        data = self._reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    """Start every test with no telemetry configured from outside."""
    for name in os.environ:
        if name.startswith(("OTEL_", "STRAIGHTWAY_OTEL_", "FASTAPI_OTEL_")):
            monkeypatch.delenv(name)


@pytest.fixture
def telemetry():
    """Make providers for one test."""
    spans, reader, logs = InMemorySpanExporter(), InMemoryMetricReader(), InMemoryLogRecordExporter()
    tracer_provider = TracerProvider(shutdown_on_exit=False)
    tracer_provider.add_span_processor(SimpleSpanProcessor(spans))
    meter_provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    logger_provider = LoggerProvider(shutdown_on_exit=False)
    logger_provider.add_log_record_processor(SimpleLogRecordProcessor(logs))
    yield Telemetry(tracer_provider, meter_provider, logger_provider, spans, reader, logs)
    for provider in (tracer_provider, meter_provider, logger_provider):
        provider.shutdown()


@pytest.fixture
def app(telemetry):
    """Make an application that records."""
    return Straightway(telemetry=telemetry.config)


@pytest.fixture
def client(app):
    """Make a client that sees error responses instead of exceptions."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def fresh_process():
    """Run code in an interpreter whose global providers nobody has set; return what it prints."""

    def run(code, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        done = subprocess.run(  # noqa: S603  # our own text
            [sys.executable, "-W", "error", "-c", code],
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
