"""An application with an endpoint for each way in which a request is read and answered."""

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import Annotated

from pydantic import BaseModel

from straightway import (
    BackgroundTasks,
    Cookie,
    Depends,
    Form,
    Header,
    HTTPException,
    Query,
    Request,
    Response,
    Straightway,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
)
from straightway.responses import PlainTextResponse, RedirectResponse, StreamingResponse

events = []


@asynccontextmanager
async def lifespan(app):
    """Leave something for requests, and note the end."""
    yield {"left": "by the lifespan"}
    sys.stderr.write("lifespan ended\n")


app = Straightway(lifespan=lifespan)
limited = Straightway()
app.mount("/mounted", limited)


class Item(BaseModel):
    """What is sent and returned."""

    name: str
    price: float


@app.get("/")
async def hello():
    """Answer a constant."""
    return {"message": "Hello"}


@app.get("/items/{item_id}")
async def read_item(item_id: int, search: str, limit: int = 10):
    """Read path and query."""
    return {"item_id": item_id, "search": search, "limit": limit}


@app.get("/lists")
async def read_lists(many: Annotated[list[str], Query()], x_many: Annotated[list[str], Header()] = ()):
    """Read repeated values."""
    return [many, x_many]


@app.get("/headers")
def read_headers(x_a: Annotated[str, Header()], session: Annotated[str | None, Cookie()] = None):
    """Read a header and a cookie, in a thread."""
    return [x_a, session]


@app.post("/items")
async def create_item(item: Item) -> Item:
    """Read and write a model."""
    return item


@app.post("/limited", max_body_size=10)
async def create_small(item: dict):
    """Read a body that has a limit."""
    return item


@app.post("/raw")
async def read_raw(request: Request):
    """Ask for the request itself."""
    body = await request.body()
    return [len(body), request.client.host, request.state.left, request.url.path, request.scope["type"]]


@app.post("/form")
async def read_form(name: Annotated[str, Form()], file: UploadFile | None = None):
    """Read a form."""
    return [name, file and [file.filename, len(await file.read())]]


def opened():
    """Yield for the length of a request."""
    events.append("opened")
    yield "value"
    events.append("closed")


@app.get("/dependency")
async def with_dependency(value: Annotated[str, Depends(opened)]):
    """Depend on something that is closed after the response."""
    return value


@app.get("/background")
async def with_background(tasks: BackgroundTasks):
    """Leave a task."""
    tasks.add_task(events.append, "task")


@app.get("/events")
async def read_events():
    """Tell what has happened since the last time."""
    seen, events[:] = list(events), []
    return seen


@app.get("/stream")
async def stream():
    """Answer in pieces."""

    async def pieces():
        for number in range(3):
            yield f"{number}\n"
            await asyncio.sleep(0)

    return StreamingResponse(pieces())


@app.get("/endless")
async def endless():
    """Answer until the client leaves."""

    async def pieces():
        try:
            while True:
                yield b"x" * 10_000
                await asyncio.sleep(0)
        finally:
            events.append("left")

    return StreamingResponse(pieces())


@app.get("/waiting")
async def waiting():
    """Answer a first piece, and wait."""

    async def pieces():
        try:
            yield b"first"
            await asyncio.Event().wait()
        finally:
            events.append("left")

    return StreamingResponse(pieces())


@app.get("/halfway")
async def halfway():
    """Fail in the middle of the answer."""

    async def pieces():
        yield b"half"
        raise ValueError("failed halfway on purpose")

    return StreamingResponse(pieces())


@app.api_route("/both", methods=["GET", "HEAD"], include_in_schema=False)
async def both():
    """Answer in pieces, also where nobody wants them."""

    async def pieces():
        for _ in range(3):
            yield b"piece"
        events.append("all pieces")

    return StreamingResponse(pieces(), headers={"x-pieces": "3"})


@app.post("/pieces")
async def read_pieces(request: Request):
    """Read a body piece by piece."""
    return sum([len(piece) async for piece in request.stream()])


@app.get("/lines")
async def lines():
    """Answer JSON Lines."""
    for number in range(3):
        yield {"number": number}


@app.get("/refused")
async def refused():
    """Raise an HTTP error."""
    raise HTTPException(418, "a teapot", headers={"x-pot": "tea"})


@app.get("/broken")
async def broken():
    """Raise an error that nobody handles."""
    raise ValueError("broken on purpose")


@app.get("/text")
async def text():
    """Answer with a response of one's own."""
    return PlainTextResponse("text", headers={"x-text": "plain"})


@app.get("/elsewhere")
async def elsewhere():
    """Answer with a redirect."""
    return RedirectResponse("/")


@app.get("/cookies", status_code=201)
async def set_cookies(response: Response):
    """Set two cookies on the injected response."""
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return {}


@app.delete("/nothing", status_code=204)
async def nothing():
    """Answer without a body."""


@limited.get("/")
async def mounted(request: Request):
    """Answer below a mount."""
    return request.scope["root_path"]


@app.websocket("/echo")
async def echo(socket: WebSocket, mark: int = 0):
    """Send back what comes until it is told to stop."""
    await socket.accept()
    try:
        while (received := await socket.receive_text()) != "stop":
            await socket.send_json([received, mark, socket.state.left])
            await socket.send_bytes(received.encode())
        await socket.close(1000)
    except WebSocketDisconnect:
        events.append("socket left")


@app.websocket("/pushing")
async def push(socket: WebSocket):
    """Send until it fails, also after somebody else has read that the client has gone."""
    await socket.accept()
    reading = asyncio.create_task(socket.receive())
    try:
        while True:
            await socket.send_text("x")
            await asyncio.sleep(0.001)
    except WebSocketDisconnect:
        events.append("pushed")
    finally:
        await reading


@app.websocket("/unwatched")
async def unwatched(socket: WebSocket):
    """Read until the client leaves, which nobody handles."""
    await socket.accept()
    try:
        while True:
            await socket.receive_text()
    finally:
        events.append("unwatched left")


@app.websocket("/unauthorized")
async def unauthorized(socket: WebSocket):
    """Refuse the connection with a status."""
    raise HTTPException(401)


@app.websocket("/closed")
async def closed(socket: WebSocket):
    """Refuse the connection."""
    await socket.close()


layered = Straightway()
layered.mount("/", app)


@layered.middleware("http")
async def add_header(request: Request, call_next):
    """Add a header to every response."""
    response = await call_next(request)
    response.headers["x-layer"] = "1"
    return response
