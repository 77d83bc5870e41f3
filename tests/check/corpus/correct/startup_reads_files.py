import json
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app: FastAPI):
    with open("data.json") as file:
        app.state.words = json.load(file)
    app.state.text = Path("text").read_text()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def index() -> int:
    return 1
