"""An application with the development layer around it, and clients that talk to both."""

import logging
from types import SimpleNamespace

import pytest

from straightway import Straightway
from straightway.development.guard import Guard
from straightway.development.inspection import Inspection
from straightway.development.layer import DevelopmentLayer
from straightway.telemetry.activity import activity
from straightway.testclient import TestClient


@pytest.fixture(autouse=True)
def quiet_process(monkeypatch):
    """Leave the process as it was: the layer asks for steps, and listens to the loggers."""
    monkeypatch.setattr(activity, "on", activity.on)
    handlers = {name: list(logging.getLogger(name).handlers) for name in ("", "uvicorn.error")}
    yield
    for name, before in handlers.items():
        logging.getLogger(name).handlers[:] = before


def nothing_found():
    """Stand for a checker that finds nothing in one file."""
    return [], 1


@pytest.fixture
def develop():
    """A function that puts the layer around an application and returns client, layer and inspection."""

    def around(app, *, check=nothing_found, guard=None, host="127.0.0.1", base_url="http://localhost"):
        inspection = Inspection(app, check)
        layer = DevelopmentLayer(app, inspection, guard or Guard())
        client = TestClient(
            layer.before(layer), base_url=base_url, client=(host, 5000), raise_server_exceptions=False
        )
        return SimpleNamespace(
            client=client, layer=layer, inspection=inspection, records=layer.recorder.records
        )

    return around


@pytest.fixture
def app():
    """An empty application."""
    return Straightway(title="Shop")
