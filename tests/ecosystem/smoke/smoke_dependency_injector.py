"""dependency-injector: providers that are wired into endpoints."""

import sys
from collections.abc import Iterator

import pytest
from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject
from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.testclient import TestClient

log: list[str] = []


class Service:
    """What a factory makes."""

    made = 0

    def __init__(self, name: str) -> None:
        Service.made += 1
        self.name = name


def resource() -> Iterator[str]:
    """Open and close something for a request."""
    log.append("open")
    yield "resource"
    log.append("close")


class Container(containers.DeclarativeContainer):
    """All providers."""

    config = providers.Configuration()
    service = providers.Factory(Service, name=config.name)
    shared = providers.Singleton(Service, name="shared")
    resource = providers.Resource(resource)


router = APIRouter(prefix="/v1")


@router.get("/thread")
@inject
def thread(
    suffix: str = Query(""),
    service: Service = Depends(Provide[Container.service]),
    shared: Service = Depends(Provide[Container.shared]),
):
    """Use services in a thread."""
    return [service.name + suffix, shared.name]


@router.get("/loop/{item}")
@inject
async def loop(
    item: int,
    resource: str = Depends(Closing[Provide[Container.resource]]),
    name: str = Depends(Provide[Container.config.name]),
):
    """Use a resource that is closed, and the configuration."""
    log.append("endpoint")
    return [item, resource, name]


@pytest.fixture
def container() -> Iterator[Container]:
    """Wire this module."""
    log.clear()
    container = Container()
    container.config.name.from_value("ann")
    container.wire(modules=[sys.modules[__name__]])
    yield container
    container.unwire()


@pytest.fixture
def client(container: Container) -> TestClient:
    """Make the application."""
    app = FastAPI()
    app.include_router(router)
    return TestClient(app)


def test_services_are_made_for_a_request(client: TestClient):
    """A factory makes one for each request, a singleton one for all."""
    Service.made = 0

    assert [client.get("/v1/thread?suffix=!").json() for _ in range(2)] == [["ann!", "shared"]] * 2
    assert Service.made == 3


def test_resource_is_closed_after_the_endpoint(client: TestClient):
    """A closing resource is opened for the request."""
    assert client.get("/v1/loop/3").json() == [3, "resource", "ann"]
    assert log == ["open", "endpoint", "close"]
    assert client.get("/v1/loop/x").status_code == 422


def test_provider_is_overridden(client: TestClient, container: Container):
    """A test puts another provider in its place."""
    with container.service.override(providers.Object(Service("other"))):
        assert client.get("/v1/thread").json() == ["other", "shared"]
    assert client.get("/v1/thread").json() == ["ann", "shared"]


def test_services_are_not_in_the_document(client: TestClient):
    """Only what a caller can send is described."""
    document = client.get("/openapi.json").json()

    names = {
        path: [parameter["name"] for parameter in item["get"].get("parameters", [])]
        for path, item in document["paths"].items()
    }
    assert names == {"/v1/thread": ["suffix"], "/v1/loop/{item}": ["item"]}
