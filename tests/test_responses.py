import json

import pytest
import starlette.responses

from straightway import responses, sse
from straightway.errors import StraightwayDeprecationWarning
from straightway.responses import ORJSONResponse, UJSONResponse

CONTENT = {"é": "</", "n": None}


@pytest.mark.parametrize(
    "name",
    [
        "FileResponse",
        "HTMLResponse",
        "JSONResponse",
        "PlainTextResponse",
        "RedirectResponse",
        "Response",
        "StreamingResponse",
    ],
)
def test_starlettes_classes(name):
    """Responses are Starlette's, so that they pass through what is made for them."""
    assert getattr(responses, name) is getattr(starlette.responses, name)


def test_public_names():
    """The list is complete."""
    assert responses.EventSourceResponse is sse.EventSourceResponse
    assert all(hasattr(responses, name) for name in responses.__all__)


def test_orjson_response():
    """JSON is written with orjson, which takes keys that are not strings."""
    with pytest.warns(StraightwayDeprecationWarning, match="ORJSONResponse is deprecated"):
        response = ORJSONResponse({**CONTENT, 1: 2})

    assert json.loads(response.body) == {**CONTENT, "1": 2}
    assert response.headers["content-type"] == "application/json"


class Uppercase:
    """Stands in for the module ujson, which few environments have."""

    @staticmethod
    def dumps(content, *, ensure_ascii):
        """Write JSON in a way that shows who wrote it."""
        return json.dumps(content, ensure_ascii=ensure_ascii).upper()


def test_ujson_response(monkeypatch):
    """JSON is written with the module that `responses.ujson` names, and in UTF-8."""
    monkeypatch.setattr(responses, "ujson", Uppercase)
    with pytest.warns(StraightwayDeprecationWarning, match="UJSONResponse is deprecated"):
        response = UJSONResponse({"é": "a"})

    assert response.body.decode("utf-8") == '{"É": "A"}'


@pytest.mark.parametrize(("kind", "package"), [(ORJSONResponse, "orjson"), (UJSONResponse, "ujson")])
def test_missing_package(monkeypatch, kind, package):
    """Where the package is missing, the response says which and how to install it."""
    monkeypatch.setattr(responses, package, None)

    with (
        pytest.warns(StraightwayDeprecationWarning),
        pytest.raises(AssertionError, match=f"{package} must be installed to use {kind.__name__}") as caught,
    ):
        kind(CONTENT)

    assert f"pip install {package}" in str(caught.value)


@pytest.mark.parametrize("kind", [ORJSONResponse, UJSONResponse])
def test_warning_names_the_users_line(monkeypatch, kind):
    """The warning points to where the class is used."""
    monkeypatch.setattr(responses, "ujson", Uppercase)

    with pytest.warns(StraightwayDeprecationWarning) as caught:
        kind(CONTENT)

    assert caught[0].filename == __file__
