"""fastcrud: endpoints made for a table."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI, Header, HTTPException
from fastapi.testclient import TestClient
from fastcrud import FilterConfig, crud_router
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The tables."""


class Item(Base):
    """A row."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[int] = mapped_column(default=1)


class ItemIn(BaseModel):
    """A row as it is created."""

    name: str
    price: int = 1


class ItemChange(BaseModel):
    """What can be changed."""

    name: str | None = None
    price: int | None = None


class ItemOut(ItemIn):
    """A row as it is shown."""

    model_config = ConfigDict(from_attributes=True)
    id: int


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Make an application with the endpoints of one table; deleting needs a header."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/items.db")
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield
        await engine.dispose()

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    def administrator(x_user: str = Header("nobody")) -> None:
        if x_user != "ann":
            raise HTTPException(403)

    app = FastAPI(lifespan=lifespan)
    app.include_router(
        crud_router(
            session=session,
            model=Item,
            create_schema=ItemIn,
            update_schema=ItemChange,
            select_schema=ItemOut,
            path="/items",
            tags=["items"],
            delete_deps=[administrator],
            filter_config=FilterConfig(name=None, price__gte=None),
        ),
        prefix="/v1",
    )
    with TestClient(app) as client:
        yield client


def test_row_is_created_read_changed_and_deleted(client: TestClient):
    """The whole life of a row."""
    assert client.post("/v1/items", json={"name": "cup"}).json() == {"name": "cup", "price": 1, "id": 1}
    assert client.get("/v1/items/1").json() == {"name": "cup", "price": 1, "id": 1}
    assert client.patch("/v1/items/1", json={"price": 3}).status_code == 200
    assert client.get("/v1/items/1").json()["price"] == 3
    assert client.delete("/v1/items/1").status_code == 403
    assert client.delete("/v1/items/1", headers={"x-user": "ann"}).status_code == 200
    assert client.get("/v1/items/1").status_code == 404


def test_rows_are_filtered_and_paged(client: TestClient):
    """The configured filters are parameters of the list, pages too."""
    for number in range(1, 6):
        client.post("/v1/items", json={"name": f"item {number}", "price": number})

    page = client.get("/v1/items?page=2&itemsPerPage=2").json()
    dear = client.get("/v1/items?price__gte=4").json()
    named = client.get("/v1/items", params={"name": "item 2"}).json()

    assert [row["name"] for row in page["data"]] == ["item 3", "item 4"]
    assert (page["total_count"], page["has_more"]) == (5, True)
    assert [row["price"] for row in dear["data"]] == [4, 5]
    assert [row["id"] for row in named["data"]] == [2]


def test_input_is_validated(client: TestClient):
    """Bodies and paths have the types of the schemas."""
    assert client.post("/v1/items", json={"price": "x"}).status_code == 422
    assert client.get("/v1/items/x").status_code == 422


def test_endpoints_are_documented(client: TestClient):
    """Filters and schemas are in the document."""
    document = client.get("/openapi.json").json()

    names = {parameter["name"] for parameter in document["paths"]["/v1/items"]["get"]["parameters"]}
    assert {"name", "price__gte", "page", "itemsPerPage"} <= names
    assert set(document["paths"]["/v1/items/{id}"]) == {"get", "patch", "delete"}
    assert {"ItemIn", "ItemChange"} <= document["components"]["schemas"].keys()
