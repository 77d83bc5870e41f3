import logging
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from straightway.describe import assets
from straightway.describe.assets import REDOC, SWAGGER_UI, address, asset, asset_route

SCRIPT = "redoc.standalone.js"


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Have all files looked for in an empty folder."""
    assets._digest.cache_clear()
    assets._say_missing.cache_clear()
    monkeypatch.setattr(assets, "_BUILT_IN", tmp_path)
    monkeypatch.setattr(assets, "_swagger_ui_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def client(folder):
    """Serve a folder with one script below /redoc."""
    (folder / SCRIPT).write_text("script", "utf-8")
    (folder / "secret.txt").write_text("secret", "utf-8")
    return TestClient(Starlette(routes=[asset_route(REDOC, below="/redoc", name="redoc_assets")]))


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css", "oauth2-redirect.html"])
def test_swagger_ui_is_installed(name):
    """The files come from the package that the extra `standard` brings; its code is not imported for that."""
    path = asset(name)

    assert path is not None
    assert path.parent.name == "static"
    assert path.parent.parent.name == "swagger_ui"


def test_swagger_ui_not_installed(monkeypatch):
    """Without the package there are no files, and that is no error."""

    def none_installed(name):
        raise assets.PackageNotFoundError(name)

    assets._swagger_ui_folder.cache_clear()
    monkeypatch.setattr(assets, "distribution", none_installed)

    assert asset("swagger-ui.css") is None
    assets._swagger_ui_folder.cache_clear()


@pytest.mark.parametrize("name", ["secret.txt", "../assets.py", "/etc/passwd", "", "swagger-ui.css.map"])
def test_unknown_files(folder, name):
    """Only files known by name are files at all."""
    (folder / "secret.txt").write_text("secret", "utf-8")

    assert asset(name) is None


def test_address_changes_with_the_content(folder):
    """A file has one address as long as it has one content."""
    addresses = set()
    for content in ("a", "b", "b"):
        (folder / SCRIPT).write_text(content, "utf-8")
        assets._digest.cache_clear()
        addresses.add(address(REDOC, SCRIPT, below="/redoc", otherwise="cdn"))

    assert len(addresses) == 2
    assert all(found.startswith("/redoc/assets/redoc@2/redoc.standalone.js?v=") for found in addresses)


@pytest.mark.parametrize(
    ("below", "path"), [("/", "/assets/"), ("/docs/", "/docs/assets/"), ("/r/d", "/r/d/assets/")]
)
def test_address_is_below_the_page(folder, below, path):
    """Where the page is decides where its files are."""
    (folder / "swagger-ui.css").write_text("css", "utf-8")

    assert address(SWAGGER_UI, "swagger-ui.css", below=below, otherwise="cdn").startswith(
        f"{path}swagger-ui-dist@5/swagger-ui.css?v="
    )


def test_missing_file_is_said_once(folder, caplog):
    """A missing file is loaded from elsewhere, and the log says from where and what to do, once."""
    caplog.set_level(logging.WARNING)

    found = {address(REDOC, SCRIPT, below="/redoc", otherwise="https://cdn/r.js") for _ in range(3)}

    assert found == {"https://cdn/r.js"}
    [record] = caplog.records
    assert (record.name, record.levelname) == ("straightway", "WARNING")
    assert record.getMessage().startswith(
        "redoc.standalone.js of redoc@2 is not installed, so the documentation page loads it from https://cdn/r.js; "
    )


def test_served(client):
    """A known file is served with its type, and may be asked for with HEAD."""
    response = client.get("/redoc/assets/redoc@2/redoc.standalone.js")

    assert response.status_code == 200
    assert response.text == "script"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert client.head("/redoc/assets/redoc@2/redoc.standalone.js").headers["content-length"] == "6"


def test_kept_for_ever_at_its_address(client):
    """At an address that names the content browsers never ask again; at any other they always do."""
    versioned = client.get(address(REDOC, SCRIPT, below="/redoc", otherwise="cdn"))
    plain = client.get("/redoc/assets/redoc@2/redoc.standalone.js?v=other")

    assert versioned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "no-cache"
    assert plain.headers["etag"] == versioned.headers["etag"]


@pytest.mark.parametrize(
    ("form", "status"), [("{}", 304), ("W/{}", 304), ('"other", {}', 304), ('"other"', 200), ("", 200)]
)
def test_not_sent_again(client, form, status):
    """Who has the file already is told so; the list of what one has is compared weakly."""
    path = "/redoc/assets/redoc@2/redoc.standalone.js"
    tag = client.get(path).headers["etag"]

    response = client.get(path, headers={"if-none-match": form.format(tag)})

    assert response.status_code == status
    assert response.headers["etag"] == tag
    assert response.text == ("" if status == 304 else "script")


@pytest.mark.parametrize(
    "file", ["secret.txt", "swagger-ui.css", "..%2fsecret.txt", "%2e%2e/secret.txt", "x/../secret.txt", ""]
)
def test_nothing_else_is_served(client, file):
    """Other files of the folder, files of other bundles and paths out of it are not found."""
    response = client.get(f"/redoc/assets/redoc@2/{file}")

    assert response.status_code == 404
    assert "secret" not in response.text


def test_missing_file_is_not_found(client, folder):
    """A file that is not installed is a 404 and not a failure."""
    Path(folder / SCRIPT).unlink()

    assert client.get("/redoc/assets/redoc@2/redoc.standalone.js").status_code == 404
