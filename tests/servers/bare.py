"""The endpoints of the tests in `limits.py`, with Starlette alone."""

import os
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from tests.servers.application import BREAKS, LIMIT, note


@asynccontextmanager
async def lifespan(app):
    if os.environ.get(BREAKS):
        raise RuntimeError("this application does not start")
    note("started")
    yield {"greeting": "from the lifespan"}


def state(request):
    return JSONResponse(request.state.greeting)


def guarded(request):
    return Response(status_code=401)


async def limited(request):
    if int(request.headers.get("content-length", 0)) > LIMIT:
        return Response(status_code=413)
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > LIMIT:
            return Response(status_code=413)
    return JSONResponse(length)


async def echo(websocket):
    await websocket.accept()
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        pass
    note(f"left with {message['code']}")


app = Starlette(
    routes=[
        Route("/state", state),
        Route("/guarded", guarded, methods=["POST"]),
        Route("/limited", limited, methods=["POST"]),
        WebSocketRoute("/echo", echo),
    ],
    lifespan=lifespan,
)
