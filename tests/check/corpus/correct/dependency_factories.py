import functools
from collections.abc import Callable

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer

app = FastAPI()


def require(role: str) -> Callable[[], str]:
    def check() -> str:
        return role

    return check


def limited(times: int):
    async def limit():
        if times == 0:
            raise HTTPException(429)

    return limit


class Pager:
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, page: int = 1) -> int:
        return min(page, self.most)


def partial_of(size: int):
    return functools.partial(max, size)


@app.get("/a", dependencies=[Depends(limited(5)), Depends(HTTPBearer())])
def a(role: str = Depends(require("admin")), page: int = Depends(Pager(3))) -> str:
    return role * page


@app.get("/b", dependencies=[Depends(require(role="user"))])
def b() -> str:
    return "b"
