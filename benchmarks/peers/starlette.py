"""Starlette: routing, requests and responses; validation by hand."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks import by_hand


class AddHeader:
    """An ASGI middleware that adds a header."""

    def __init__(self, app, header):
        self.app = app
        self.header = header

    async def __call__(self, scope, receive, send):
        async def adding(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.header]
            await send(message)

        await self.app(scope, receive, adding)


async def add_header(request, call_next):
    response = await call_next(request)
    response.headers["x-process"] = "1"
    return response


async def hello(_):
    return JSONResponse({"message": "Hello World"})


async def path_and_query(request):
    found = by_hand.item_parameters(request.path_params["item_id"], request.query_params)
    return JSONResponse(found)


async def body(request):
    status, content = by_hand.stored(await request.body())
    return Response(content, status, media_type="application/json")


async def dependencies(request):
    return JSONResponse(await by_hand.user_of(request.headers["x-token"]))


async def models(_):
    return Response(by_hand.hundred_models(), media_type="application/json")


async def synchronous(request):
    limit = by_hand.NUMBER.validate_python(request.query_params["limit"])
    return JSONResponse(await run_in_threadpool(by_hand.page_of, limit))


async def thing(request):
    return JSONResponse({"thing_id": by_hand.NUMBER.validate_python(request.path_params["thing_id"])})


def one(path, endpoint, method="GET"):
    return lambda: Starlette(routes=[Route(path, endpoint, methods=[method])])


def many(number):
    return lambda: Starlette(routes=[Route(f"/group-{n}/things/{{thing_id}}", thing) for n in range(number)])


def middlewares():
    layers = [
        Middleware(CORSMiddleware, allow_origins=["https://example.com"]),
        *(Middleware(AddHeader, header=(name, b"1")) for name in (b"x-three", b"x-two", b"x-one")),
        Middleware(BaseHTTPMiddleware, dispatch=add_header),
    ]
    return Starlette(routes=[Route("/", hello)], middleware=layers)


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
