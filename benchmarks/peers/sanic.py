"""Sanic: routing, requests and responses; validation by hand. Driven through its ASGI interface, or its own server."""

import asyncio

from sanic import HTTPResponse, Sanic
from sanic.response import json

from benchmarks import by_hand


async def hello(_):
    return json({"message": "Hello World"})


async def path_and_query(request, item_id):
    return json(by_hand.item_parameters(item_id, {name: values[-1] for name, values in request.args.items()}))


async def body(request):
    await request.receive_body()
    status, content = by_hand.stored(request.body)
    return HTTPResponse(content, status, content_type="application/json")


async def dependencies(request):
    return json(await by_hand.user_of(request.headers["x-token"]))


async def models(_):
    return HTTPResponse(by_hand.hundred_models(), content_type="application/json")


async def synchronous(request):
    limit = by_hand.NUMBER.validate_python(request.args.get("limit"))
    return json(await asyncio.to_thread(by_hand.page_of, limit))


async def thing(_, thing_id):
    return json({"thing_id": by_hand.NUMBER.validate_python(thing_id)})


def application():
    return Sanic("benchmark", configure_logging=False)


def one(path, handler, method="GET"):
    def build():
        app = application()
        app.add_route(handler, path, methods=[method])
        return app

    return build


def many(number):
    def build():
        app = application()
        for n in range(number):
            app.add_route(thing, f"/group-{n}/things/<thing_id>", name=f"thing_{n}")
        return app

    return build


APPLICATIONS = {
    "hello": one("/", hello),
    "path-query": one("/items/<item_id>", path_and_query),
    "body": one("/items", body, "POST"),
    "dependencies": one("/me", dependencies),
    "models-100": one("/items", models),
    "sync": one("/sync", synchronous),
    "routes-1": many(1),
    "routes-10": many(10),
    "routes-100": many(100),
    "routes-500": many(500),
    "invalid": one("/items", body, "POST"),
}
