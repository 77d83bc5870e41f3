"""titiler-core: tiles of raster files."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.testclient import TestClient
from rasterio.errors import RasterioIOError
from rasterio.transform import from_bounds
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers
from titiler.core.factory import TilerFactory


@pytest.fixture
def raster(tmp_path: Path) -> str:
    """Write a raster of one band that grows from west to east."""
    file = tmp_path / "ramp.tif"
    values = np.tile(np.arange(256, dtype="uint8"), (256, 1))
    with rasterio.open(
        file,
        "w",
        driver="GTiff",
        width=256,
        height=256,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        transform=from_bounds(-10, -10, 10, 10, 256, 256),
    ) as opened:
        opened.write(values, 1)
    return str(file)


@pytest.fixture
def client() -> TestClient:
    """Make an application with all routes of a factory and a key on one of them."""

    def key(x_key: str = Header("")) -> None:
        if x_key != "secret":
            raise HTTPException(403)

    tiler = TilerFactory(
        router_prefix="/cog",
        route_dependencies=[([{"path": "/preview", "method": "GET"}], [Depends(key)])],
    )
    app = FastAPI()
    app.include_router(tiler.router, prefix="/cog")
    add_exception_handlers(app, DEFAULT_STATUS_CODES)
    return TestClient(app)


def test_information_and_point(client: TestClient, raster: str):
    """Bounds and values are read from the file."""
    info = client.get("/cog/info", params={"url": raster}).json()
    point = client.get("/cog/point/0.04,0", params={"url": raster}).json()

    assert (info["width"], info["height"], info["dtype"]) == (256, 256, "uint8")
    assert info["bounds"] == [-10, -10, 10, 10]
    assert point["values"] == [128]


def test_tile_is_an_image(client: TestClient, raster: str):
    """A tile comes in the format that is asked for, coloured."""
    tile = client.get(
        "/cog/tiles/WebMercatorQuad/4/8/8.png", params={"url": raster, "colormap_name": "viridis"}
    )

    assert tile.status_code == 200, tile.text
    assert (tile.headers["content-type"], tile.content[:4]) == ("image/png", b"\x89PNG")


def test_parameters_are_validated(client: TestClient, raster: str):
    """Dependencies of the factory refuse what they do not know."""
    wrong = client.get("/cog/tiles/WebMercatorQuad/4/8/8.png", params={"url": raster, "colormap_name": "x"})
    missing = client.get("/cog/info", params={"url": f"{raster}.none"})

    assert wrong.status_code == 422
    assert wrong.json()["detail"][0]["loc"] == ["query", "colormap_name"]
    assert missing.status_code == DEFAULT_STATUS_CODES[RasterioIOError]
    assert client.get("/cog/info").status_code == 422


def test_dependency_is_added_to_a_route(client: TestClient, raster: str):
    """Dependencies that the factory adds after the route was made count."""
    assert client.get("/cog/preview", params={"url": raster}).status_code == 403
    shown = client.get("/cog/preview", params={"url": raster}, headers={"x-key": "secret"})
    assert shown.headers["content-type"].startswith("image/")


def test_tile_document_links_back(client: TestClient, raster: str):
    """Addresses of other routes are made with their names."""
    answer = client.get("/cog/WebMercatorQuad/tilejson.json", params={"url": raster}).json()

    assert answer["tiles"][0].startswith("http://testserver/cog/tiles/WebMercatorQuad/{z}/{x}/{y}")
    assert "/cog/info" in client.get("/openapi.json").json()["paths"]
