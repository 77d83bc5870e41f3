"""that-depends: providers as dependencies of endpoints."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import APIRouter
from fastapi.testclient import TestClient
from that_depends import BaseContainer, ContextScopes, fetch_context_item, providers
from that_depends.integrations.fastapi import create_fastapi_route_class
from that_depends.providers import DIContextMiddleware

log: list[str] = []


async def session() -> AsyncIterator[str]:
    """Open and close something for a request."""
    log.append("open")
    yield "session"
    log.append("close")


def setting() -> Iterator[str]:
    """Open something once."""
    log.append("setting")
    yield "setting"


class Service:
    """What a factory makes."""

    def __init__(self, session: str, setting: str) -> None:
        self.words = f"{setting} {session}"


class Container(BaseContainer):
    """All providers."""

    default_scope = ContextScopes.REQUEST
    setting = providers.Resource(setting)
    session = providers.ContextResource(session)
    service = providers.Factory(Service, session=session.cast, setting=setting.cast)


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Make an application under the middleware of the package, and a router with its class of routes."""
    log.clear()
    app = FastAPI()
    app.add_middleware(DIContextMiddleware, Container.session, scope=ContextScopes.REQUEST)
    router = APIRouter(route_class=create_fastapi_route_class(Container, global_context={"who": "ann"}))

    @app.get("/service/{item}")
    async def service(item: int, service: Annotated[Service, Depends(Container.service)]):
        log.append("endpoint")
        return [item, service.words]

    @router.get("/route")
    async def route(service: Service = Container.service, suffix: str = ""):
        return [fetch_context_item("who"), service.words + suffix]

    app.include_router(router, prefix="/v1")
    yield TestClient(app)
    Container.reset_override_sync()


def test_provider_is_a_dependency(client: TestClient):
    """What it is made of is opened for the request and closed after it; a resource stays."""
    assert client.get("/service/3").json() == [3, "setting session"]
    assert [entry for entry in log if entry != "setting"] == ["open", "endpoint", "close"]
    assert client.get("/service/x").status_code == 422


def test_route_class_takes_providers_as_defaults(client: TestClient):
    """A provider as a default is a dependency, within a context that the route opens."""
    assert client.get("/v1/route?suffix=!").json() == ["ann", "setting session!"]
    assert log[-2:] == ["open", "close"]


def test_provider_is_overridden(client: TestClient):
    """A test puts another value in its place."""
    with Container.session.override_context_sync("other"):
        assert client.get("/service/3").json() == [3, "setting other"]
    assert client.get("/service/3").json() == [3, "setting session"]


def test_providers_are_not_in_the_document(client: TestClient):
    """Only what a caller can send is described."""
    document = client.get("/openapi.json").json()

    assert [each["name"] for each in document["paths"]["/v1/route"]["get"]["parameters"]] == ["suffix"]
