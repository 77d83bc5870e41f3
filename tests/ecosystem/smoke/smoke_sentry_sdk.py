"""sentry-sdk: errors and transactions, captured by a transport in memory."""

from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.fastapi import FastApiIntegration
from sentry_sdk.integrations.starlette import StarletteIntegration
from sentry_sdk.transport import Transport


class Memory(Transport):
    """Keep what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep events and transactions."""
        self.events += [item.payload.json for item in envelope.items if item.type in {"event", "transaction"}]


class Order(BaseModel):
    """A body."""

    number: int


@pytest.fixture(params=["endpoint", "url"])
def style(request: pytest.FixtureRequest) -> str:
    """Name transactions either way."""
    return request.param


@pytest.fixture
def memory(style: str) -> Iterator[Memory]:
    """Start the client with its integrations for the framework."""
    memory = Memory()
    sentry_sdk.init(
        dsn="https://key@example.org/1",
        transport=memory,
        traces_sample_rate=1.0,
        send_default_pii=True,
        integrations=[
            StarletteIntegration(transaction_style=style),
            FastApiIntegration(transaction_style=style),
        ],
    )
    yield memory
    sentry_sdk.init()


@pytest.fixture
def client(memory: Memory) -> TestClient:
    """Make an application after the client was started, as applications do."""
    app = FastAPI()
    router = APIRouter(prefix="/shop")

    def tagged(tag: str = "none") -> str:
        sentry_sdk.set_tag("dependency", tag)
        return tag

    @app.get("/broken/{item}")
    async def broken(item: int, tag: str = Depends(tagged)):
        raise ValueError(f"broken {item}")

    @app.get("/thread/{item}")
    def thread(item: int, tag: str = Depends(tagged)):
        raise LookupError(f"broken {item}")

    @router.post("/orders/{shop}")
    async def order(shop: str, order: Order):
        sentry_sdk.capture_message(f"order {order.number}")
        return order

    @app.get("/refused")
    async def refused(status: int):
        raise HTTPException(status)

    app.include_router(router)
    return TestClient(app, raise_server_exceptions=False)


def errors(memory: Memory) -> list[dict[str, Any]]:
    """Give the captured events that are no transactions."""
    return [event for event in memory.events if event.get("type") != "transaction"]


def transactions(memory: Memory) -> list[dict[str, Any]]:
    """Give the captured transactions."""
    return [event for event in memory.events if event.get("type") == "transaction"]


@pytest.mark.parametrize(("name", "kind"), [("broken", "ValueError"), ("thread", "LookupError")])
def test_error_is_captured_with_its_endpoint(client, memory, style: str, name: str, kind: str):
    """The exception, the endpoint's name or template, the request and tags of dependencies are in one event."""
    assert client.get(f"/{name}/3?tag=blue").status_code == 500

    (event,) = errors(memory)
    assert event["exception"]["values"][-1]["type"] == kind
    assert event["exception"]["values"][-1]["value"] == "broken 3"
    function = f"smoke_sentry_sdk.client.<locals>.{name}"
    expected = f"/{name}/{{item}}" if style == "url" else function
    assert event["transaction"].endswith(expected)
    assert event["request"]["url"].endswith(f"/{name}/3")
    assert event["request"]["query_string"] == "tag=blue"
    if name == "broken":
        assert event["tags"]["dependency"] == "blue"


def test_transaction_has_the_template(client, memory, style: str):
    """Performance is grouped by endpoint or template, of included routers too."""
    assert client.post("/shop/orders/a", json={"number": 3}).status_code == 200

    (transaction,) = transactions(memory)
    expected = "/shop/orders/{shop}" if style == "url" else "client.<locals>.order"
    assert transaction["transaction"].endswith(expected)
    assert transaction["transaction_info"]["source"] == ("route" if style == "url" else "component")
    assert transaction["contexts"]["trace"]["op"] == "http.server"
    assert transaction["contexts"]["trace"]["status"] == "ok"


def test_body_is_part_of_an_event(client, memory):
    """What is captured within an endpoint has the body that the endpoint read."""
    client.post("/shop/orders/a", json={"number": 3})

    (event,) = errors(memory)
    assert event["message"] == "order 3"
    assert event["request"]["data"] == {"number": 3}


def test_refusals_are_no_errors(client, memory):
    """Only statuses of the server's own failures are reported."""
    client.get("/refused?status=404")
    assert errors(memory) == []

    client.get("/refused?status=503")
    (event,) = errors(memory)
    assert event["exception"]["values"][-1]["type"] == "HTTPException"


def test_trace_is_continued(client, memory):
    """The caller's trace is the transaction's."""
    trace = "12312012123120121231201212312012"

    client.get("/broken/1", headers={"sentry-trace": f"{trace}-0415201309082013-1"})

    assert {event["contexts"]["trace"]["trace_id"] for event in memory.events} == {trace}
    assert len(memory.events) == 2
