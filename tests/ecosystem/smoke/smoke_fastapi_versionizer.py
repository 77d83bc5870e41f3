"""fastapi-versionizer: versions of an interface as prefixes of paths."""

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header
from fastapi.testclient import TestClient
from fastapi_versionizer import Versionizer, api_version
from pydantic import BaseModel

pytestmark = pytest.mark.flat_routes


class Item(BaseModel):
    """An answer."""

    name: str


@pytest.fixture
def client() -> TestClient:
    """Make an application whose routes change from version to version."""
    app = FastAPI(title="Shop", description="What there is.")
    router = APIRouter(prefix="/items", tags=["items"])

    def user(x_user: str = Header("nobody")) -> str:
        return x_user

    @api_version(1)
    @router.get("")
    def first() -> list[str]:
        return ["cup"]

    @api_version(2)
    @router.get("", response_model=list[Item])
    async def second(user: str = Depends(user)):
        return [{"name": f"cup of {user}", "secret": 1}]

    @api_version(1, deprecate_in_major=2, remove_in_major=3)
    @app.get("/old")
    async def old():
        return "old"

    @api_version(3)
    @router.get("/{item}")
    async def third(item: int):
        return item

    app.include_router(router)
    Versionizer(
        app=app,
        prefix_format="/v{major}",
        semantic_version_format="{major}",
        latest_prefix="/latest",
        include_versions_route=True,
        sort_routes=True,
    ).versionize()
    return TestClient(app)


def test_each_version_has_its_routes(client: TestClient):
    """A route is taken over into later versions until it is replaced."""
    assert client.get("/v1/items").json() == ["cup"]
    for version in ("v2", "v3", "latest"):
        assert client.get(f"/{version}/items", headers={"x-user": "ann"}).json() == [{"name": "cup of ann"}]
    assert client.get("/v2/items/3").status_code == 404
    assert client.get("/v3/items/3").json() == 3
    assert client.get("/v3/items/x").status_code == 422
    assert client.get("/items").status_code == 404


def test_route_is_deprecated_and_removed(client: TestClient):
    """The document of a version says so; the version after lacks the route."""
    assert client.get("/v1/old").json() == client.get("/v2/old").json() == "old"
    assert client.get("/v3/old").status_code == 404
    assert "deprecated" not in client.get("/v1/openapi.json").json()["paths"]["/v1/old"]["get"]
    assert client.get("/v2/openapi.json").json()["paths"]["/v2/old"]["get"]["deprecated"] is True


def test_versions_are_documented(client: TestClient):
    """Each version has a document and a page; one route lists them."""
    assert [version["version"] for version in client.get("/versions").json()["versions"]] == ["1", "2", "3"]
    assert set(client.get("/v3/openapi.json").json()["paths"]) == {"/v3/items", "/v3/items/{item}"}
    assert client.get("/v2/docs").status_code == 200
    whole = client.get("/openapi.json").json()
    assert {"/v1/items", "/v2/items", "/latest/items/{item}"} <= set(whole["paths"])
    assert whole["info"]["title"] == "Shop"
