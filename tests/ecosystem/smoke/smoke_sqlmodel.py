"""SQLModel: one class for table and model, and an application that reads and writes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from fastapi.testclient import TestClient
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select


class CrewBase(SQLModel):
    """What is known of a crew."""

    name: str = Field(index=True, unique=True, min_length=2)
    harbour: str


class Crew(CrewBase, table=True):
    """A crew in the database."""

    id: int | None = Field(default=None, primary_key=True)
    sailors: list["Sailor"] = Relationship(back_populates="crew", cascade_delete=True)


class SailorBase(SQLModel):
    """What is known of a sailor."""

    name: str = Field(index=True)
    age: int | None = Field(default=None, ge=14)
    crew_id: int | None = Field(default=None, foreign_key="crew.id")


class Sailor(SailorBase, table=True):
    """A sailor in the database."""

    id: int | None = Field(default=None, primary_key=True)
    password: str
    crew: Crew | None = Relationship(back_populates="sailors")


class CrewOut(CrewBase):
    """A crew as it is shown."""

    id: int


class SailorIn(SailorBase):
    """A sailor as it is sent."""

    password: str


class SailorChange(SQLModel):
    """What can be changed, all of it optional."""

    name: str | None = None
    age: int | None = Field(default=None, ge=14)


class SailorOut(SailorBase):
    """A sailor as it is shown, without password."""

    id: int


class SailorWithCrew(SailorOut):
    """A sailor and the crew."""

    crew: CrewOut | None = None


class CrewWithSailors(CrewOut):
    """A crew and its sailors."""

    sailors: list[SailorOut] = []


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Make the application on an empty database file."""
    engine = create_engine(f"sqlite:///{tmp_path}/fleet.db")

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    In = Annotated[Session, Depends(session)]
    app = FastAPI()
    app.router.add_event_handler("startup", lambda: SQLModel.metadata.create_all(engine))
    sailors = APIRouter(prefix="/sailors", tags=["sailors"])

    @app.post("/crews", response_model=CrewOut, status_code=201)
    def create_crew(crew: CrewBase, session: In):
        created = Crew.model_validate(crew)
        session.add(created)
        session.commit()
        session.refresh(created)
        return created

    @app.get("/crews/{number}", response_model=CrewWithSailors)
    def read_crew(number: int, session: In):
        return found(session, Crew, number)

    @app.delete("/crews/{number}", status_code=204)
    def delete_crew(number: int, session: In) -> None:
        session.delete(found(session, Crew, number))
        session.commit()

    @sailors.post("", response_model=SailorOut, status_code=201)
    def create(sailor: SailorIn, session: In):
        created = Sailor.model_validate(sailor)
        session.add(created)
        session.commit()
        session.refresh(created)
        return created

    @sailors.get("", response_model=list[SailorOut])
    def listed(session: In, offset: int = 0, limit: int = Query(default=100, le=100)):
        return session.exec(select(Sailor).order_by(Sailor.name).offset(offset).limit(limit)).all()

    @sailors.get("/{number}", response_model=SailorWithCrew)
    def read(number: int, session: In):
        return found(session, Sailor, number)

    @sailors.patch("/{number}")
    def change(number: int, changes: SailorChange, session: In) -> SailorOut:
        sailor = found(session, Sailor, number)
        sailor.sqlmodel_update(changes.model_dump(exclude_unset=True))
        session.add(sailor)
        session.commit()
        session.refresh(sailor)
        return sailor

    def found(session: Session, kind: type[SQLModel], number: int):
        if row := session.get(kind, number):
            return row
        raise HTTPException(404, f"no such {kind.__name__.lower()}")

    app.include_router(sailors)
    with TestClient(app) as client:
        yield client
    engine.dispose()


def add(client: TestClient, **sailor: object) -> int:
    """Create a sailor and give the number."""
    answer = client.post("/sailors", json={"password": "secret"} | sailor)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_rows_are_written_and_shown_without_secrets(client: TestClient):
    """The models of input, table and output differ."""
    answer = client.post("/sailors", json={"name": "Ada", "age": 30, "password": "secret"})

    assert answer.json() == {"id": 1, "name": "Ada", "age": 30, "crew_id": None}
    assert client.get("/sailors/1").json() == {
        "id": 1,
        "name": "Ada",
        "age": 30,
        "crew_id": None,
        "crew": None,
    }
    assert client.get("/sailors/2").json() == {"detail": "no such sailor"}


def test_relations_are_read_while_the_answer_is_made(client: TestClient):
    """The session is open until the answer has been serialised: lazy relations are loaded then."""
    crew = client.post("/crews", json={"name": "Storks", "harbour": "Kiel"}).json()
    numbers = [add(client, name=name, crew_id=crew["id"]) for name in ("Ada", "Ben")]

    assert client.get(f"/sailors/{numbers[0]}").json()["crew"] == crew
    shown = client.get(f"/crews/{crew['id']}").json()
    assert [sailor["name"] for sailor in shown["sailors"]] == ["Ada", "Ben"]


def test_pages_and_changes(client: TestClient):
    """Offset and limit page; a change touches what was sent only."""
    for name in ("Cem", "Ada", "Ben"):
        add(client, name=name, age=20)

    page = client.get("/sailors", params={"offset": 1, "limit": 2}).json()
    changed = client.patch("/sailors/1", json={"name": "Cora"}).json()

    assert [sailor["name"] for sailor in page] == ["Ben", "Cem"]
    assert (changed["name"], changed["age"]) == ("Cora", 20)
    assert client.get("/sailors?limit=101").status_code == 422


def test_rejections_name_the_field(client: TestClient):
    """Constraints of the fields are those of the interface."""
    short = client.post("/crews", json={"name": "S", "harbour": "Kiel"})
    young = client.patch("/sailors/1", json={"age": 3})

    assert [error["loc"] for error in short.json()["detail"]] == [["body", "name"]]
    assert young.json()["detail"][0]["type"] == "greater_than_equal"


def test_failed_request_leaves_nothing_behind(client: TestClient):
    """A violated constraint of the database is a 500, and the next request has a session that works."""
    cautious = TestClient(client.app, raise_server_exceptions=False)
    crew = {"name": "Storks", "harbour": "Kiel"}

    assert [cautious.post("/crews", json=crew).status_code for _ in range(2)] == [201, 500]
    assert client.get("/crews/1").json()["name"] == "Storks"
    assert client.delete("/crews/1").status_code == 204
    assert client.get("/crews/1").status_code == 404


def test_models_are_documented(client: TestClient):
    """Input and output of the tables are components; the table itself is not."""
    document = client.get("/openapi.json").json()

    schemas = document["components"]["schemas"]
    assert {
        "CrewBase",
        "CrewOut",
        "SailorIn",
        "SailorOut",
        "SailorWithCrew",
        "SailorChange",
    } <= schemas.keys()
    assert not {"Crew", "Sailor"} & schemas.keys()
    assert schemas["CrewBase"]["properties"]["name"]["minLength"] == 2
    assert "password" not in schemas["SailorOut"]["properties"]
