"""Log records of what went wrong."""

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import LogRecordProcessor

from straightway import BackgroundTasks, Depends, HTTPException, Request, Straightway
from straightway.errors import RequestValidationError
from straightway.responses import JSONResponse, StreamingResponse
from straightway.telemetry import get_telemetry_data
from straightway.testclient import TestClient


def test_unhandled_exception(telemetry, app, client):
    """One record, in the trace of the request, with the traceback that leads to the endpoint."""
    error = ValueError("what happened")

    @app.get("/items/{item_id}")
    def endpoint(item_id: int):
        raise error

    client.get("/items/3")

    (record,), (server,) = telemetry.logs, telemetry.servers
    assert record.event_name == "http.server.request.exception"
    assert record.body == "Unhandled exception in Straightway request"
    assert (record.severity_number, record.severity_text) == (SeverityNumber.ERROR, "ERROR")
    assert (record.trace_id, record.span_id) == (server.context.trace_id, server.context.span_id)
    assert record.timestamp <= record.observed_timestamp
    assert record.exception is error
    attributes = dict(record.attributes)
    assert "in endpoint" in attributes.pop("exception.stacktrace")
    assert attributes == {
        "http.route": "/items/{item_id}",
        "exception.type": "ValueError",
        "exception.message": "what happened",
    }


@pytest.mark.parametrize("layers", [0, 1])
def test_exception_is_logged_once(telemetry, app, client, layers):
    """However many layers it passes."""
    for _ in range(layers):

        @app.middleware("http")
        async def passing(request, call_next):
            return await call_next(request)

    app.get("/")(lambda: 1 / 0)

    client.get("/")

    assert len(telemetry.logs) == 1


def test_answered_exceptions_are_not_logged(telemetry, app, client):
    """They are how an application answers."""
    app.add_exception_handler(KeyError, lambda *_: JSONResponse("none", status_code=404))

    @app.get("/{kind}")
    def endpoint(kind: str):
        raise {"key": KeyError(), "http": HTTPException(503), "own": RequestValidationError([])}[kind]

    for kind in ("key", "http", "own"):
        client.get(f"/{kind}")

    assert telemetry.logs == []


def test_failing_handler_is_logged(telemetry, app, client):
    """With its own exception, which is what nobody has handled."""
    app.add_exception_handler(KeyError, lambda *_: 1 / 0)

    @app.get("/")
    def endpoint():
        raise KeyError

    client.get("/")

    assert [type(record.exception) for record in telemetry.logs] == [ZeroDivisionError]


@pytest.mark.parametrize("stage", ["stream", "clean-up", "background"])
def test_exception_after_the_response_has_begun(telemetry, app, client, stage):
    """It is logged though no response can say so."""

    def fail(here):
        if here == stage:
            raise ValueError(here)

    async def dependency():
        yield
        fail("clean-up")

    @app.get("/", dependencies=[Depends(dependency)])
    async def endpoint(tasks: BackgroundTasks):
        async def chunks():
            yield "a"
            fail("stream")

        tasks.add_task(fail, "background")
        return StreamingResponse(chunks())

    assert client.get("/").status_code == 200

    assert [record.attributes["exception.message"] for record in telemetry.logs] == [stage]


class Observer(LogRecordProcessor):
    """Keeps what it sees of the request."""

    def __init__(self):
        self.seen = []

    def on_emit(self, log_record):
        """Look at the data of the request."""
        data = get_telemetry_data(log_record.log_record.context)
        self.seen.append((data.body, [error["type"] for error in data.errors], data.values))

    def shutdown(self):
        """Have nothing to do."""

    def force_flush(self, timeout_millis=30000):
        """Have nothing to send."""
        return True


@pytest.mark.parametrize(
    ("content", "body", "kinds"),
    [
        (b'{"a": "x", "b": "y"}', {"a": "x", "b": "y"}, ["int_parsing", "int_parsing"]),
        (b"{", "{", ["json_invalid"]),
    ],
    ids=["values", "syntax"],
)
@pytest.mark.parametrize("tracing", [True, False])
def test_failed_validation(telemetry, content, body, kinds, tracing):
    """A warning with the number of errors; what they are about stays in the process, for processors that want it."""
    observer = Observer()
    telemetry.logger_provider.add_log_record_processor(observer)
    app = Straightway(telemetry={**telemetry.config, "tracing": tracing})

    @app.post("/items")
    def endpoint(item: dict[str, int], request: Request): ...

    headers = {"content-type": "application/json"}
    assert TestClient(app).post("/items", content=content, headers=headers).status_code == 422

    (record,) = telemetry.logs
    assert (record.event_name, record.body) == ("fastapi.validation.failed", "Request validation failed")
    assert record.severity_number == SeverityNumber.WARN
    assert record.exception is None
    assert record.attributes == {"http.route": "/items", "fastapi.validation.error_count": len(kinds)}
    assert observer.seen == [(body, kinds, None)]
    assert get_telemetry_data(record.context) is None
