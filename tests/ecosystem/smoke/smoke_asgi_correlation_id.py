"""asgi-correlation-id: one id for everything that a request does."""

import logging
from uuid import UUID

import pytest
from asgi_correlation_id import CorrelationIdFilter, CorrelationIdMiddleware, correlation_id
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.testclient import TestClient

GIVEN = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
logger = logging.getLogger("smoke")


@pytest.fixture
def seen() -> list[str | None]:
    """Collect ids."""
    return []


@pytest.fixture
def client(seen: list[str | None]) -> TestClient:
    """Make an application that notes the id in every place where user code runs."""
    app = FastAPI()
    app.add_middleware(CorrelationIdMiddleware, header_name="X-Request-ID")

    def note() -> None:
        seen.append(correlation_id.get())

    def dependency():
        note()
        yield correlation_id.get()
        note()

    @app.get("/thread")
    def thread(tasks: BackgroundTasks, identifier: str = Depends(dependency)):
        logger.warning("in the thread")
        tasks.add_task(note)
        return identifier

    @app.get("/loop")
    async def loop(identifier: str = Depends(dependency)):
        logger.warning("in the loop")
        return identifier

    @app.get("/stream")
    async def stream():
        async def lines():
            yield correlation_id.get() or ""

        return StreamingResponse(lines())

    @app.get("/refused")
    async def refused(number: int):
        raise HTTPException(409, correlation_id.get())

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError):
        return JSONResponse({"id": correlation_id.get()}, 422)

    return TestClient(app)


@pytest.mark.parametrize("path", ["/thread", "/loop"])
def test_id_is_taken_over_everywhere(client: TestClient, seen: list[str | None], path: str):
    """Dependencies, before and after their yield, endpoints and background tasks have the caller's id."""
    answer = client.get(path, headers={"X-Request-ID": GIVEN})

    identifier = UUID(answer.json()).hex
    assert identifier == UUID(GIVEN).hex
    assert UUID(answer.headers["x-request-id"]) == UUID(GIVEN)
    assert len(seen) == (3 if path == "/thread" else 2)
    assert set(seen) == {answer.json()}


def test_id_is_made_where_none_or_a_bad_one_comes(client: TestClient):
    """What is no UUID is replaced, and every request gets its own."""
    answers = [client.get("/loop", headers=headers) for headers in ({}, {}, {"X-Request-ID": "evil\t"})]

    identifiers = [answer.json() for answer in answers]
    assert len({UUID(identifier) for identifier in identifiers}) == 3
    assert identifiers == [answer.headers["x-request-id"] for answer in answers]


def test_log_records_have_the_id(client: TestClient, caplog: pytest.LogCaptureFixture):
    """The filter reads the id in threads as in the event loop."""
    caplog.handler.addFilter(CorrelationIdFilter(uuid_length=8))

    for path in ("/thread", "/loop"):
        client.get(path, headers={"X-Request-ID": GIVEN})

    records = [record for record in caplog.records if record.name == "smoke"]
    assert [(record.message, record.correlation_id) for record in records] == [
        ("in the thread", GIVEN[:8]),
        ("in the loop", GIVEN[:8]),
    ]


def test_errors_and_streams_have_the_id(client: TestClient):
    """Exception handlers and the body of a stream run within the request."""
    headers = {"X-Request-ID": GIVEN}

    refused = client.get("/refused?number=1", headers=headers)
    invalid = client.get("/refused?number=x", headers=headers)
    streamed = client.get("/stream", headers=headers)

    assert (refused.status_code, UUID(refused.json()["detail"])) == (409, UUID(GIVEN))
    assert (invalid.status_code, UUID(invalid.json()["id"])) == (422, UUID(GIVEN))
    assert UUID(streamed.text) == UUID(GIVEN)
    assert UUID(refused.headers["x-request-id"]) == UUID(GIVEN)
