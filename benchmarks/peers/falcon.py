"""Falcon: compiled routing, requests and responses; validation by hand."""

import falcon
import falcon.asgi

from benchmarks import by_hand


class Hello:
    async def on_get(self, _, resp):
        resp.media = {"message": "Hello World"}


class PathAndQuery:
    async def on_get(self, req, resp, item_id):
        resp.media = by_hand.item_parameters(item_id, req.params)


class Body:
    async def on_post(self, req, resp):
        resp.status, resp.data = by_hand.stored(await req.stream.read())
        resp.content_type = falcon.MEDIA_JSON


class Dependencies:
    async def on_get(self, req, resp):
        resp.media = await by_hand.user_of(req.get_header("x-token"))


class Models:
    async def on_get(self, _, resp):
        resp.data = by_hand.hundred_models()
        resp.content_type = falcon.MEDIA_JSON


class Synchronous:
    async def on_get(self, req, resp):
        limit = by_hand.NUMBER.validate_python(req.get_param("limit"))
        resp.media = await falcon.sync_to_async(by_hand.page_of, limit)


class Thing:
    async def on_get(self, _, resp, thing_id):
        resp.media = {"thing_id": by_hand.NUMBER.validate_python(thing_id)}


class AddHeader:
    def __init__(self, name):
        self.name = name

    async def process_response(self, _req, resp, _resource, _succeeded):
        resp.set_header(self.name, "1")


def one(path, resource, middleware=None):
    def build():
        app = falcon.asgi.App(middleware=middleware)
        app.add_route(path, resource)
        return app

    return build


def many(number):
    def build():
        app = falcon.asgi.App()
        for n in range(number):
            app.add_route(f"/group-{n}/things/{{thing_id}}", Thing())
        return app

    return build


LAYERS = [
    falcon.CORSMiddleware(allow_origins="https://example.com"),
    *(AddHeader(name) for name in ("x-one", "x-two", "x-three", "x-process")),
]

APPLICATIONS = {
    "hello": one("/", Hello()),
    "path-query": one("/items/{item_id}", PathAndQuery()),
    "body": one("/items", Body()),
    "dependencies": one("/me", Dependencies()),
    "models-100": one("/items", Models()),
    "sync": one("/sync", Synchronous()),
    "routes-1": many(1),
    "routes-10": many(10),
    "routes-100": many(100),
    "routes-500": many(500),
    "routes-5000": many(5000),
    "invalid": one("/items", Body()),
    "five-middlewares": one("/", Hello(), LAYERS),
}
