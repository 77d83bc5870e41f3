import inspect
import json

import pytest
from pydantic import BaseModel

from straightway.describe import pages
from straightway.openapi import docs
from straightway.openapi.docs import (
    get_redoc_html,
    get_swagger_ui_html,
    get_swagger_ui_oauth2_redirect_html,
    swagger_ui_default_parameters,
)

CDN = "https://cdn.jsdelivr.net/npm/"
HOSTILE = "</script><script>alert('1')</script>\"&"


def text(response):
    """Return a page's HTML."""
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.body.decode("utf-8")


def test_public_names():
    """`straightway.openapi.docs` offers what FastAPI's module of that name does."""
    assert docs.__all__ == [
        "get_redoc_html",
        "get_swagger_ui_html",
        "get_swagger_ui_oauth2_redirect_html",
        "swagger_ui_default_parameters",
    ]


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (
            get_swagger_ui_html,
            {
                "openapi_url": inspect.Parameter.empty,
                "title": inspect.Parameter.empty,
                "swagger_js_url": CDN + "swagger-ui-dist@5/swagger-ui-bundle.js",
                "swagger_css_url": CDN + "swagger-ui-dist@5/swagger-ui.css",
                "swagger_favicon_url": pages.FAVICON,
                "oauth2_redirect_url": None,
                "init_oauth": None,
                "swagger_ui_parameters": None,
            },
        ),
        (
            get_redoc_html,
            {
                "openapi_url": inspect.Parameter.empty,
                "title": inspect.Parameter.empty,
                "redoc_js_url": CDN + "redoc@2/bundles/redoc.standalone.js",
                "redoc_favicon_url": pages.FAVICON,
                "with_google_fonts": True,
            },
        ),
        (get_swagger_ui_oauth2_redirect_html, {}),
    ],
)
def test_signatures(function, parameters):
    """Names and defaults are FastAPI's but for the icon; everything is given by name."""
    found = inspect.signature(function).parameters

    assert {name: parameter.default for name, parameter in found.items()} == parameters
    assert {parameter.kind for parameter in found.values()} <= {inspect.Parameter.KEYWORD_ONLY}


STYLED = (".unseen ", ".swagger-ui ")
"""How the lines of the style sheet begin; tests/browser/test_accessibility.py is about what they are for."""


def test_swagger_ui_page():
    """The page as a whole: title, addresses and the default configuration, one line each."""
    page = text(
        get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="T - Swagger UI",
            swagger_js_url="/s.js",
            swagger_css_url="/s.css",
            swagger_favicon_url="/i.png",
        )
    )

    assert [
        line.strip() for line in page.splitlines() if line.strip() and not line.strip().startswith(STYLED)
    ] == [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>T - Swagger UI</title>",
        '<link rel="icon" href="/i.png">',
        '<link rel="stylesheet" href="/s.css">',
        "<style>",
        "</style>",
        "</head>",
        "<body>",
        "<main>",
        '<h1 class="unseen">T - Swagger UI</h1>',
        '<div id="swagger-ui"></div>',
        "</main>",
        '<script src="/s.js"></script>',
        "<script>",
        "const ui = SwaggerUIBundle({",
        "url: '/openapi.json',",
        '"dom_id": "#swagger-ui",',
        '"layout": "BaseLayout",',
        '"deepLinking": true,',
        '"showExtensions": true,',
        '"showCommonExtensions": true,',
        "presets: [",
        "SwaggerUIBundle.presets.apis,",
        "SwaggerUIBundle.SwaggerUIStandalonePreset",
        "],",
        "})",
        "</script>",
        "</body>",
        "</html>",
    ]


def test_swagger_ui_parameters():
    """Given parameters replace defaults of the same name and add to the others; models and such become JSON."""

    class Sorter(BaseModel):
        by: str = "alpha"

    page = text(
        get_swagger_ui_html(
            openapi_url="/o",
            title="T",
            swagger_ui_parameters={
                "deepLinking": False,
                "syntaxHighlight": {"theme": "nord"},
                "own": Sorter(),
            },
        )
    )

    assert '"layout": "BaseLayout",' in page
    assert '"deepLinking": false,' in page
    assert '"deepLinking": true,' not in page
    assert '"syntaxHighlight": {"theme": "nord"},' in page
    assert '"own": {"by": "alpha"},' in page
    assert swagger_ui_default_parameters["deepLinking"] is True


