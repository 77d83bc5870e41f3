import httpx
from fastapi import FastAPI

app = FastAPI()


class Requests:
    def get(self, name: str) -> str:
        return name


class Clock:
    def sleep(self, seconds: int) -> int:
        return seconds


requests = Requests()
time = Clock()


def open(name: str) -> str:
    return name


@app.get("/")
async def index() -> str:
    time.sleep(3)
    async with httpx.AsyncClient() as client:
        await client.get("https://x.example")
    return requests.get(open("x"))
