"""Starlette's client for tests, which calls the application without a network; httpx2 must be installed."""

from straightway.errors import MissingDependencyError

try:
    from starlette.testclient import TestClient
except RuntimeError as error:  # which is what Starlette raises where ImportError is meant
    raise MissingDependencyError("TestClient requires the package httpx2") from error

__all__ = ["TestClient"]
