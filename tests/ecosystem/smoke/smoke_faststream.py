"""FastStream, with faststream-fastapi: subscribers of a broker that use dependencies."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from faststream.redis import RedisBroker, TestRedisBroker
from faststream_fastapi import FastStreamAPI
from pydantic import BaseModel

log: list[Any] = []


class Order(BaseModel):
    """A message."""

    number: int


async def session() -> AsyncIterator[str]:
    """Open and close something."""
    log.append("open")
    yield "session"
    log.append("close")


def doubled(order: Order) -> int:
    """Read the message in a dependency."""
    return order.number * 2


@pytest.fixture
def broker() -> RedisBroker:
    """Make a broker that is replaced by one in memory."""
    log.clear()
    return RedisBroker()


@pytest.fixture
def app(broker: RedisBroker) -> FastAPI:
    """Make an application that publishes, and subscribers."""
    app = FastAPI()

    @broker.subscriber("orders")
    @broker.publisher("done")
    async def order(
        order: Order, session: Annotated[str, Depends(session)], twice: Annotated[int, Depends(doubled)]
    ) -> Order:
        log.append((session, order.number, twice))
        return Order(number=twice)

    @broker.subscriber("done")
    async def done(order: Order) -> None:
        log.append(("done", order.number))

    @app.post("/orders")
    async def create(order: Order) -> str:
        await broker.publish(order, "orders")
        return "sent"

    return app


def test_endpoint_publishes_to_subscriber(broker: RedisBroker, app: FastAPI):
    """A request leads to a message, whose subscriber gets dependencies and publishes in turn."""
    FastStreamAPI(broker, application=app)

    async def drive() -> None:
        async with TestRedisBroker(broker):
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
                answer = await client.post("/orders", json={"number": 3})
            assert answer.json() == "sent"

    asyncio.run(drive())

    assert ("session", 3, 6) in log
    assert ("done", 6) in log
    assert log[0] == "open"
    assert "close" in log


def test_override_reaches_the_subscriber(broker: RedisBroker, app: FastAPI):
    """The application's overrides hold for messages too."""
    FastStreamAPI(broker, application=app)
    app.dependency_overrides[session] = lambda: "override"

    async def drive() -> None:
        async with TestRedisBroker(broker):
            await broker.publish(Order(number=1), "orders")

    asyncio.run(drive())

    assert log[0] == ("override", 1, 2)


def test_bad_message_is_refused(broker: RedisBroker, app: FastAPI):
    """A message that does not fit the model does not reach the subscriber."""
    FastStreamAPI(broker, application=app)

    async def drive() -> None:
        async with TestRedisBroker(broker):
            await broker.publish({"number": "x"}, "orders")

    with pytest.raises(RequestValidationError):
        asyncio.run(drive())
    assert not [entry for entry in log if isinstance(entry, tuple)]


def test_application_is_served(broker: RedisBroker, app: FastAPI):
    """The wrapped application starts its lifespan, connects and answers."""
    connected: list[object] = []

    async def connect(broker: RedisBroker) -> None:
        connected.append(broker)

    wrapped = FastStreamAPI(broker, application=app, asyncapi_path="/asyncapi", connection_hook=connect)

    with TestClient(wrapped) as client:
        assert client.post("/orders", json={"number": "x"}).status_code == 422
        page = client.get("/asyncapi")
        assert (page.status_code, "orders" in page.text) == (200, True)
    assert connected == [broker]
