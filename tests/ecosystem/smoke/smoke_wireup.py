"""wireup: services that are injected into endpoints."""

from collections.abc import Iterator
from typing import Annotated

import pytest
import wireup
import wireup.integration.fastapi
from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.testclient import TestClient
from wireup import Inject, Injected, injectable

log: list[str] = []


@injectable
class Counter:
    """One for the application."""

    def __init__(self, start: Annotated[int, Inject(config="start")]) -> None:
        self.number = start

    def next(self) -> int:
        self.number += 1
        return self.number


class Session:
    """One for each request."""

    def __init__(self, path: str) -> None:
        self.path = path


@injectable(lifetime="scoped")
def session(request: Request, counter: Counter) -> Iterator[Session]:
    """Open a session that knows its request."""
    log.append("open")
    yield Session(request.url.path)
    log.append("close")


@injectable(lifetime="scoped")
class Repository:
    """A service on another service."""

    def __init__(self, session: Session) -> None:
        self.session = session


def suffix(suffix: str = "") -> str:
    """Depend on the query as ever."""
    return suffix


@pytest.fixture
def app() -> FastAPI:
    """Make an application with a container."""
    log.clear()
    app = FastAPI()
    router = APIRouter(prefix="/v1")

    @app.get("/next")
    def count(counter: Injected[Counter]):
        return counter.next()

    @router.get("/items/{item}")
    async def read(
        item: int,
        repository: Injected[Repository],
        session: Injected[Session],
        suffix: Annotated[str, Depends(suffix)],
    ):
        return [item, repository.session.path, repository.session is session, suffix]

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, counter: Injected[Counter]):
        await websocket.accept()
        await websocket.send_json(counter.next())
        await websocket.close()

    app.include_router(router)
    container = wireup.create_async_container(
        injectables=[Counter, session, Repository, wireup.integration.fastapi], config={"start": 10}
    )
    wireup.integration.fastapi.setup(container, app)
    return app


def test_singleton_lives_as_long_as_the_application(app: FastAPI):
    """One counter counts for all requests and for WebSockets."""
    with TestClient(app) as client:
        assert [client.get("/next").json() for _ in range(2)] == [11, 12]
        with client.websocket_connect("/socket") as socket:
            assert socket.receive_json() == 13


def test_scoped_service_lives_as_long_as_the_request(app: FastAPI):
    """Within a request it is one; it is closed afterwards; ordinary parameters stand beside it."""
    with TestClient(app) as client:
        assert client.get("/v1/items/3?suffix=x").json() == [3, "/v1/items/3", True, "x"]
        assert client.get("/v1/items/x").status_code == 422
    assert log == ["open", "close"] * (len(log) // 2)
    assert log


def test_services_are_not_in_the_document(app: FastAPI):
    """Only what a caller can send is described."""
    parameters = app.openapi()["paths"]["/v1/items/{item}"]["get"]["parameters"]

    assert [parameter["name"] for parameter in parameters] == ["item", "suffix"]


def test_service_is_overridden(app: FastAPI):
    """A test puts another service in its place."""

    class Fixed(Counter):
        def next(self) -> int:
            return 42

    container = wireup.integration.fastapi.get_app_container(app)
    with TestClient(app) as client, container.override.injectable(Counter, new=Fixed(0)):
        assert client.get("/next").json() == 42
