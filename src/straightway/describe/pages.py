"""The pages that show the OpenAPI document: Swagger UI, its OAuth2 redirect, and ReDoc.

Each function returns a complete page and takes every address as an argument, so that an application can serve
the scripts itself. Called without addresses they load the scripts from a public CDN; the pages of an application
(`straightway.describe.routes`) pass the addresses of local files instead.
"""

import json
import re
from html import escape
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import HTMLResponse

from straightway.describe.assets import asset
from straightway.encoders import jsonable_encoder

__all__ = [
    "FAVICON",
    "REDOC_JS",
    "SWAGGER_UI_CSS",
    "SWAGGER_UI_JS",
    "get_redoc_html",
    "get_swagger_ui_html",
    "get_swagger_ui_oauth2_redirect_html",
    "swagger_ui_default_parameters",
]

SWAGGER_UI_JS: Final = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js"
SWAGGER_UI_CSS: Final = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css"
REDOC_JS: Final = "https://cdn.jsdelivr.net/npm/redoc@2/bundles/redoc.standalone.js"

# The icon travels in the page itself: one request less, and none to a stranger.
FAVICON: Final = "data:image/svg+xml," + quote(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
    "<rect width='32' height='32' rx='7' fill='#17324d'/>"
    "<path d='M4 16h7' stroke='#7fb2d9' stroke-width='4'/>"
    "<path d='M11 16h8' stroke='#fff' stroke-width='4'/>"
    "<path d='M18 7l10 9-10 9z' fill='#fff'/>"
    "</svg>",
    safe="/=",
)

# The characters with a meaning to the HTML parser, as JSON and JavaScript both understand them in a string.
_INERT: Final = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}

swagger_ui_default_parameters: dict[str, Any] = {
    "dom_id": "#swagger-ui",
    "layout": "BaseLayout",
    "deepLinking": True,
    "showExtensions": True,
    "showCommonExtensions": True,
}
"""Swagger UI's configuration unless the application overrides it, key by key."""


def get_swagger_ui_html(
    *,
    openapi_url: str,
    title: str,
    swagger_js_url: str = SWAGGER_UI_JS,
    swagger_css_url: str = SWAGGER_UI_CSS,
    swagger_favicon_url: str = FAVICON,
    oauth2_redirect_url: str | None = None,
    init_oauth: dict[str, Any] | None = None,
    swagger_ui_parameters: dict[str, Any] | None = None,
) -> HTMLResponse:
    """Return a page with Swagger UI for the document at `openapi_url`.

    `oauth2_redirect_url` is a path on the same origin that serves `get_swagger_ui_oauth2_redirect_html()`;
    `init_oauth` prefills the dialog for authorisation. `swagger_ui_parameters` overrides
    `swagger_ui_default_parameters`; values that JSON cannot say, such as functions, have no place in it.
    """
    parameters = swagger_ui_default_parameters | (swagger_ui_parameters or {})
    options = [f"url: {_quoted(openapi_url)},"]
    options += [f"{_json(name)}: {_json(value)}," for name, value in parameters.items()]
    if oauth2_redirect_url:
        options.append(f"oauth2RedirectUrl: window.location.origin + {_quoted(oauth2_redirect_url)},")
    return _filled(
        _SWAGGER_UI_PAGE,
        title=escape(title, quote=False),
        icon=escape(swagger_favicon_url),
        style=escape(swagger_css_url),
        script=escape(swagger_js_url),
        options="\n    ".join(options),
        accessible=_ACCESSIBLE,
        authorisation=f"ui.initOAuth({_json(init_oauth)})" if init_oauth else "",
    )


def get_redoc_html(
    *,
    openapi_url: str,
    title: str,
    redoc_js_url: str = REDOC_JS,
    redoc_favicon_url: str = FAVICON,
    with_google_fonts: bool = True,
) -> HTMLResponse:
    """Return a page with ReDoc for the document at `openapi_url`.

    ReDoc is designed for two fonts that Google serves; without them it takes the browser's.
    """
    return _filled(
        _REDOC_PAGE,
        title=escape(title, quote=False),
        icon=escape(redoc_favicon_url),
        fonts=_GOOGLE_FONTS if with_google_fonts else "",
        document=escape(openapi_url),
        script=escape(redoc_js_url),
    )


def get_swagger_ui_oauth2_redirect_html() -> HTMLResponse:
    """Return the page to which an authorisation server sends the browser back.

    It hands the code or token to the Swagger UI that opened it. Swagger UI's own page is used where its files
    are installed.
    """
    installed = asset("oauth2-redirect.html")
    return HTMLResponse(installed.read_text("utf-8") if installed else _REDIRECT_PAGE)


