import time

from fastapi import FastAPI

app = FastAPI()


async def retry() -> int:
    for attempt in range(3):
        time.sleep(attempt)  # SW401
    return 3


@app.get("/")
async def index() -> int:
    return await retry()
