"""fastapi-pagination: answers in pages."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from fastapi_pagination import LimitOffsetPage, Page, add_pagination, paginate
from fastapi_pagination.cursor import CursorPage
from fastapi_pagination.customization import CustomizedPage, UseParamsFields
from fastapi_pagination.ext.sqlalchemy import apaginate
from fastapi_pagination.links import Page as LinkedPage
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The tables."""


class Row(Base):
    """A row."""

    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Out(BaseModel):
    """A row as it is shown."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str


SmallPage = CustomizedPage[Page, UseParamsFields(size=3)]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Make an application over 25 numbers and as many rows of a database."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/rows.db")
    sessions = async_sessionmaker(engine)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with sessions.begin() as session:
            session.add_all(Row(name=f"row {number}") for number in range(1, 26))
        yield
        await engine.dispose()

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    In = Annotated[AsyncSession, Depends(session)]
    app = FastAPI(lifespan=lifespan)
    router = APIRouter(prefix="/router")
    numbers = list(range(25))

    @app.get("/numbers")
    async def pages() -> Page[int]:
        return paginate(numbers)

    @app.get("/thread", response_model=Page[int])
    def thread(below: int = 25):
        return paginate([number for number in numbers if number < below])

    @app.get("/limited")
    async def limited() -> LimitOffsetPage[int]:
        return paginate(numbers)

    @app.get("/small", response_model=SmallPage[int])
    async def small():
        return paginate(numbers)

    @router.get("/linked", response_model=LinkedPage[int])
    async def linked():
        return paginate(numbers)

    @router.get("/rows")
    async def rows(session: In) -> Page[Out]:
        return await apaginate(session, select(Row).order_by(Row.id))

    @router.get("/cursor")
    async def cursor(session: In) -> CursorPage[Out]:
        return await apaginate(session, select(Row).order_by(Row.id))

    app.include_router(router)
    add_pagination(app)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("path", ["/numbers", "/thread"])
def test_pages(client: TestClient, path: str):
    """Page and size choose; the page tells what there is."""
    assert client.get(f"{path}?page=3&size=10").json() == {
        "items": [20, 21, 22, 23, 24],
        "total": 25,
        "page": 3,
        "size": 10,
        "pages": 3,
    }
    assert client.get(f"{path}?page=4&size=10").json()["items"] == []
    assert client.get("/thread?below=4").json()["total"] == 4


def test_parameters_are_validated(client: TestClient):
    """The parameters of a page are parameters of the endpoint, with bounds."""
    answer = client.get("/numbers?page=0&size=101")

    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["detail"]] == [["query", "page"], ["query", "size"]]


def test_limit_and_offset(client: TestClient):
    """The other style of pages."""
    page = client.get("/limited?limit=2&offset=23").json()

    assert page == {"items": [23, 24], "total": 25, "limit": 2, "offset": 23}


def test_customised_page(client: TestClient):
    """A page with another default."""
    assert client.get("/small").json()["items"] == [0, 1, 2]


def test_links_lead_to_the_other_pages(client: TestClient):
    """Links keep the path of an included router; following them visits everything."""
    page = client.get("/router/linked?size=10").json()

    assert page["links"]["first"] == "/router/linked?size=10&page=1"
    assert page["links"]["prev"] is None
    seen = list(page["items"])
    while page["links"]["next"]:
        page = client.get(page["links"]["next"]).json()
        seen += page["items"]
    assert seen == list(range(25))


def test_pages_of_a_database(client: TestClient):
    """Rows from an asynchronous session become models."""
    page = client.get("/router/rows?page=2&size=2").json()

    assert page["items"] == [{"id": 3, "name": "row 3"}, {"id": 4, "name": "row 4"}]
    assert (page["total"], page["pages"]) == (25, 13)


def test_cursors_walk_through_everything(client: TestClient):
    """Each page names the next one."""
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(
            "/router/cursor", params={"size": 10} | ({"cursor": cursor} if cursor else {})
        ).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_page"]

    assert seen == list(range(1, 26))


def test_pages_are_documented(client: TestClient):
    """Parameters and models of the pages are in the document."""
    document = client.get("/openapi.json").json()

    operation = document["paths"]["/router/rows"]["get"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["page", "size"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    page = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert page["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Out"}
