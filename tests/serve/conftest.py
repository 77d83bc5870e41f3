"""What tests of the serving stage share."""

from __future__ import annotations

import pytest
from starlette.middleware.base import BaseHTTPMiddleware

from straightway.serve.middleware import HTTPMiddleware


@pytest.fixture(params=[HTTPMiddleware, BaseHTTPMiddleware])
def middleware(request: pytest.FixtureRequest) -> type[BaseHTTPMiddleware]:
    """Return ours, and Starlette's."""
    return request.param