def _json(value: object) -> str:
    """Write a value as JSON that cannot end the script element around it, whatever text is in it."""
    return json.dumps(jsonable_encoder(value)).translate(_INERT)


def _quoted(text: str) -> str:
    """Write text as a string of JavaScript in single quotes, in which an ordinary path looks as it is."""
    inside = json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inside.translate(_INERT)}'"


def _filled(page: str, **values: str) -> HTMLResponse:
    # In one pass, so that a value containing "@title@" stays as it is; str.format would trip over JavaScript.
    return HTMLResponse(re.sub(r"@(\w+)@", lambda found: values[found[1]], page))


# What Swagger UI leaves below the contrast of 4.5 that WCAG 2.2 (success criterion 1.4.3) asks for, and a heading for
# those who hear the page: Swagger UI begins with one of the second level.
_ACCESSIBLE: Final = """\
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .swagger-ui .info .title small { background: #5f6673; }
    .swagger-ui .info .title small.version-stamp { background: #4f7300; }
    .swagger-ui .info .url, .swagger-ui .info a { color: #1f62ad; }
    .swagger-ui .parameter__in, .swagger-ui .parameter__extension { color: #595959; }
    .swagger-ui .json-schema-2020-12-expand-deep-button { color: #595959; }
    .swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1a67b8; }
    .swagger-ui .opblock.opblock-post .opblock-summary-method { background: #1b7a4b; }
    .swagger-ui .opblock.opblock-put .opblock-summary-method { background: #985600; }
    .swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0e7563; }
    .swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #c62121; }
    .swagger-ui .opblock.opblock-deprecated { opacity: 1; }
    .swagger-ui .opblock.opblock-deprecated .opblock-summary-method { background: #5f6673; }
    .swagger-ui .btn.authorize { color: #1b7a4b; border-color: #1b7a4b; }
    .swagger-ui .btn.authorize svg { fill: #1b7a4b; }
    .swagger-ui .btn.cancel { color: #c62121; border-color: #c62121; }
    .swagger-ui .btn.execute { background: #1f62ad; border-color: #1f62ad; }
    .swagger-ui .response-control-media-type__accept-message { color: #2a6b16; }"""

_SWAGGER_UI_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>@title@</title>
  <link rel="icon" href="@icon@">
  <link rel="stylesheet" href="@style@">
  <style>
    @accessible@
  </style>
</head>
<body>
  <main>
    <h1 class="unseen">@title@</h1>
    <div id="swagger-ui"></div>
  </main>
  <script src="@script@"></script>
  <script>
  const ui = SwaggerUIBundle({
    @options@
    presets: [
      SwaggerUIBundle.presets.apis,
      SwaggerUIBundle.SwaggerUIStandalonePreset
    ],
  })
  @authorisation@
  </script>
</body>
</html>
"""

_REDOC_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>@title@</title>
  @fonts@
  <link rel="icon" href="@icon@">
  <style>
    body { margin: 0; padding: 0; }
  </style>
</head>
<body>
  <noscript>This page is made by ReDoc, which is a script. Allow scripts here to read it.</noscript>
  <main><redoc spec-url="@document@"></redoc></main>
  <script src="@script@"></script>
</body>
</html>
"""

_GOOGLE_FONTS: Final = (
    '<link rel="stylesheet" '
    'href="https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700">'
)

# What Swagger UI expects of the window it opened (RFC 6749, sections 4.1.2 and 4.2.2): the answer is in the query
# for a code and in the fragment for a token; `state` has to be the one that was sent.
_REDIRECT_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Authorisation</title>
</head>
<body>
  <script>
  (() => {
    const request = window.opener.swaggerUIRedirectOauth2
    const inFragment = /code|token|error/.test(window.location.hash)
    const source = inFragment ? window.location.hash.slice(1) : window.location.search
    const answer = Object.fromEntries(new URLSearchParams(source))
    const expected = answer.state === request.state
    const auth = request.auth
    const report = (level, message) => request.errCb({authId: auth.name, source: "auth", level, message})
    const wantsCode = ["accessCode", "authorizationCode", "authorization_code"].includes(auth.schema.get("flow"))

    if (!wantsCode || auth.code) {
      request.callback({auth, token: answer, isValid: expected, redirectUrl: request.redirectUrl})
    } else {
      if (!expected) report("warning", "The answer carries another state than was sent; it may be forged.")
      if (answer.code) {
        delete request.state
        auth.code = answer.code
        request.callback({auth, redirectUrl: request.redirectUrl})
      } else {
        const reason = [answer.error, answer.error_description].filter(Boolean).join(": ")
        report("error", "Authorisation failed. " + (reason || "The server sent no code."))
      }
    }
    window.close()
  })()
  </script>
</body>
</html>
"""
