from fastapi import Depends, FastAPI

from . import errors

app = FastAPI()


def get_item(item_id: int):
    if item_id == 0:
        return errors.NotFound("item")  # SW601
    return item_id


@app.get("/items/{item_id}")
def read(item: int = Depends(get_item)) -> int:
    return item
