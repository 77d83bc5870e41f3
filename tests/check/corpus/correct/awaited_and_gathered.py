import asyncio

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


async def load(name: str) -> str:
    return name


async def stream():
    yield "x"


@app.get("/")
async def index(tasks: BackgroundTasks) -> list[str]:
    one = load("1")
    two = load("2")
    task = asyncio.create_task(load("3"))
    tasks.add_task(load, "4")
    later = load("5")
    return [*await asyncio.gather(one, two), await task, await later]


@app.get("/one")
async def first() -> str:
    return await load("1")


def schedule() -> "asyncio.Task[str]":
    return asyncio.ensure_future(load("x"))
