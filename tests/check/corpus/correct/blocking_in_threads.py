import asyncio
import time

import anyio
import requests
from fastapi import BackgroundTasks, FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()


def slow() -> int:
    time.sleep(1)
    return 1


@app.get("/sync")
def sync() -> int:
    time.sleep(0.1)
    with open("x") as file:
        return len(file.read()) + requests.get("https://x.example").status_code


@app.get("/pool")
async def pool(tasks: BackgroundTasks) -> int:
    tasks.add_task(slow)
    first = await run_in_threadpool(slow)
    second = await asyncio.to_thread(slow)
    third = await anyio.to_thread.run_sync(lambda: time.sleep(1))
    await asyncio.sleep(1)
    return first + second + (third or 0)
