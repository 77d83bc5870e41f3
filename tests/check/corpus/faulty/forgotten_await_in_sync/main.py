from fastapi import FastAPI

from . import store

app = FastAPI()


@app.get("/items/{item_id}")
def read(item_id: int):
    return store.load(item_id)  # SW404
