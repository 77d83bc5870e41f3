from typing import Annotated

from fastapi import Depends, FastAPI, Header, Query
from pydantic import BaseModel

app = FastAPI()
Tags = Annotated[list[str] | None, Query(max_length=5)]


class Filter(BaseModel):
    names: list[str] = []


def load() -> list[str]:
    return []


@app.get("/a")
def a(tags: Tags = None, old: list[int] = Query([]), x_token: Annotated[list[str] | None, Header()] = None) -> int:
    return len(old)


@app.get("/b")
def b(filter: Annotated[Filter, Query()], found: list[str] = Depends(load)) -> int:
    return len(found)


@app.post("/c")
def c(ids: list[int], filter: Filter) -> int:
    return len(ids)
