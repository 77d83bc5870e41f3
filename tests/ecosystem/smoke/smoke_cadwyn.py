"""cadwyn: dated versions of an interface."""

from datetime import date

import pytest
from cadwyn import (
    Cadwyn,
    HeadVersion,
    ResponseInfo,
    Version,
    VersionBundle,
    VersionChange,
    VersionedAPIRouter,
    convert_request_to_next_version_for,
    convert_response_to_previous_version_for,
    endpoint,
    schema,
)
from cadwyn.structure.data import RequestInfo
from fastapi import Depends, Header
from fastapi.testclient import TestClient
from pydantic import BaseModel


class UserIn(BaseModel):
    """A body as it is today."""

    addresses: list[str]


class User(BaseModel):
    """An answer as it is today."""

    id: int
    addresses: list[str]
    owner: str


class SeveralAddresses(VersionChange):
    """One address has become a list of them."""

    description = "A user has several addresses"
    instructions_to_migrate_to_previous_version = (
        schema(UserIn).field("addresses").didnt_exist,
        schema(UserIn).field("address").existed_as(type=str),
        schema(User).field("addresses").didnt_exist,
        schema(User).field("address").existed_as(type=str),
        endpoint("/users/{user}/addresses", ["GET"]).didnt_exist,
    )

    @convert_request_to_next_version_for(UserIn)
    def widen(request: RequestInfo) -> None:
        request.body["addresses"] = [request.body.pop("address")]

    @convert_response_to_previous_version_for(User)
    def narrow(response: ResponseInfo) -> None:
        response.body["address"] = response.body.pop("addresses")[0]


VERSIONS = VersionBundle(
    HeadVersion(), Version(date(2024, 1, 1), SeveralAddresses), Version(date(2023, 1, 1))
)


@pytest.fixture
def client() -> TestClient:
    """Make an application of two versions."""
    router = VersionedAPIRouter()
    users: list[User] = []

    def owner(x_user: str = Header("nobody")) -> str:
        return x_user

    @router.post("/users", response_model=User)
    async def create(user: UserIn, owner: str = Depends(owner)):
        users.append(User(id=len(users), owner=owner, addresses=user.addresses))
        return users[-1]

    @router.get("/users/{user}/addresses")
    async def addresses(user: int) -> list[str]:
        return users[user].addresses

    app = Cadwyn(versions=VERSIONS)
    app.generate_and_include_versioned_routers(router)
    return TestClient(app)


OLD = {"x-api-version": "2023-01-01", "x-user": "ann"}
NEW = {"x-api-version": "2024-01-01", "x-user": "ann"}


def test_each_version_has_its_models(client: TestClient):
    """Old bodies and answers are changed into new ones and back."""
    old = client.post("/users", json={"address": "here"}, headers=OLD)
    new = client.post("/users", json={"addresses": ["a", "b"]}, headers=NEW)

    assert old.json() == {"id": 0, "owner": "ann", "address": "here"}
    assert new.json() == {"id": 1, "owner": "ann", "addresses": ["a", "b"]}
    assert client.get("/users/0/addresses", headers=NEW).json() == ["here"]


def test_each_version_has_its_routes(client: TestClient):
    """A route is not there before it existed."""
    assert client.get("/users/0/addresses", headers=OLD).status_code == 404


def test_each_version_validates(client: TestClient):
    """The model of the version says what is wrong."""
    old = client.post("/users", json={"addresses": []}, headers=OLD)
    new = client.post("/users", json={"address": "x"}, headers=NEW)

    assert old.json()["detail"][0]["loc"] == ["body", "address"]
    assert new.json()["detail"][0]["loc"] == ["body", "addresses"]


def test_each_version_is_documented(client: TestClient):
    """The document of a version has its paths and models."""
    old = client.get("/openapi.json?version=2023-01-01").json()
    new = client.get("/openapi.json?version=2024-01-01").json()

    assert "/users/{user}/addresses" not in old["paths"]
    assert "/users/{user}/addresses" in new["paths"]
    assert "address" in old["components"]["schemas"]["UserIn"]["properties"]
