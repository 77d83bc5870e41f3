# mistake: HTTPException is returned instead of raised
# asked: https://github.com/Klimadatastyrelsen/WEBPROJ/pull/71
# remedy: raise HTTPException
# trigger: GET /items/1
from fastapi import FastAPI, HTTPException

app = FastAPI()
ITEMS: dict[int, str] = {}


@app.get("/items/{item_id}")
def read_item(item_id: int):
    if item_id not in ITEMS:
        return HTTPException(status_code=404, detail="no such item")  # <-
    return ITEMS[item_id]
