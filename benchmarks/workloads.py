"""What is measured: an application, written once for both frameworks, and the request it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel

from benchmarks import limits
from benchmarks.asgi import Application, Request
from benchmarks.frameworks import Framework

# So many routes, only the last of which is asked for, against that route alone.
MANY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One request, the application that answers it, and a hand-written handler that does the same validation."""

    name: str
    request: Request
    build: Callable[[Framework], Application]
    limit: Application
    baseline: Callable[[Framework], Application] | None = field(default=None)
    """An application whose cost the cost of this one is compared with, in the same framework."""


class Item(BaseModel):
    """A body of the usual size."""

    name: str
    price: float
    description: str | None = None
    tags: list[str] = []


class StoredItem(Item):
    """What the answer tells about an item."""

    id: int


def hello(framework: Framework) -> Application:
    """Answer a constant dict as JSON."""
    app: Any = framework.application()

    @app.get("/")
    async def read_root():
        return {"message": "Hello World"}

    return app


def path_and_query(framework: Framework) -> Application:
    """Validate an integer of the path, and a string and an integer of the query string."""
    app: Any = framework.application()

    @app.get("/items/{item_id}")
    async def read_item(item_id: int, search: str, limit: int = 100):
        return {"item_id": item_id, "search": search, "limit": limit}

    return app


def body(framework: Framework) -> Application:
    """Validate a JSON body, and answer through a response model that is another one."""
    app: Any = framework.application()

    @app.post("/items")
    async def create_item(item: Item) -> StoredItem:
        return StoredItem(id=1, **item.__dict__)

    return app


def dependencies(framework: Framework) -> Application:
    """Resolve a chain of three asynchronous dependencies, the first of which reads a header."""
    app: Any = framework.application()
    depends, header = framework.public.Depends, framework.public.Header

    async def get_token(x_token: Annotated[str, header()]):
        return x_token

    async def get_user(token: Annotated[str, depends(get_token)]):
        return {"name": token}

    async def get_active_user(user: Annotated[dict[str, str], depends(get_user)]):
        return user

    @app.get("/me")
    async def read_me(user: Annotated[dict[str, str], depends(get_active_user)]):
        return user

    return app


def routes(numbers: range) -> Callable[[Framework], Application]:
    """Give an application with a route for each of the numbers."""

    def build(framework: Framework) -> Application:
        app: Any = framework.application()

        async def read_thing(thing_id: int):
            return {"thing_id": thing_id}

        for number in numbers:
            app.add_api_route(f"/group-{number}/things/{{thing_id}}", read_thing, methods=["GET"])
        return app

    return build


WORKLOADS = (
    Workload(name="json-hello", request=Request("GET", "/"), build=hello, limit=limits.hello),
    Workload(
        name="path-and-query",
        request=Request("GET", "/items/42", query=b"search=blue+shoes&limit=10"),
        build=path_and_query,
        limit=limits.path_and_query,
    ),
    Workload(
        name="body-and-response-model",
        request=Request(
            "POST",
            "/items",
            headers=((b"content-type", b"application/json"),),
            body=b'{"name": "Plumbus", "price": 42.5, "description": "A plumbus", "tags": ["home", "blue"]}',
        ),
        build=body,
        limit=limits.body(Item, StoredItem),
    ),
    Workload(
        name="three-dependencies",
        request=Request("GET", "/me", headers=((b"x-token", b"Rick"),)),
        build=dependencies,
        limit=limits.dependencies,
    ),
    Workload(
        name=f"last-of-{MANY}-routes",
        request=Request("GET", f"/group-{MANY - 1}/things/7"),
        build=routes(range(MANY)),
        limit=limits.last_route,
        baseline=routes(range(MANY - 1, MANY)),
    ),
)
