"""fastapi-utils: views as classes, repeated tasks, timing, sessions."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi.testclient import TestClient
from fastapi_utils.api_model import APIModel
from fastapi_utils.cbv import cbv
from fastapi_utils.inferring_router import InferringRouter
from fastapi_utils.openapi import simplify_operation_ids
from fastapi_utils.session import FastAPISessionMaker
from fastapi_utils.tasks import repeat_every
from fastapi_utils.timing import add_timing_middleware, record_timing
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.requests import Request


def user(x_user: str = Header("nobody")) -> str:
    """Read the caller."""
    return x_user


class Item(APIModel):
    """A model whose names are camel case outside."""

    item_name: str
    owner: str


def test_class_is_a_view():
    """Dependencies are attributes of the class; methods are endpoints."""
    router = APIRouter()

    @cbv(router)
    class Items:
        user: str = Depends(user)
        limit: int = 3

        @router.get("/items/{item}")
        def read(self, item: str) -> Item:
            if len(item) > self.limit:
                raise HTTPException(404)
            return Item(item_name=item, owner=self.user)

        @router.post("/items")
        async def create(self, item: Item) -> Item:
            return item

    app = FastAPI()
    app.include_router(router, prefix="/v1")
    client = TestClient(app)

    assert client.get("/v1/items/cup", headers={"x-user": "ann"}).json() == {
        "itemName": "cup",
        "owner": "ann",
    }
    assert client.get("/v1/items/cupboard").status_code == 404
    assert client.get("/v1/items/cup?limit=1").status_code == 404
    assert client.post("/v1/items", json={"itemName": "x"}).json()["detail"][0]["loc"] == ["body", "owner"]
    parameters = app.openapi()["paths"]["/v1/items/{item}"]["get"]["parameters"]
    assert {parameter["name"] for parameter in parameters} == {"item", "x-user", "limit"}


@pytest.mark.flat_routes
def test_router_infers_the_model():
    """The return annotation is the response model; operation ids are simplified."""
    router = InferringRouter()

    @router.get("/item")
    async def read_item() -> Item:
        return {"item_name": "cup", "owner": "ann"}

    app = FastAPI()
    app.include_router(router)
    simplify_operation_ids(app)

    assert TestClient(app).get("/item").json() == {"itemName": "cup", "owner": "ann"}
    assert app.openapi()["paths"]["/item"]["get"]["operationId"] == "read_item"


def test_task_is_repeated():
    """A task that starts with the application runs again and again."""
    calls: list[int] = []
    done = asyncio.Event()
    app = FastAPI()

    @app.on_event("startup")
    @repeat_every(seconds=0.01, max_repetitions=3)
    async def count() -> None:
        calls.append(1)
        if len(calls) == 3:
            done.set()

    @app.get("/wait")
    async def wait():
        await done.wait()
        return len(calls)

    with TestClient(app) as client:
        assert client.get("/wait").json() == 3


def test_time_is_recorded():
    """The middleware names the endpoint, and a request can note parts of itself."""
    lines: list[str] = []
    app = FastAPI()
    add_timing_middleware(app, record=lines.append, prefix="smoke")

    @app.get("/items/{item}")
    async def read(item: int, request: Request):
        record_timing(request, note="half")
        return item

    TestClient(app).get("/items/3")

    assert any("half" in line for line in lines)
    assert all("smoke" in line and "read" in line for line in lines)


def test_session_lasts_for_the_request(tmp_path: Path):
    """The maker's dependency opens a session and commits."""
    maker = FastAPISessionMaker(f"sqlite:///{tmp_path}/items.db")
    with maker.context_session() as session:
        session.execute(text("create table items (name text)"))

    def session() -> Iterator[Session]:
        yield from maker.get_db()

    app = FastAPI()

    @app.post("/{name}")
    def add(name: str, fail: bool = False, session: Session = Depends(session)):
        session.execute(text("insert into items values (:name)"), {"name": name})
        if fail:
            raise RuntimeError(name)

    @app.get("/")
    def names(session: Session = Depends(session)):
        return list(session.scalars(text("select name from items")))

    client = TestClient(app)
    client.post("/cup")
    with pytest.raises(RuntimeError, match="can"):
        client.post("/can?fail=true")

    assert client.get("/").json() == ["cup"]
