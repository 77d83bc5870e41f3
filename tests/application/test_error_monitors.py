"""What error monitors replace on Starlette's classes is called."""

import pytest
from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware

from straightway import HTTPException, Straightway
from straightway.middleware import Middleware
from straightway.middleware.gzip import GZipMiddleware
from straightway.testclient import TestClient


@pytest.mark.parametrize("middleware", [[], [Middleware(GZipMiddleware)]], ids=["bare", "with middleware"])
def test_replaced_call_of_starlette_is_called(monkeypatch: pytest.MonkeyPatch, middleware: list[Middleware]):
    """What an error monitor puts in the place of Starlette's method wraps the application and sees its errors."""
    app = Straightway(middleware=middleware)
    seen: list[object] = []
    original = Starlette.__call__

    async def watched(self, scope, receive, send):
        seen.append((self, scope["type"]))
        try:
            await original(self, scope, receive, send)
        except ValueError as error:
            seen.append(str(error))
            raise

    @app.get("/")
    async def read():
        return {}

    @app.get("/broken")
    async def broken():
        raise ValueError("broken")

    monkeypatch.setattr(Starlette, "__call__", watched)
    client = TestClient(app, raise_server_exceptions=False)

    assert client.get("/").json() == {}
    assert client.get("/broken").status_code == 500
    assert seen == [(app, "http"), (app, "http"), "broken"]


def test_layer_of_handlers_is_announced(monkeypatch: pytest.MonkeyPatch):
    """Whoever watches for Starlette's exception layer, to see the errors that have a handler, learns that one is made."""
    app = Straightway()
    announced: list[object] = []
    original = Middleware.__init__

    @app.get("/")
    async def read():
        raise HTTPException(503)

    def watched(self, cls, *arguments, **options):
        original(self, cls, *arguments, **options)
        announced.append(cls)

    monkeypatch.setattr(Middleware, "__init__", watched)

    assert TestClient(app).get("/").status_code == 503
    assert announced == [ExceptionMiddleware]
