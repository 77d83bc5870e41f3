# mistake: the class of the body does not derive from BaseModel
# asked: https://github.com/fastapi/fastapi/pull/14416
# remedy: class Item(BaseModel)
# trigger: import
from fastapi import FastAPI

app = FastAPI()


class Item:
    name: str
    price: float


@app.post("/items")  # <-
def create_item(item: Item):  # <-
    return item
