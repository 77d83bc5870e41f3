"""Problem details over the wire, through RSGI, are those that ASGI has."""

import httpx2
import pytest

from straightway.testclient import TestClient
from tests.rsgi.problems import app

REQUESTS = [
    ("POST", "/orders", {"json": {"sku": "a", "pieces": 1}}),
    ("POST", "/orders", {"json": {"sku": "a", "pieces": "x"}}),
    ("POST", "/orders", {"content": b"{bad", "headers": {"content-type": "application/json"}}),
    ("GET", "/orders/1", {}),
    ("GET", "/orders/2", {}),
    ("GET", "/orders/x", {}),
    ("DELETE", "/orders/1", {}),
    ("GET", "/nowhere", {}),
    ("HEAD", "/nowhere", {}),
    ("POST", "/limited", {"json": {"sku": "more than ten bytes", "pieces": 1}}),
]


@pytest.mark.parametrize(("method", "path", "more"), REQUESTS, ids=lambda each: str(each)[:30])
def test_problem_is_the_same(granian_with_problems, method, path, more):
    """Status, headers and content."""
    here = TestClient(app, raise_server_exceptions=False).request(method, path, **more)
    there = httpx2.request(method, granian_with_problems.url + path, **more)

    assert here.headers["content-type"] == "application/problem+json"
    assert there.status_code == here.status_code
    assert there.content == here.content
    for name in here.headers:
        assert there.headers[name] == here.headers[name]
