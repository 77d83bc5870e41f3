"""langserve: a runnable as endpoints."""

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.testclient import TestClient
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langserve import add_routes


def double(number: int, config: RunnableConfig) -> int:
    """Double a number, or multiply it by what the configuration says."""
    return number * config["configurable"].get("factor", 2)


@pytest.fixture
def client() -> TestClient:
    """Make an application with the routes of a runnable, on a router and on itself."""
    app = FastAPI()
    router = APIRouter(prefix="/v1")

    def configure(config: RunnableConfig, request: Request) -> RunnableConfig:
        if factor := request.headers.get("x-factor"):
            config["configurable"] = {"factor": int(factor)}
        return config

    runnable = RunnableLambda(double).with_types(input_type=int, output_type=int)
    add_routes(router, runnable, path="/double", per_req_config_modifier=configure)
    add_routes(app, RunnableLambda(lambda text: text.upper()).with_types(input_type=str), path="/shout")
    app.include_router(router)
    return TestClient(app)


def test_invoke(client: TestClient):
    """One input is answered; the request may configure the call."""
    assert client.post("/shout/invoke", json={"input": "cup"}).json()["output"] == "CUP"
    assert client.post("/v1/double/invoke", json={"input": 3}).json()["output"] == 6
    answer = client.post("/v1/double/invoke", json={"input": 3}, headers={"x-factor": "5"})
    assert answer.json()["output"] == 15


def test_batch(client: TestClient):
    """Several inputs are answered together."""
    assert client.post("/v1/double/batch", json={"inputs": [1, 2]}).json()["output"] == [2, 4]


def test_stream(client: TestClient):
    """The output comes as server-sent events."""
    answer = client.post("/shout/stream", json={"input": "cup"})

    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    assert '"CUP"' in lines
    assert "event: end" in answer.text


def test_input_is_validated(client: TestClient):
    """The runnable's type is the type of the body."""
    answer = client.post("/v1/double/invoke", json={"input": "x"})

    assert answer.status_code == 422
    assert "int_parsing" in answer.text


def test_schemas_and_document(client: TestClient):
    """Types are shown, endpoints documented."""
    assert client.get("/v1/double/input_schema").json()["type"] == "integer"
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/shout/invoke", "/v1/double/batch"} <= paths.keys()
