from collections.abc import Callable
from typing import Any

import anyio
import pytest
from starlette.requests import HTTPConnection

Ask = Callable[..., Any]


@pytest.fixture(params=["http", "websocket"])
def ask(request) -> Ask:
    """Return a function that asks a security scheme about a request, once of HTTP and once of a WebSocket."""

    def ask_scheme(scheme: Any, *headers: tuple[str, str], query: str = "") -> Any:
        scope = {
            "type": request.param,
            "path": "/",
            "query_string": query.encode("ascii"),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        return anyio.run(scheme, HTTPConnection(scope))

    return ask_scheme
