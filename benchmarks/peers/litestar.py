"""Litestar: validation, injection and serialisation of its own, with Pydantic's models through its plugin."""

from typing import Annotated, Any

from litestar import Litestar, get, post
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.params import Parameter

from benchmarks.models import ITEMS, Item, StoredItem


@get("/")
async def hello() -> dict[str, str]:
    return {"message": "Hello World"}


@get("/items/{item_id:int}")
async def path_and_query(item_id: int, search: str, limit: int = 100) -> dict[str, Any]:
    return {"item_id": item_id, "search": search, "limit": limit}


@post("/items", status_code=200)
async def body(data: Item) -> StoredItem:
    return StoredItem(id=1, **data.__dict__)


async def get_token(x_token: Annotated[str, Parameter(header="x-token")]) -> str:
    return x_token


async def get_user(token: str) -> dict[str, str]:
    return {"name": token}


async def get_active_user(user: dict[str, str]) -> dict[str, str]:
    return user


@get(
    "/me",
    dependencies={
        "token": Provide(get_token),
        "user": Provide(get_user),
        "active": Provide(get_active_user),
    },
)
async def dependencies(active: dict[str, str]) -> dict[str, str]:
    return active


@get("/items")
async def models() -> list[StoredItem]:
    return ITEMS


def get_limit(limit: int = 100) -> int:
    return limit


def get_page(only: int) -> dict[str, int]:
    return {"limit": only}


@get(
    "/sync",
    sync_to_thread=True,
    dependencies={
        "only": Provide(get_limit, sync_to_thread=True),
        "page": Provide(get_page, sync_to_thread=True),
    },
)
def synchronous(page: dict[str, int]) -> dict[str, int]:
    return page


def thing(number):
    @get(f"/group-{number}/things/{{thing_id:int}}")
    async def read_thing(thing_id: int) -> dict[str, int]:
        return {"thing_id": thing_id}

    return read_thing


class AddHeader:
    def __init__(self, app, header):
        self.app = app
        self.header = header

    async def __call__(self, scope, receive, send):
        async def adding(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.header]
            await send(message)

        await self.app(scope, receive, adding)


def one(handler):
    return lambda: Litestar([handler])


def many(number):
    return lambda: Litestar([thing(n) for n in range(number)])


def middlewares():
    names = (b"x-one", b"x-two", b"x-three", b"x-process")
    return Litestar(
        [hello],
        middleware=[DefineMiddleware(AddHeader, header=(name, b"1")) for name in names],
        cors_config=CORSConfig(allow_origins=["https://example.com"]),
    )


APPLICATIONS = {
    "hello": one(hello),
    "path-query": one(path_and_query),
    "body": one(body),
    "dependencies": one(dependencies),
    "models-100": one(models),
    "sync": one(synchronous),
    "routes-1": many(1),
    "routes-10": many(10),
    "routes-100": many(100),
    "routes-500": many(500),
    "routes-5000": many(5000),
    "invalid": one(body),
    "five-middlewares": middlewares,
}
