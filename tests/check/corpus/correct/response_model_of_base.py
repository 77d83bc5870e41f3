from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

app = FastAPI()


class Public(BaseModel):
    name: str


class Private(Public):
    notes: str = ""


class Record(BaseModel):
    name: str
    created: int


T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]


@app.get("/page", response_model=Page[Public])
def page() -> list[Private]:
    return []


@app.get("/sequence", response_model=list[Public])
def sequence() -> Sequence[Private]:
    return []


@app.get("/a", response_model=Public)
def a() -> Private:
    return Private(name="a")


@app.get("/b", response_model=Public)
def b() -> Any:
    return {"name": "b"}


@app.get("/c", response_model=Public)
def c() -> Record:
    return Record(name="c", created=1)


@app.get("/d", response_model=None)
def d(go: bool = False) -> Response | dict:
    return RedirectResponse("/") if go else {"x": 1}


@app.get("/e", response_model=list[Public])
def e() -> list[Private]:
    return []
