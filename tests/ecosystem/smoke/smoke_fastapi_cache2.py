"""fastapi-cache2: answers kept for a while."""

from collections.abc import Iterator

import pytest
from fastapi import Depends, FastAPI, Request, Response
from fastapi.testclient import TestClient
from fastapi_cache import FastAPICache
from fastapi_cache.backends.inmemory import InMemoryBackend
from fastapi_cache.decorator import cache
from pydantic import BaseModel


class Item(BaseModel):
    """An answer with a type."""

    number: int
    calls: int


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Make an application whose endpoints count how often they run."""
    FastAPICache.init(InMemoryBackend(), prefix="smoke")
    app = FastAPI()
    calls = {"items": 0, "threads": 0, "private": 0, "function": 0}

    def count(name: str) -> int:
        calls[name] += 1
        return calls[name]

    def checked(token: str = "none") -> str:
        return token

    @app.get("/items/{number}")
    @cache(expire=60)
    async def item(number: int, size: int = 1, token: str = Depends(checked)) -> Item:
        return Item(number=number * size, calls=count("items"))

    @app.get("/threads")
    @cache(expire=60, namespace="threads")
    def thread(request: Request, response: Response):
        response.headers["x-seen"] = request.method
        return {"calls": count("threads")}

    @app.get("/private")
    @cache(expire=60)
    async def private() -> dict[str, int]:
        return {"calls": count("private")}

    @cache(expire=60)
    async def slow(number: int) -> int:
        return number + count("function")

    @app.get("/function")
    async def function():
        return [await slow(10), await slow(10), await slow(20)]

    @app.delete("/cache/{namespace}")
    async def clear(namespace: str):
        return await FastAPICache.clear(namespace=namespace)

    yield TestClient(app)
    FastAPICache.reset()


def test_second_call_is_served_from_the_cache(client: TestClient):
    """The endpoint runs once; headers tell a hit from a miss."""
    first, second = client.get("/items/3"), client.get("/items/3")

    assert first.json() == second.json() == {"number": 3, "calls": 1}
    assert [first.headers["x-fastapi-cache"], second.headers["x-fastapi-cache"]] == ["MISS", "HIT"]
    assert first.headers["cache-control"] == "max-age=60"
    assert 0 < int(second.headers["cache-control"].removeprefix("max-age=")) <= 60
    assert first.headers["etag"] == second.headers["etag"]


def test_parameters_and_dependencies_are_part_of_the_key(client: TestClient):
    """Other values are other answers; input is validated as ever."""
    answers = [client.get(path).json() for path in ("/items/3?size=2", "/items/3?size=3", "/items/3?token=x")]

    assert answers == [{"number": 6, "calls": 1}, {"number": 9, "calls": 2}, {"number": 3, "calls": 3}]
    assert client.get("/items/x").status_code == 422


def test_known_etag_is_answered_304(client: TestClient):
    """A caller that has the answer gets no body."""
    etag = client.get("/items/3").headers["etag"]

    known = client.get("/items/3", headers={"if-none-match": etag})

    assert (known.status_code, known.content) == (304, b"")


def test_cache_control_of_the_caller_is_obeyed(client: TestClient):
    """no-cache and no-store run the endpoint again."""
    client.get("/private")

    assert client.get("/private", headers={"cache-control": "no-cache"}).json() == {"calls": 2}
    assert client.get("/private").json() == {"calls": 2}
    assert client.get("/private", headers={"cache-control": "no-store"}).json() == {"calls": 3}


def test_synchronous_endpoint_is_cached_and_cleared(client: TestClient):
    """An endpoint in a thread that takes request and response itself."""
    first = client.get("/threads")
    assert first.headers["x-seen"] == "GET"
    assert client.get("/threads").json() == {"calls": 1}

    assert client.delete("/cache/threads").json() == 1

    assert client.get("/threads").json() == {"calls": 2}


def test_function_is_cached_too(client: TestClient):
    """The decorator works for what is no endpoint."""
    assert client.get("/function").json() == [11, 11, 22]
    assert client.get("/function").json() == [11, 11, 22]


def test_signature_stays_documented(client: TestClient):
    """Parameters that the decorator adds for itself are not in the document."""
    operation = client.get("/openapi.json").json()["paths"]["/items/{number}"]["get"]

    assert [parameter["name"] for parameter in operation["parameters"]] == ["number", "size", "token"]