def test_swagger_ui_oauth2():
    """The redirect address is made absolute in the browser; the dialog is prefilled if there is something for it."""
    page = text(
        get_swagger_ui_html(
            openapi_url="/o",
            title="T",
            oauth2_redirect_url="/docs/r",
            init_oauth={"clientId": "c", "appName": "é"},
        )
    )

    assert "oauth2RedirectUrl: window.location.origin + '/docs/r'," in page
    assert 'ui.initOAuth({"clientId": "c", "appName": "\\u00e9"})' in page


def test_redoc_page():
    """The page as a whole, with and without fonts of Google."""
    page = text(
        get_redoc_html(
            openapi_url="/openapi.json",
            title="T - ReDoc",
            redoc_js_url="/r.js",
            redoc_favicon_url="/i.png",
            with_google_fonts=False,
        )
    )

    assert "<title>T - ReDoc</title>" in page
    assert '<link rel="icon" href="/i.png">' in page
    assert '<redoc spec-url="/openapi.json"></redoc>' in page
    assert '<script src="/r.js"></script>' in page
    assert "<noscript>" in page
    assert "://" not in page
    assert "https://fonts.googleapis.com/css?family=" in text(get_redoc_html(openapi_url="/o", title="T"))


def test_titles_and_addresses_are_text():
    """Markup in a title or an address stays text, so a title from a configuration cannot run in the page."""
    swagger = text(get_swagger_ui_html(openapi_url=HOSTILE, title=HOSTILE, swagger_js_url=HOSTILE))
    redoc = text(get_redoc_html(openapi_url=HOSTILE, title=HOSTILE, redoc_js_url=HOSTILE))

    for page in (swagger, redoc):
        assert "<script>alert" not in page
        assert "<title>&lt;/script&gt;&lt;script&gt;alert('1')&lt;/script&gt;\"&amp;</title>" in page
    assert "url: '\\u003c/script\\u003e\\u003cscript\\u003ealert(\\'1\\')" in swagger


def test_configuration_cannot_end_the_script():
    """Markup in the configuration is escaped the way JSON allows, so it arrives as it was meant."""
    page = text(
        get_swagger_ui_html(
            openapi_url="/o",
            title="T",
            init_oauth={"appName": HOSTILE},
            swagger_ui_parameters={HOSTILE: HOSTILE},
        )
    )
    line = next(line for line in page.splitlines() if "ui.initOAuth" in line)

    assert "<script>alert" not in page
    assert json.loads(line.strip().removeprefix("ui.initOAuth(").removesuffix(")")) == {"appName": HOSTILE}


def test_placeholders_in_values_stay():
    """A value that looks like a placeholder of the page is not one."""
    assert "<title>@icon@</title>" in text(get_redoc_html(openapi_url="/o", title="@icon@"))


def test_own_icon():
    """The default icon is in the page itself and needs no request; nothing of it is changed by quoting."""
    assert pages.FAVICON.startswith("data:image/svg+xml,%3Csvg")
    assert f'<link rel="icon" href="{pages.FAVICON}">' in text(get_redoc_html(openapi_url="/o", title="T"))


@pytest.mark.parametrize("installed", [True, False])
def test_oauth2_redirect_page(installed, monkeypatch, tmp_path):
    """The page is Swagger UI's own where that is installed; either way it talks to the window that opened it."""
    file = tmp_path / "oauth2-redirect.html"
    file.write_text("<p>window.opener.swaggerUIRedirectOauth2</p>", "utf-8")
    monkeypatch.setattr(pages, "asset", {"oauth2-redirect.html": file if installed else None}.get)

    page = text(get_swagger_ui_oauth2_redirect_html())

    assert "window.opener.swaggerUIRedirectOauth2" in page
    assert page.startswith("<p>") is installed
