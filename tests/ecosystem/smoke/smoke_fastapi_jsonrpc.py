"""fastapi-jsonrpc: JSON-RPC 2.0 as routes."""

from collections.abc import Iterator
from typing import Any

import fastapi_jsonrpc as jsonrpc
import pytest
from fastapi import Body, Depends, Header
from fastapi.testclient import TestClient
from pydantic import BaseModel

log: list[str] = []


class TooExpensive(jsonrpc.BaseError):
    """An error of one's own."""

    CODE = 7000
    MESSAGE = "Too expensive"

    class DataModel(BaseModel):
        limit: int


class Item(BaseModel):
    """A parameter."""

    name: str
    price: int = 1


def user(x_user: str = Header()) -> str:
    """Read the caller."""
    return x_user


async def session() -> str:
    """Prepare something once for all calls of a request."""
    log.append("open")
    return "session"


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Make an application with a few methods."""
    log.clear()
    app = jsonrpc.API(title="Shop")
    entrypoint = jsonrpc.Entrypoint("/rpc", common_dependencies=[Depends(session)])

    @entrypoint.method()
    def add(a: int, b: int = 2) -> int:
        return a + b

    @entrypoint.method(errors=[TooExpensive])
    async def buy(item: Item, user: str = Depends(user), session: str = Depends(session)) -> dict[str, Any]:
        if item.price > 10:
            raise TooExpensive(data={"limit": 10})
        return {"item": item.name, "user": user, "session": session}

    @entrypoint.method(name="note")
    async def note(text: str = Body()) -> None:
        log.append(text)

    app.bind_entrypoint(entrypoint)
    with TestClient(app) as client:
        yield client


def call(client: TestClient, method: str, identifier: int | None = 1, **params: Any) -> Any:
    """Call a method."""
    request = {"jsonrpc": "2.0", "method": method, "params": params}
    request |= {} if identifier is None else {"id": identifier}
    answer = client.post("/rpc", json=request, headers={"x-user": "ann"})
    return answer.json() if answer.content else None


def test_method_is_called(client: TestClient):
    """Parameters have types and defaults."""
    assert call(client, "add", a=1) == {"jsonrpc": "2.0", "result": 3, "id": 1}
    assert call(client, "add", a=1, b=5)["result"] == 6


def test_dependencies_are_solved(client: TestClient):
    """Headers and dependencies reach a method; a shared one runs once."""
    assert call(client, "buy", item={"name": "cup"})["result"] == {
        "item": "cup",
        "user": "ann",
        "session": "session",
    }
    assert log == ["open"]


def test_errors_have_their_codes(client: TestClient):
    """Wrong parameters, unknown methods, own errors and bad JSON are told apart."""
    invalid = call(client, "add", a="x")["error"]
    own = call(client, "buy", item={"name": "cup", "price": 11})["error"]

    assert (invalid["code"], invalid["data"]["errors"][0]["loc"]) == (-32602, ["a"])
    assert call(client, "nothing")["error"]["code"] == -32601
    assert own == {"code": 7000, "message": "Too expensive", "data": {"limit": 10}}
    bad = client.post("/rpc", content=b"{", headers={"content-type": "application/json"}).json()
    assert bad["error"]["code"] == -32700


def test_batch_and_notification(client: TestClient):
    """A list is answered with a list; a call without id is not answered."""
    requests = [
        {"jsonrpc": "2.0", "id": number, "method": "add", "params": {"a": number}} for number in (1, 2)
    ]

    answers = client.post("/rpc", json=requests).json()

    assert sorted((answer["id"], answer["result"]) for answer in answers) == [(1, 3), (2, 4)]
    assert call(client, "note", None, text="noted") is None
    assert call(client, "add", a=1)["result"] == 3
    assert "noted" in log


def test_methods_are_documented(client: TestClient):
    """OpenAPI has a path for each method, OpenRPC a method."""
    document = client.get("/openapi.json").json()
    rpc = client.get("/openrpc.json").json()

    assert {"/rpc", "/rpc/add", "/rpc/buy", "/rpc/note"} <= document["paths"].keys()
    assert {method["name"] for method in rpc["methods"]} == {"add", "buy", "note"}
