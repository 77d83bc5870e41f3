"""Exporters from the environment. Those that set global providers run in processes of their own."""

import os
import threading
from contextlib import asynccontextmanager

import anyio
import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import trace_exporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracerProvider

from straightway import Straightway
from straightway.errors import StraightwayError
from straightway.telemetry import exporters
from straightway.telemetry.configuration import Settings
from straightway.testclient import TestClient
from tests.telemetry.collector import collecting

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
UNREACHABLE = "http://127.0.0.1:1"

SERVED_TWICE = """
from opentelemetry import trace
from straightway import Straightway
from straightway.telemetry import exporters
from straightway.testclient import TestClient

app = Straightway({arguments})

@app.get("/items/{{item_id}}")
def read_item(item_id: int):
    return 1 // item_id

for _ in range(2):
    with TestClient(app, raise_server_exceptions=False) as client:
        client.get("/items/3")
        client.get("/items/0")
print(*(name for name, _ in exporters._configured))
"""


@pytest.fixture(autouse=True)
def nothing_left():
    """Leave no exporter behind."""
    yield
    exporters._shutdown()


@pytest.fixture
def collector():
    """Run a collector."""
    with collecting() as running:
        yield running


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        ("telemetry={'auto_configure': True}", {}),
        ("", {"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true"}),
    ],
    ids=["argument", "environment"],
)
def test_everything_is_exported(fresh_process, collector, arguments, variables):
    """Spans, metrics and logs arrive at a real receiver, of both lifespans, with what the environment says."""
    printed = fresh_process(
        SERVED_TWICE.format(arguments=arguments),
        **variables,
        OTEL_EXPORTER_OTLP_ENDPOINT=f"{collector.url}/base/",
        OTEL_EXPORTER_OTLP_HEADERS="x-key=value",
        OTEL_SERVICE_NAME="shop",
        # Long enough for nothing to be sent but at the end of a lifespan.
        OTEL_BSP_SCHEDULE_DELAY="60000",
        OTEL_BLRP_SCHEDULE_DELAY="60000",
        OTEL_METRIC_EXPORT_INTERVAL="60000",
    )

    assert printed == "TRACES METRICS LOGS"
    assert collector.paths == {"/base/v1/traces", "/base/v1/metrics", "/base/v1/logs"}
    assert all(headers["x-key"] == "value" for _, headers, _ in collector.received)
    assert b"shop" in collector.received[0][2]
    names = [span.name for span in collector.items("traces")]
    assert names.count("GET /items/{item_id}") == 4
    assert len(collector.items("logs")) == 2
    durations = [each for each in collector.items("metrics") if each.name == "http.server.request.duration"]
    assert sum(point.count for point in durations[-1].histogram.data_points) == 4


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "false"},
        {"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true", "OTEL_SDK_DISABLED": "TRUE"},
        {
            "STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
        },
    ],
    ids=["not asked for", "refused", "SDK disabled", "no exporters"],
)
def test_nothing_is_exported_unasked(fresh_process, collector, variables):
    """An endpoint in the environment is there for others, too."""
    printed = fresh_process(
        SERVED_TWICE.format(arguments=""), OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **variables
    )

    assert (printed, collector.received) == ("", [])


def test_disabled_signals_are_not_exported(fresh_process, collector):
    """Nor is a signal with an exporter of none."""
    code = SERVED_TWICE.format(arguments="telemetry={'auto_configure': True, 'metrics': False}")

    printed = fresh_process(code, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_LOGS_EXPORTER="none")

    assert (printed, collector.paths) == ("TRACES", {"/v1/traces"})


def test_exporter_is_added_to_a_provider_once(telemetry, collector, monkeypatch):
    """A provider of one's own keeps its processors; applications that share it share the exporter."""
    monkeypatch.setenv(ENDPOINT, collector.url)
    config = {**telemetry.config, "auto_configure": True}

    for _ in range(2):
        with TestClient(Straightway(telemetry=config)) as client:
            client.get("/")

    assert len(exporters._owned) == 3
    assert [span.name for span in collector.items("traces")] == telemetry.names == ["GET", "GET"]


