# mistake: an async function is called without await, and its coroutine is returned
# asked: https://github.com/fastapi/fastapi/issues/1921
# remedy: await load_item(item_id)
# trigger: GET /items/1
from fastapi import FastAPI

app = FastAPI()


async def load_item(item_id: int):
    return {"id": item_id}


@app.get("/items/{item_id}")
async def read_item(item_id: int):
    item = load_item(item_id)  # <-
    return item
