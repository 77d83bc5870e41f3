"""Agents that replace Starlette.__call__ see every request of an application."""

import pytest
from starlette.applications import Starlette

from straightway import Straightway
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