def test_environment_counts_at_start_only(telemetry, monkeypatch):
    """An application that is only made, not started, has set up nothing."""
    monkeypatch.setenv(ENDPOINT, UNREACHABLE)

    Straightway(telemetry={**telemetry.config, "auto_configure": True})

    assert exporters._owned == []


@pytest.mark.parametrize("signal", ["TRACES", "METRICS", "LOGS"])
def test_endpoint_of_a_signal(monkeypatch, signal):
    """It is taken as it is, and before the general one."""
    monkeypatch.setenv(ENDPOINT, "nonsense")
    monkeypatch.setenv(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", "https://collector.example/x/")

    assert exporters._export_endpoint(signal) == "https://collector.example/x/"


@pytest.mark.parametrize("variable", ["OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL"])
def test_empty_variable_is_none(monkeypatch, variable):
    """As OpenTelemetry's specification wants it."""
    monkeypatch.setenv(ENDPOINT, "http://collector.example")
    monkeypatch.setenv(variable, "")

    assert exporters._export_endpoint("TRACES") == "http://collector.example/v1/traces"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({ENDPOINT: "collector.example"}, "must be an absolute HTTP URL, not 'collector.example/v1/traces'"),
        ({ENDPOINT: "http://[::1"}, "must be an absolute HTTP URL"),
        ({ENDPOINT: "http://host:port"}, "must be an absolute HTTP URL"),
        ({ENDPOINT: UNREACHABLE, "OTEL_TRACES_EXPORTER": "console"}, "must be otlp or none, not 'console'"),
        (
            {ENDPOINT: UNREACHABLE, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc"},
            "must be http/protobuf, not 'grpc'",
        ),
    ],
    ids=["no URL", "broken URL", "broken port", "exporter", "protocol"],
)
def test_mistake_is_named_and_stops_nothing(telemetry, monkeypatch, caplog, variables, message):
    """The application starts, records with the providers it has, and says once what is wrong."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(StraightwayError, match=message):
        exporters._export_endpoint("TRACES")
    with TestClient(Straightway(telemetry={**telemetry.config, "auto_configure": True})) as client:
        client.get("/")

    (said,) = caplog.messages
    assert said.startswith("Straightway automatic telemetry configuration failed: ")
    assert message in said
    assert len(telemetry.servers) == 1


def test_missing_packages_are_named(fresh_process):
    """Whoever asks for exporters without the SDK is told what to install, and served."""
    code = """
import sys
sys.modules["opentelemetry.sdk"] = None
from straightway import Straightway
from straightway.testclient import TestClient
with TestClient(Straightway(telemetry={"auto_configure": True})) as client:
    client.get("/")
"""
    code = f"import logging, sys; logging.basicConfig(stream=sys.stdout){code}"

    printed = fresh_process(code, OTEL_EXPORTER_OTLP_ENDPOINT=UNREACHABLE)

    assert "WARNING:straightway:" in printed
    assert 'pip install "straightway[telemetry]"' in printed


def test_missing_interface_is_named(fresh_process):
    """The same where nothing of OpenTelemetry is installed and the environment asks for it."""
    code = """
import logging, sys
logging.basicConfig(stream=sys.stdout)
sys.modules["opentelemetry"] = None
from straightway import Straightway
from straightway.testclient import TestClient
with TestClient(Straightway()) as client:
    client.get("/")
"""
    variables = {"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true", ENDPOINT: UNREACHABLE}

    assert 'pip install "straightway[telemetry]"' in fresh_process(code, **variables)


def test_provider_that_takes_no_exporter(monkeypatch, caplog):
    """It is said what to do about it."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", UNREACHABLE)
    config = {"tracer_provider": NoOpTracerProvider(), "auto_configure": True}

    with TestClient(Straightway(telemetry=config)):
        pass

    assert "NoOpTracerProvider does not support adding an OTLP exporter" in caplog.text
    assert '"auto_configure": False' in caplog.text


def test_exporter_that_could_not_be_added_is_shut_down(telemetry, monkeypatch, caplog):
    """It has a thread of its own."""
    stopped = []

    class Exporter(InMemorySpanExporter):
        def __init__(self, *, endpoint):
            super().__init__()

        def shutdown(self):
            stopped.append(True)

    def refuse(component):
        raise ValueError("no more")

    monkeypatch.setattr(trace_exporter, "OTLPSpanExporter", Exporter)
    monkeypatch.setattr(telemetry.tracer_provider, "add_span_processor", refuse)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", UNREACHABLE)

    with TestClient(Straightway(telemetry={**telemetry.config, "auto_configure": True})):
        pass

    assert "no more" in caplog.text
    assert stopped == [True]
    assert exporters._owned == []


