"""These run in processes of their own: a global provider can be set once."""

import pytest

APPLICATION = """
from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from straightway import Straightway
from straightway.telemetry import gate, get_telemetry_data
from straightway.testclient import TestClient

spans = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
seen = []

def application(**options):
    app = Straightway(**options)

    @app.get("/")
    def read_root():
        seen.append(get_telemetry_data() is not None)

    return TestClient(app)

client = application()
client.get("/")
"""


def test_nothing_is_recorded_while_nothing_is_configured(fresh_process):
    """Importing the interface configures nothing."""
    assert fresh_process(APPLICATION + "print(seen, gate.has_global_provider())") == "[False] False"


@pytest.mark.parametrize(
    "setting",
    [
        "trace.set_tracer_provider(provider)",
        "metrics.set_meter_provider(MeterProvider())",
        "_logs.set_logger_provider(LoggerProvider())",
        "trace.get_tracer_provider = lambda: provider",
    ],
    ids=["tracer", "meter", "logger", "replaced getter"],
)
def test_provider_set_later_counts_from_the_next_request(fresh_process, setting):
    """Whichever of the three is set, and however late."""
    code = f"{APPLICATION}{setting}; client.get('/'); print(seen)"

    assert fresh_process(code) == "[False, True]"


def test_placeholder_given_as_provider_stands_for_the_global_one(fresh_process):
    """`get_tracer_provider()` before anything is set is no provider, and is one later."""
    code = (
        APPLICATION
        + "client = application(telemetry={'tracer_provider': trace.get_tracer_provider()}); client.get('/')\n"
        + "trace.set_tracer_provider(provider); client.get('/'); print(seen, spans.get_finished_spans()[-1].name)"
    )

    assert fresh_process(code) == "[False, False, True] GET /"


def test_provider_named_by_the_environment_counts(fresh_process):
    """OTEL_PYTHON_TRACER_PROVIDER loads one, also where nothing else imports opentelemetry."""
    code = """
from straightway import Straightway
from straightway.telemetry import get_telemetry_data
from straightway.testclient import TestClient

app = Straightway()

@app.get("/")
def read_root():
    return get_telemetry_data() is not None

print(TestClient(app).get("/").text)
"""

    assert fresh_process(code, OTEL_PYTHON_TRACER_PROVIDER="sdk_tracer_provider") == "true"


def test_variables_for_other_programs_need_no_package(fresh_process):
    """Where opentelemetry is not installed they are not for this program."""
    code = """
import sys
sys.modules["opentelemetry"] = None
from straightway import Straightway
Straightway()
"""

    assert fresh_process(code, OTEL_PYTHON_TRACER_PROVIDER="sdk_tracer_provider") == ""


def test_unknown_version_of_the_interface_is_asked_in_public(fresh_process):
    """Where the private names of the providers are gone, every request is asked about through the getters."""
    code = """
from opentelemetry import trace
del trace._TRACER_PROVIDER
from straightway.telemetry import gate
trace.get_tracer_provider = lambda: None
print(gate.has_global_provider())
"""

    assert fresh_process(code) == "True"
