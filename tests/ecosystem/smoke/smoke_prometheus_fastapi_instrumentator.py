"""prometheus-fastapi-instrumentator: counters and durations of requests."""

import pytest
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, Counter
from prometheus_fastapi_instrumentator import Instrumentator
from prometheus_fastapi_instrumentator.metrics import Info


@pytest.fixture
def registry() -> CollectorRegistry:
    """Keep the metrics of one test apart."""
    return CollectorRegistry()


def application() -> FastAPI:
    """Make an application with plain, parametrised, included, mounted and failing endpoints."""
    app = FastAPI()
    router = APIRouter(prefix="/shop/{shop}")
    inner = FastAPI()

    @app.get("/items/{item}")
    def item(item: int):
        return item

    @app.post("/items/{item}")
    async def change(item: int):
        raise HTTPException(409)

    @app.get("/broken")
    def broken():
        raise RuntimeError("broken")

    @router.get("/orders/{order}")
    async def order(shop: str, order: int):
        return [shop, order]

    @inner.get("/leaf/{leaf}")
    async def leaf(leaf: str):
        return leaf

    app.include_router(router, prefix="/v1")
    app.mount("/tree", inner)
    return app


def requests(registry: CollectorRegistry, method: str, handler: str, status: str) -> float | None:
    """Read a counter of requests."""
    labels = {"method": method, "handler": handler, "status": status}
    return registry.get_sample_value("http_requests_total", labels)


def test_requests_are_counted_by_template(registry: CollectorRegistry):
    """Two paths of one template are one series; statuses are grouped."""
    app = application()
    Instrumentator(registry=registry).instrument(app)
    client = TestClient(app, raise_server_exceptions=False)

    for path in ("/items/1", "/items/2", "/items/x", "/v1/shop/a/orders/7", "/broken"):
        client.get(path)
    client.post("/items/1")

    assert requests(registry, "GET", "/items/{item}", "2xx") == 2
    assert requests(registry, "GET", "/items/{item}", "4xx") == 1
    assert requests(registry, "POST", "/items/{item}", "4xx") == 1
    assert requests(registry, "GET", "/v1/shop/{shop}/orders/{order}", "2xx") == 1
    assert requests(registry, "GET", "/broken", "5xx") == 1


def test_mounted_application_is_found(registry: CollectorRegistry):
    """The template of a mounted application's route follows the path of its mount."""
    app = application()
    Instrumentator(registry=registry, should_group_status_codes=False).instrument(app)

    assert TestClient(app).get("/tree/leaf/x").json() == "x"

    assert requests(registry, "GET", "/tree/leaf/{leaf}", "200") == 1


def test_what_has_no_route_can_be_left_out(registry: CollectorRegistry):
    """Untemplated paths and excluded handlers are not counted."""
    app = application()
    Instrumentator(
        registry=registry, should_ignore_untemplated=True, excluded_handlers=["/v1/.*"]
    ).instrument(app)
    client = TestClient(app)

    for path in ("/nowhere", "/v1/shop/a/orders/7", "/items/1"):
        client.get(path)

    counted = [
        sample.labels["handler"]
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "http_requests_total"
    ]
    assert counted == ["/items/{item}"]


def test_endpoint_shows_the_metrics(registry: CollectorRegistry):
    """/metrics is a route of the application, out of the documentation where that is wanted."""
    app = application()
    Instrumentator(registry=registry).instrument(app).expose(app, include_in_schema=False, tags=["metrics"])
    client = TestClient(app)
    client.get("/items/1")

    shown = client.get("/metrics")

    assert shown.headers["content-type"].startswith("text/plain")
    assert 'http_requests_total{handler="/items/{item}",method="GET",status="2xx"} 1.0' in shown.text
    assert "http_request_duration_seconds_bucket" in shown.text
    assert "/metrics" not in client.get("/openapi.json").json()["paths"]


def test_own_metric_sees_request_and_response(registry: CollectorRegistry):
    """A function of one's own is called with both."""
    app = application()
    languages = Counter("languages", "Languages asked for.", ["language", "status"], registry=registry)

    def count(info: Info) -> None:
        languages.labels(info.request.headers["accept-language"], info.modified_status).inc()

    Instrumentator(registry=registry).add(count).instrument(app)
    TestClient(app).get("/items/1", headers={"accept-language": "eo"})

    assert registry.get_sample_value("languages_total", {"language": "eo", "status": "2xx"}) == 1
