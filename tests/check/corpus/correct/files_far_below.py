import os

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

app = FastAPI()


def from_file(name: str) -> str:
    with open(name) as file:
        return file.read()


def secret(name: str) -> str:
    return from_file(f"/run/secrets/{name}") if os.environ.get("FILES") else os.environ[name]


def settings() -> str:
    return secret("A") + secret("B")


@app.get("/settings")
async def read_settings() -> str:
    return settings()


@app.put("/{name}/text", dependencies=[Depends(HTTPBearer())])
def write(name: str) -> str:
    return name


@app.post("/{kind}/hit")
def hit(kind: str) -> str:
    return kind