def test_provider_of_another_thread_counts(telemetry, monkeypatch):
    """Where two set the global one at the same time, the first has it; what the other has made is shut down."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", UNREACHABLE)
    current = [trace.get_tracer_provider()]
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: current[0])
    lost = []

    def set_too_late(provider):
        lost.append(provider)
        current[0] = telemetry.tracer_provider

    monkeypatch.setattr(trace, "set_tracer_provider", set_too_late)

    exporters._configure_from_environment(Settings(auto_configure=True))

    assert exporters._configured == [("TRACES", telemetry.tracer_provider)]
    (processor,) = exporters._owned
    assert processor is not lost[0]
    assert lost[0]._active_span_processor._span_processors[0]._batch_processor._shutdown


def test_wrapped_provider_is_unwrapped():
    """Some vendors put a provider into one that takes no exporters."""

    class Wrapper:
        def __init__(self, provider):
            self.provider = provider

    inner = object()

    assert exporters._registration_provider(Wrapper(inner)) is inner
    assert exporters._registration_provider(inner) is inner


class Component:
    """Stands for what was set up, and notes what is done with it."""

    def __init__(self, error=None):
        self.error, self.done = error, []

    def force_flush(self):
        """Note the thread."""
        self.done.append(("flush", threading.get_ident()))
        if self.error:
            raise self.error

    def shutdown(self):
        """Note it."""
        self.done.append("shutdown")
        if self.error:
            raise self.error


def test_everything_is_sent_before_an_application_has_ended(monkeypatch):
    """In a thread, so that other applications of the loop go on meanwhile; and the components live on."""
    component, order = Component(), []
    monkeypatch.setattr(exporters, "_owned", [component])

    async def app(scope, receive, send):
        await send({"type": "lifespan.startup.complete"})
        order.append(len(component.done))
        await send({"type": "lifespan.shutdown.complete"})

    async def send(message):
        order.append((message["type"], len(component.done)))

    async def run():
        await exporters.lifespan(config=Settings(), app=app, scope={}, receive=None, send=send)

    anyio.run(run)

    assert order == [("lifespan.startup.complete", 0), 0, ("lifespan.shutdown.complete", 1)]
    assert component.done[0] != ("flush", threading.get_ident())
    assert exporters._owned == [component]


def test_failing_clean_up_is_said(monkeypatch, caplog):
    """It keeps neither the application from ending nor other components from being tidied."""
    failing, other = Component(ConnectionError("gone")), Component()
    monkeypatch.setattr(exporters, "_owned", [failing, other])

    with TestClient(Straightway()):
        pass
    exporters._shutdown()

    assert [step if isinstance(step, str) else step[0] for step in other.done] == ["flush", "shutdown"]
    assert caplog.messages == ["Straightway telemetry cleanup failed: gone"] * 2


def test_errors_of_a_lifespan_are_its_own(monkeypatch):
    """They are raised as ever."""
    monkeypatch.setenv(ENDPOINT, "nonsense")

    @asynccontextmanager
    async def lifespan(app):
        yield
        raise RuntimeError("at the end")

    app = Straightway(lifespan=lifespan, telemetry={"auto_configure": True})

    with pytest.raises(RuntimeError, match="at the end"), TestClient(app):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_worker_of_a_forking_server_exports(fresh_process, collector):
    """What is set up in a worker is the worker's; a lock that was held at the fork holds nobody up."""
    code = """
import os
from straightway import Straightway
from straightway.telemetry import exporters
from straightway.testclient import TestClient

app = Straightway()
exporters._lock.acquire()
if os.fork() == 0:
    with TestClient(app) as client:
        client.get("/")
    exporters._shutdown()
    os._exit(0)
os.wait()
print(exporters._owned)
"""
    variables = {"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true", ENDPOINT: collector.url}

    assert fresh_process(code, **variables) == "[]"
    assert [span.name for span in collector.items("traces")] == ["GET"]
