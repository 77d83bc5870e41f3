import subprocess
import sys

import pytest

from straightway import Straightway
from straightway.telemetry.configuration import STRAIGHTWAY, Framework, settings_of

WITHOUT_OPENTELEMETRY = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Absent())
"""

ANSWERS = """
from straightway import BackgroundTasks, Straightway
from straightway.testclient import TestClient

app = Straightway()

@app.get("/")
def read_root(tasks: BackgroundTasks):
    tasks.add_task(print, end="")
    return "ok"

with TestClient(app) as client:
    assert client.get("/").json() == "ok"
    assert client.get("/none").status_code == 404
"""


def test_opentelemetry_is_not_imported_without_configuration(fresh_process):
    """An application that configures nothing never imports it, not for its lifespan and requests either."""
    assert fresh_process(ANSWERS + "import sys; print('opentelemetry' in sys.modules)") == "False"


def test_application_works_without_opentelemetry(fresh_process):
    """It need not be installed."""
    assert fresh_process(WITHOUT_OPENTELEMETRY + ANSWERS) == ""


def test_public_names_are_there_without_opentelemetry(fresh_process):
    """Code that asks for telemetry data runs, and finds none."""
    code = "from straightway.telemetry import TelemetryConfig, TelemetryData, get_telemetry_data as get"

    assert fresh_process(f"{WITHOUT_OPENTELEMETRY}{code}; print(get())") == "None"


def test_missing_package_is_named():
    """Whoever configures telemetry without the package is told what to install."""
    code = f"{WITHOUT_OPENTELEMETRY}from straightway import Straightway; Straightway(telemetry={{'logs': False}})"

    done = subprocess.run(  # noqa: S603  # our own text
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert done.stderr.endswith(
        "telemetry= requires the package opentelemetry-api\n"
        'Install it with: pip install "straightway[telemetry]"\n'
    )


def test_configuration_is_copied(telemetry):
    """What a user does with the dictionary afterwards changes nothing."""
    config = telemetry.config

    settings = settings_of(config, STRAIGHTWAY)
    config["tracing"] = False

    assert settings.tracing


def test_unknown_keys_are_ignored():
    """As in FastAPI: configurations written for later versions work."""
    settings = settings_of({"tracing": False, "profiles": True}, STRAIGHTWAY)

    assert not settings.tracing


@pytest.mark.parametrize(
    ("variables", "said", "configures"),
    [
        ({}, None, False),
        ({"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true"}, None, True),
        ({"FASTAPI_OTEL_AUTO_CONFIGURE": "TRUE"}, None, True),
        ({"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "1"}, None, False),
        (
            {"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "false", "FASTAPI_OTEL_AUTO_CONFIGURE": "true"},
            None,
            False,
        ),
        ({"STRAIGHTWAY_OTEL_AUTO_CONFIGURE": "true"}, False, False),
        ({}, True, True),
    ],
    ids=["nothing", "ours", "FastAPI's", "only true", "ours first", "argument first", "argument"],
)
def test_auto_configure(monkeypatch, variables, said, configures):
    """The argument decides, else our variable, else FastAPI's."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    settings = settings_of(None if said is None else {"auto_configure": said}, STRAIGHTWAY)

    assert settings.configures is configures


def test_scope_is_the_distribution(telemetry):
    """What is recorded says which library has recorded it."""
    from straightway.testclient import TestClient

    TestClient(Straightway(telemetry=telemetry.config)).get("/")

    (span,) = telemetry.spans
    assert span.instrumentation_scope.name == "straightway"
    assert span.instrumentation_scope.version == STRAIGHTWAY.version
    assert span.instrumentation_scope.schema_url == "https://opentelemetry.io/schemas/1.44.0"


def test_version_of_what_is_not_installed_is_unknown():
    """A class of a user's own framework need not be a distribution."""
    assert Framework("Mine", "no-such-distribution", "mine[telemetry]").version is None
