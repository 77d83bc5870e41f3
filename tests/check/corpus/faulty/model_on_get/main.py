from fastapi import FastAPI

from .schemas import Search

app = FastAPI()


@app.get("/search")
async def search(what: Search) -> int:  # SW203
    return what.limit
