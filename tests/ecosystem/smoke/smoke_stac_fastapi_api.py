"""stac-fastapi-api: a catalogue of items."""

from typing import Any

import attr
import pytest
from fastapi import Depends, Header, HTTPException
from fastapi.testclient import TestClient
from stac_fastapi.api.app import StacApi
from stac_fastapi.types.config import ApiSettings
from stac_fastapi.types.core import BaseCoreClient
from stac_fastapi.types.errors import NotFoundError

COLLECTION = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "id": "photos",
    "description": "Photos",
    "license": "proprietary",
    "extent": {
        "spatial": {"bbox": [[-10, -10, 10, 10]]},
        "temporal": {"interval": [["2024-01-01T00:00:00Z", None]]},
    },
    "links": [],
}


def item(identifier: str) -> dict[str, Any]:
    """Make an item."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": identifier,
        "collection": "photos",
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "bbox": [1, 2, 1, 2],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
        "assets": {},
        "links": [],
    }


ITEMS = {name: item(name) for name in ("one", "two", "three")}


def collection_of(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the answer of a search."""
    return {"type": "FeatureCollection", "features": items, "links": []}


@attr.s
class Catalogue(BaseCoreClient):
    """A catalogue in memory."""

    def all_collections(self, **kwargs):
        return {"collections": [COLLECTION], "links": []}

    def get_collection(self, collection_id, **kwargs):
        if collection_id != "photos":
            raise NotFoundError(f"no collection {collection_id}")
        return COLLECTION

    def get_item(self, item_id, collection_id, **kwargs):
        return ITEMS[item_id]

    def item_collection(self, collection_id, bbox=None, datetime=None, limit=10, token=None, **kwargs):
        return collection_of(list(ITEMS.values())[:limit])

    def get_search(self, collections=None, ids=None, limit=10, **kwargs):
        return collection_of([ITEMS[name] for name in ids or ITEMS][:limit])

    def post_search(self, search_request, **kwargs):
        return collection_of([ITEMS[name] for name in search_request.ids or ITEMS])


@pytest.fixture
def client() -> TestClient:
    """Make the application, with a key on the search."""

    def key(x_key: str = Header("")) -> None:
        if x_key != "secret":
            raise HTTPException(403)

    api = StacApi(
        settings=ApiSettings(enable_response_models=False),
        client=Catalogue(),
        route_dependencies=[([{"path": "/search", "method": "POST"}], [Depends(key)])],
    )
    return TestClient(api.app)


def test_landing_page_links_to_everything(client: TestClient):
    """Relations, conformance and collections."""
    page = client.get("/").json()

    relations = {link["rel"] for link in page["links"]}
    assert {"self", "search", "conformance", "service-desc", "data"} <= relations
    assert client.get("/conformance").json()["conformsTo"]
    assert [each["id"] for each in client.get("/collections").json()["collections"]] == ["photos"]


def test_items_are_read(client: TestClient):
    """Items, their list with a limit, and errors of the catalogue."""
    one = client.get("/collections/photos/items/one")
    some = client.get("/collections/photos/items?limit=2")

    assert (one.json()["id"], one.headers["content-type"]) == ("one", "application/geo+json")
    assert [each["id"] for each in some.json()["features"]] == ["one", "two"]
    assert client.get("/collections/nothing").status_code == 404


def test_search_by_get_and_post(client: TestClient):
    """Parameters of a class and a body; a dependency that is added to one route."""
    found = client.get("/search?ids=one,three").json()
    body = {"ids": ["two"], "collections": ["photos"]}

    assert [each["id"] for each in found["features"]] == ["one", "three"]
    assert client.post("/search", json=body).status_code == 403
    posted = client.post("/search", json=body, headers={"x-key": "secret"}).json()
    assert [each["id"] for each in posted["features"]] == ["two"]
    assert client.get("/search?bbox=1,2,x,4").status_code == 400


def test_document_and_health(client: TestClient):
    """The document lies at /api."""
    document = client.get("/api").json()

    assert {"/search", "/collections/{collection_id}/items"} <= document["paths"].keys()
    assert client.get("/_mgmt/ping").json() == {"message": "PONG"}
