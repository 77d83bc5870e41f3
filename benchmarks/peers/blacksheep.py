"""BlackSheep: parameters and bodies bound by their annotations; validation of bodies by hand, as of the answers."""

import asyncio

from blacksheep import Application, Content, FromHeader, Request, Response, Router, json

from benchmarks import by_hand


class Token(FromHeader[str]):
    name = "x-token"


async def hello():
    return json({"message": "Hello World"})


async def path_and_query(item_id: int, search: str, limit: int = 100):
    return json({"item_id": item_id, "search": search, "limit": limit})


async def body(request: Request):
    status, content = by_hand.stored(await request.read())
    return Response(status, content=Content(b"application/json", content))


async def dependencies(token: Token):
    return json(await by_hand.user_of(token.value))


async def models():
    return Response(200, content=Content(b"application/json", by_hand.hundred_models()))


async def synchronous(limit: int):
    return json(await asyncio.to_thread(by_hand.page_of, limit))


async def thing(thing_id: int):
    return json({"thing_id": thing_id})


def adding(name):
    async def add_header(request, handler):
        response = await handler(request)
        response.headers.add(name, b"1")
        return response

    return add_header


def one(path, handler, method="GET"):
    def build():
        app = Application(router=Router())
        app.router.add(method, path, handler)
        return app

    return build


def many(number):
    def build():
        app = Application(router=Router())
        for n in range(number):
            app.router.add("GET", f"/group-{n}/things/{{thing_id}}", thing)
        return app

    return build


def middlewares():
    app = one("/", hello)()
    app.use_cors(allow_methods="*", allow_origins="https://example.com")
    app.middlewares.extend(adding(name) for name in (b"x-one", b"x-two", b"x-three", b"x-process"))
    return app


APPLICATIONS = {
    "hello": one("/", hello),
    "path-query": one("/items/{item_id}", path_and_query),
    "body": one("/items", body, "POST"),
    "dependencies": one("/me", dependencies),
    "models-100": one("/items", models),
    "sync": one("/sync", synchronous),
    "routes-1": many(1),
    "routes-10": many(10),
    "routes-100": many(100),
    "routes-500": many(500),
    "routes-5000": many(5000),
    "invalid": one("/items", body, "POST"),
    "five-middlewares": middlewares,
}
