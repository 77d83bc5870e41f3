"""What is served: an endpoint for each thing in which servers differ. What happens inside is told to the test."""

import os
import socket
from contextlib import asynccontextmanager
from typing import Annotated

import anyio

from straightway import (
    Body,
    Depends,
    Header,
    HTTPException,
    Request,
    Response,
    Straightway,
    WebSocket,
    WebSocketDisconnect,
)
from straightway.responses import StreamingResponse
from straightway.sse import EventSourceResponse

NOTES = "STRAIGHTWAY_TEST_NOTES"
"""The environment variable that names the socket on which the test listens."""

BREAKS = "STRAIGHTWAY_TEST_BREAKS"
"""The environment variable that has the start fail."""

LIMIT = 100_000

notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)


def note(text):
    """Tell the test."""
    notes.sendto(text.encode(), os.environ[NOTES])


@asynccontextmanager
async def lifespan(app):
    """Note start and stop; leave something for the requests."""
    if os.environ.get(BREAKS):
        raise RuntimeError("this application does not start")
    note("started")
    yield {"greeting": "from the lifespan"}
    note("stopped")


app = Straightway(lifespan=lifespan)


def authorised(authorization: Annotated[str | None, Header()] = None):
    """Refuse everybody who does not say who they are."""
    if authorization is None:
        raise HTTPException(401, "who are you?", {"WWW-Authenticate": "Bearer"})


@app.get("/state")
def state(request: Request):
    return request.state.greeting


@app.post("/length")
async def length(request: Request):
    return len(await request.body())


@app.post("/limited", max_body_size=LIMIT)
def limited(text: Annotated[str, Body()]):
    return len(text)


@app.post("/guarded", dependencies=[Depends(authorised)])
def guarded(text: Annotated[str, Body()]):
    return len(text)


@app.get("/smuggled")
def smuggled():
    note("smuggled")


@app.api_route("/both", methods=["GET", "HEAD"])
def both():
    return "x" * 1000


@app.api_route("/both-streamed", methods=["GET", "HEAD"])
def both_streamed():
    return StreamingResponse(iter([b"x" * 1000] * 3))


@app.delete("/nothing", status_code=204)
def nothing():
    return Response(status_code=204)


@app.get("/unchanged")
def unchanged():
    return Response(status_code=304, headers={"etag": '"1"'})


async def lasting():
    """Note when the request is over."""
    try:
        yield
    finally:
        note("closed")


@app.get("/endless", dependencies=[Depends(lasting)])
async def endless():
    async def chunks():
        while True:
            yield b"chunk " * 1000
            await anyio.lowlevel.checkpoint()

    return StreamingResponse(chunks())


@app.get("/events", response_class=EventSourceResponse, dependencies=[Depends(lasting)])
async def events():
    yield {"number": 1}
    await anyio.sleep_forever()


def begun():
    """Note that the request has arrived, before its body has."""
    note("begun")


@app.post("/upload", dependencies=[Depends(lasting), Depends(begun)])
async def upload(text: Annotated[str, Body()]):
    return len(text)


@app.get("/where", name="where")
def where(request: Request):
    return {
        "url": str(request.url_for("where")),
        "root_path": request.scope["root_path"],
        "client": request.client.host,
    }


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    wanted = websocket.scope["subprotocols"]
    await websocket.accept(subprotocol="chat" if "chat" in wanted else None)
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                note(f"left with {message['code']}")
                return
            if (text := message.get("text")) is not None:
                await websocket.send_text(text)
            else:
                await websocket.send_bytes(message["bytes"])
    except WebSocketDisconnect as error:
        note(f"left with {error.code}")


@app.websocket("/close")
async def close(websocket: WebSocket):
    await websocket.accept()
    await websocket.close(4001, "enough")


@app.websocket("/denied")
async def denied(websocket: WebSocket):
    await websocket.close(1008)


@app.websocket("/invalid")
async def invalid(websocket: WebSocket, number: int):
    await websocket.accept()
