import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from straightway.describe.routes import documentation_routes


class Application(Starlette):
    """A plain application with what the documentation reads of one."""

    def __init__(self, **options):
        super().__init__()
        self.title = "T"
        self.openapi_url = "/openapi.json"
        self.docs_url = "/docs"
        self.redoc_url = "/redoc"
        self.swagger_ui_oauth2_redirect_url = "/docs/oauth2-redirect"
        self.swagger_ui_init_oauth = None
        self.swagger_ui_parameters = None
        self.root_path_in_servers = True
        self.document = {"openapi": "3.1.0"}
        vars(self).update(options)
        self.router.routes.extend(documentation_routes(self))

    def openapi(self):
        """Return the document."""
        return self.document


PAGES = ["openapi", "swagger_ui_html", "swagger_ui_redirect", "redoc_html"]


def names(**options):
    """Name the routes of an application, without those of the pages' files."""
    return [route.name for route in Application(**options).routes if not route.name.endswith("_assets")]


def get(path, *, root_path="", **options):
    """Ask a new application for a path."""
    return TestClient(Application(**options), root_path=root_path).get(path)


def test_routes():
    """The routes have FastAPI's names and order, answer GET and HEAD, and are not documented themselves."""
    routes = Application().routes

    assert [(route.path, route.name) for route in routes] == [
        ("/openapi.json", "openapi"),
        ("/docs", "swagger_ui_html"),
        ("/docs/oauth2-redirect", "swagger_ui_redirect"),
        ("/redoc", "redoc_html"),
        ("/docs/assets/swagger-ui-dist@5/{file}", "swagger_ui_assets"),
        ("/redoc/assets/redoc@2/{file}", "redoc_assets"),
    ]
    assert all(route.methods == {"GET", "HEAD"} for route in routes)
    assert not any(route.include_in_schema for route in routes)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"openapi_url": None}, PAGES),
        ({"openapi_url": ""}, PAGES),
        ({"docs_url": None}, ["swagger_ui_html", "swagger_ui_redirect"]),
        ({"redoc_url": None}, ["redoc_html"]),
        ({"swagger_ui_oauth2_redirect_url": None}, ["swagger_ui_redirect"]),
    ],
)
def test_disabled(options, missing):
    """A page without a path is not served; without a document there are no pages."""
    assert names(**options) == [name for name in PAGES if name not in missing]


def test_no_files_without_their_page():
    """The files of a page that is disabled are not served either."""
    application = Application(docs_url=None, redoc_url=None)

    assert [route.name for route in application.routes] == ["openapi"]


def test_document():
    """The document is asked for at each request, so that it may be replaced."""
    application = Application()
    client = TestClient(application)

    first = client.get("/openapi.json")
    application.openapi = lambda: {"openapi": "3.1.0", "x-second": True}
    second = client.get("/openapi.json")

    assert first.headers["content-type"] == "application/json"
    assert first.json() == {"openapi": "3.1.0"}
    assert second.json() == {"openapi": "3.1.0", "x-second": True}
    assert client.head("/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("root_path", "servers", "expected"),
    [
        ("", None, None),
        ("/", None, None),
        ("/r", None, [{"url": "/r"}]),
        ("/r/", [{"url": "/s"}], [{"url": "/r"}, {"url": "/s"}]),
        ("/r", [{"url": "/s"}, {"url": "/r"}], [{"url": "/s"}, {"url": "/r"}]),
    ],
)
def test_root_path_is_the_first_server(root_path, servers, expected):
    """Where a proxy serves the application is the first server, unless it is one already."""
    document = {"openapi": "3.1.0"} | ({"servers": servers} if servers else {})
    before = repr(document)

    assert get("/openapi.json", root_path=root_path, document=document).json().get("servers") == expected
    assert repr(document) == before


def test_root_path_not_in_servers():
    """The root path is left out where the application says so."""
    assert "servers" not in get("/openapi.json", root_path="/r", root_path_in_servers=False).json()


def test_swagger_ui():
    """The page shows the application's document with the application's settings."""
    page = get(
        "/docs", swagger_ui_init_oauth={"clientId": "c"}, swagger_ui_parameters={"syntaxHighlight": False}
    ).text

    assert "<title>T - Swagger UI</title>" in page
    assert "url: '/openapi.json'," in page
    assert '"syntaxHighlight": false,' in page
    assert "oauth2RedirectUrl: window.location.origin + '/docs/oauth2-redirect'," in page
    assert 'ui.initOAuth({"clientId": "c"})' in page


def test_no_redirect_page_no_address():
    """Without the redirect page, Swagger UI is not sent there."""
    assert "oauth2RedirectUrl" not in get("/docs", swagger_ui_oauth2_redirect_url=None).text


def test_oauth2_redirect():
    """The redirect page is served where the application says."""
    response = get("/back", swagger_ui_oauth2_redirect_url="/back")

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "window.opener.swaggerUIRedirectOauth2" in response.text


def test_redoc():
    """The page shows the application's document."""
    page = get("/redoc").text

    assert "<title>T - ReDoc</title>" in page
    assert '<redoc spec-url="/openapi.json"></redoc>' in page
    assert "redoc@2" in page


def test_pages_follow_the_root_path():
    """Behind a proxy that strips a prefix, all addresses of the pages have it."""
    swagger_ui = get("/docs", root_path="/r/").text
    redoc = get("/redoc", root_path="/r/").text

    assert "url: '/r/openapi.json'," in swagger_ui
    assert "window.location.origin + '/r/docs/oauth2-redirect'," in swagger_ui
    assert '<script src="/r/docs/assets/swagger-ui-dist@5/swagger-ui-bundle.js?v=' in swagger_ui
    assert '<link rel="stylesheet" href="/r/docs/assets/swagger-ui-dist@5/swagger-ui.css?v=' in swagger_ui
    assert 'spec-url="/r/openapi.json"' in redoc


def test_title_may_change():
    """What the pages show is read at each request."""
    application = Application()
    application.title = "Later"

    assert "<title>Later - ReDoc</title>" in TestClient(application).get("/redoc").text


def test_swagger_ui_loads_nothing_from_elsewhere():
    """The page names no other host, and what it loads is there."""
    client = TestClient(Application())
    page = client.get("/docs").text
    loaded = [part.split('"')[0] for part in page.split('="/')[1:]]

    assert "://" not in page
    assert len(loaded) == 2
    assert [client.get(f"/{path}").status_code for path in loaded] == [200, 200]


def test_redoc_asks_google_for_nothing():
    """The application's page goes without the fonts."""
    assert "google" not in get("/redoc").text
