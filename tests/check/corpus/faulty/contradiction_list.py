from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


@app.get("/items", response_model=Item)  # SW504
def items() -> list[Item]:
    return []
