from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from sqlmodel import Field, Session, SQLModel, select

app = FastAPI()


class HeroPublic(SQLModel):
    name: str


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    password: str


def get_session():
    with Session() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


@app.get("/heroes", response_model=list[HeroPublic])
def heroes(session: SessionDep):
    return session.exec(select(Hero)).all()


@app.get("/heroes/{hero_id}", response_model=HeroPublic)
def hero(hero_id: int, session: SessionDep) -> Hero | None:
    return session.get(Hero, hero_id)


@app.get("/count")
def count(session: SessionDep):
    return len(session.exec(select(Hero.id)).all())


@app.get("/admin", dependencies=[Depends(HTTPBearer())])
def admin(session: SessionDep):
    return session.exec(select(Hero)).first()
