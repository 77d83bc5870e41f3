# mistake: an option of the decorator is misspelt
# remedy: response_model=
# trigger: import
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str


@app.get("/items", respnse_model=list[Item])  # <-
def list_items():
    return []
