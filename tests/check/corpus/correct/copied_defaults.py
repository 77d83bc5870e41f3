from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel

app = FastAPI()


class Basket(BaseModel):
    items: list[str] = []


@app.get("/items")
def items(q: Annotated[list[str], Query()] = ["a", "b"]) -> list[str]:
    return q


@app.post("/basket")
def basket(basket: Basket, limits: tuple[int, ...] = (1, 2)) -> Basket:
    return basket
