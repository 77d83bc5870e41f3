"""slowapi: limits on how often an endpoint may be called."""

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.testclient import TestClient
from slowapi import Limiter, _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from slowapi.middleware import SlowAPIASGIMiddleware, SlowAPIMiddleware
from slowapi.util import get_remote_address


def application(limiter: Limiter) -> FastAPI:
    """Make an application that has the limiter where slowapi looks for it."""
    app = FastAPI()
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)
    return app


def test_third_request_in_a_minute_is_refused():
    """A decorated endpoint, asynchronous or not, answers twice for one path and then 429."""
    limiter = Limiter(key_func=get_remote_address)
    app = application(limiter)

    @app.get("/later")
    @limiter.limit("2/minute")
    async def later(request: Request, size: int = 1):
        return {"size": size}

    @app.get("/now/{name}")
    @limiter.limit("2/minute")
    def now(request: Request, name: str):
        return {"name": name}

    client = TestClient(app)

    assert [client.get("/later?size=3").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert client.get("/now/x").json() == {"name": "x"}
    assert client.get("/now/x").status_code == 200
    assert client.get("/now/y").status_code == 200
    refused = client.get("/now/x")
    assert (refused.status_code, refused.json()) == (429, {"error": "Rate limit exceeded: 2 per 1 minute"})


def test_rejected_input_does_not_count():
    """A request that fails validation does not reach the decorated endpoint."""
    limiter = Limiter(key_func=get_remote_address)
    app = application(limiter)

    @app.get("/")
    @limiter.limit("1/minute")
    async def read(request: Request, size: int):
        return size

    client = TestClient(app)

    assert [client.get(f"/?size={size}").status_code for size in ("x", "y", "1", "1")] == [422, 422, 200, 429]


def test_headers_tell_what_is_left():
    """The limiter writes into the injected response, and into one that the endpoint returns."""
    limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
    app = application(limiter)

    @app.get("/injected")
    @limiter.limit("5/minute")
    async def injected(request: Request, response: Response):
        return {}

    @app.get("/returned")
    @limiter.limit("1/minute")
    async def returned(request: Request):
        return Response("text")

    client = TestClient(app)

    assert client.get("/injected").headers["x-ratelimit-remaining"] == "4"
    assert client.get("/injected").headers["x-ratelimit-remaining"] == "3"
    assert client.get("/returned").headers["x-ratelimit-limit"] == "1"
    refused = client.get("/returned")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60


def test_key_separates_callers():
    """Each value of a header has a limit of its own; a cost counts several times."""
    limiter = Limiter(key_func=lambda request: request.headers["x-user"])
    app = application(limiter)

    @app.get("/")
    @limiter.limit("4/minute", cost=2)
    async def read(request: Request):
        return {}

    client = TestClient(app)

    def statuses(user: str) -> list[int]:
        return [client.get("/", headers={"x-user": user}).status_code for _ in range(3)]

    assert statuses("a") == [200, 200, 429]
    assert statuses("b") == [200, 200, 429]


@pytest.mark.parametrize("middleware", [SlowAPIMiddleware, SlowAPIASGIMiddleware])
def test_default_limit_holds_for_every_route(middleware: type):
    """The middlewares find the endpoint among the routes and let exempt ones through."""
    limiter = Limiter(key_func=get_remote_address, default_limits=["2/minute"])
    app = application(limiter)
    app.add_middleware(middleware)

    @app.get("/free")
    @limiter.exempt
    async def free():
        return {}

    @app.get("/items/{item}")
    async def read(item: int):
        return item

    client = TestClient(app)

    assert [client.get("/free").status_code for _ in range(4)] == [200] * 4
    assert [client.get("/items/1").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.flat_routes
@pytest.mark.parametrize("middleware", [SlowAPIMiddleware, SlowAPIASGIMiddleware])
def test_default_limit_holds_for_included_routes(middleware: type):
    """The routes of an included router are limited too."""
    limiter = Limiter(key_func=get_remote_address, default_limits=["2/minute"])
    app = application(limiter)
    app.add_middleware(middleware)
    router = APIRouter(prefix="/inner")

    @router.get("/items/{item}")
    async def read(item: int):
        return item

    app.include_router(router)
    client = TestClient(app)

    assert [client.get("/inner/items/1").status_code for _ in range(3)] == [200, 200, 429]
