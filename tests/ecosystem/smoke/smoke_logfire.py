"""logfire: spans of requests with the arguments of endpoints, kept in memory."""

import logfire
import pytest
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.testclient import TestClient
from logfire.testing import CaptureLogfire


@pytest.fixture
def app() -> FastAPI:
    """Make an application."""
    app = FastAPI()
    router = APIRouter(prefix="/v1")

    @router.get("/items/{item}")
    async def read(item: int, short: bool = False):
        logfire.info("reading {item}", item=item)
        return item

    @app.get("/thread")
    def thread(number: int = 1):
        raise HTTPException(409)

    @app.get("/broken")
    def broken():
        raise ValueError("broken")

    app.include_router(router)
    return app


def spans(capfire: CaptureLogfire) -> list[dict]:
    """Give the finished spans."""
    return capfire.exporter.exported_spans_as_dict()


def arguments(capfire: CaptureLogfire) -> dict:
    """Give the attributes of the span that tells an endpoint's arguments."""
    return next(span for span in spans(capfire) if "fastapi.arguments.values" in span["attributes"])[
        "attributes"
    ]


def test_request_is_a_span_with_its_route(app: FastAPI, capfire: CaptureLogfire):
    """The server span has template and status; what an endpoint logs is its child."""
    logfire.instrument_fastapi(app)

    TestClient(app).get("/v1/items/3")

    by_name = {span["name"]: span for span in spans(capfire)}
    request = by_name["GET /v1/items/{item}"]
    assert request["attributes"]["http.route"] == "/v1/items/{item}"
    assert request["attributes"]["http.status_code"] == 200
    log = by_name["reading {item}"]
    assert log["context"]["trace_id"] == request["context"]["trace_id"]


def test_exception_is_recorded(app: FastAPI, capfire: CaptureLogfire):
    """An error of an endpoint is noted in the request's span."""
    logfire.instrument_fastapi(app)

    assert TestClient(app, raise_server_exceptions=False).get("/broken").status_code == 500

    request = next(span for span in spans(capfire) if span["name"] == "GET /broken")
    assert request["events"][0]["attributes"]["exception.type"] == "ValueError"


def test_arguments_of_the_endpoint_are_shown(app: FastAPI, capfire: CaptureLogfire):
    """Validated values are attributes."""
    logfire.instrument_fastapi(app)

    TestClient(app).get("/v1/items/3?short=true")

    assert arguments(capfire)["fastapi.arguments.values"] == '{"item":3,"short":true}'


def test_errors_of_validation_are_shown(app: FastAPI, capfire: CaptureLogfire):
    """What was wrong with a request is an attribute."""
    logfire.instrument_fastapi(app)

    TestClient(app).get("/v1/items/x")

    assert '"loc":["path","item"]' in arguments(capfire)["fastapi.arguments.errors"]
