from datetime import UTC, datetime
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query

app = FastAPI()

RECIPES = {1: "Bread", 2: "Soup"}


@app.get("/recipes/{number}")
def read_recipe(number: int, guests: Annotated[int, Query(ge=1, le=100)] = 2):
    if number not in RECIPES:
        raise HTTPException(404, "There is no such recipe")
    return {"name": RECIPES[number], "flour": 62.5 * guests, "read_at": datetime.now(UTC)}


@app.delete("/recipes/{number}", status_code=204)
def delete_recipe(number: int):
    RECIPES.pop(number, None)
