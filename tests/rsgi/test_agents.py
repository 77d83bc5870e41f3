from types import SimpleNamespace

import anyio
from starlette.applications import Starlette

from straightway import Straightway
from straightway.serve.rsgi import RSGIServer


def test_replaced_entrance_of_starlette_is_used_through_rsgi_too(monkeypatch):
    """An agent that has wrapped `Starlette.__call__` sees requests that would go straight to the endpoint."""
    app, seen = Straightway(), []
    app.get("/x")(lambda: None)
    request = SimpleNamespace(
        proto="http",
        http_version="1.1",
        method="GET",
        scheme="http",
        path="/x",
        query_string="",
        headers={},
        client="127.0.0.1:1",
        server="127.0.0.1:2",
    )

    async def agent(self, scope, receive, send):
        seen.append((self, scope["path"]))

    monkeypatch.setattr(Starlette, "__call__", agent)
    anyio.run(RSGIServer(app).__rsgi__, request, None)

    assert seen == [(app, "/x")]
