"""The applications that are measured, written once for FastAPI and Straightway: what differs is who imports them."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from threading import BoundedSemaphore
from typing import Annotated, Any

from starlette.middleware.cors import CORSMiddleware
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.asgi import Application, Message, Receive, Scope, Send
from benchmarks.frameworks import Framework
from benchmarks.models import ITEMS, ROWS, Account, Item, Order, Session, StoredItem

Build = Callable[[Framework], Application]


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


def hundred_models(framework: Framework) -> Application:
    """Answer a hundred models through the response model."""
    app: Any = framework.application()

    @app.get("/items")
    async def list_items() -> list[StoredItem]:
        return ITEMS

    return app


def thousand_dicts(framework: Framework) -> Application:
    """Answer a thousand dicts of which nothing is declared."""
    app: Any = framework.application()

    @app.get("/rows")
    async def list_rows():
        return ROWS

    return app


def synchronous(framework: Framework) -> Application:
    """Call a synchronous endpoint with two synchronous dependencies."""
    app: Any = framework.application()
    depends = framework.public.Depends

    def get_limit(limit: int = 100):
        return limit

    def get_page(limit: Annotated[int, depends(get_limit)]):
        return {"limit": limit}

    @app.get("/sync")
    def read_sync(page: Annotated[dict[str, int], depends(get_page)]):
        return page

    return app


def asynchronous_yield(framework: Framework) -> Application:
    """Open and close an asynchronous dependency around an endpoint."""
    app: Any = framework.application()
    depends = framework.public.Depends

    async def get_session() -> AsyncIterator[Session]:
        session = Session()
        try:
            yield session
        finally:
            session.close()

    @app.get("/session")
    async def read_session(session: Annotated[Session, depends(get_session)]):
        return {"closed": session.closed}

    return app


def synchronous_yield(framework: Framework) -> Application:
    """Open and close a synchronous dependency around a synchronous endpoint."""
    app: Any = framework.application()
    depends = framework.public.Depends

    def get_session() -> Iterator[Session]:
        session = Session()
        try:
            yield session
        finally:
            session.close()

    @app.get("/session")
    def read_session(session: Annotated[Session, depends(get_session)]):
        return {"closed": session.closed}

    return app


def routes(numbers: range) -> Build:
    """Give an application with a route for each of the numbers."""

    def build(framework: Framework) -> Application:
        app: Any = framework.application()

        async def read_thing(thing_id: int):
            return {"thing_id": thing_id}

        for number in numbers:
            app.add_api_route(f"/group-{number}/things/{{thing_id}}", read_thing, methods=["GET"])
        return app

    return build


def form(framework: Framework) -> Application:
    """Read five fields of an urlencoded form."""
    app: Any = framework.application()
    field = framework.public.Form

    @app.post("/accounts")
    async def register(
        name: Annotated[str, field()],
        email: Annotated[str, field()],
        age: Annotated[int, field()],
        city: Annotated[str, field()],
        newsletter: Annotated[bool, field()],
    ) -> Account:
        return Account(name=name, email=email, age=age, city=city, newsletter=newsletter)

    return app


def upload(framework: Framework) -> Application:
    """Take a file of a multipart form and read it."""
    app: Any = framework.application()
    upload_file: Any = framework.public.UploadFile

    async def receive_file(file: Any):
        return {"name": file.filename, "size": len(await file.read())}

    receive_file.__annotations__["file"] = upload_file
    app.post("/files")(receive_file)
    return app


def http_middleware(framework: Framework) -> Application:
    """Answer hello behind a function that adds a header."""
    app: Any = hello(framework)

    @app.middleware("http")
    async def add_header(request: Any, call_next: Any):
        response = await call_next(request)
        response.headers["x-process"] = "1"
        return response

    return app


class AddHeader:
    """An ASGI middleware that adds a header, as most do."""

    def __init__(self, app: Application, header: tuple[bytes, bytes]) -> None:
        self.app = app
        self.header = header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self.header]
            await send(message)

        await self.app(scope, receive, adding)


def five_middlewares(framework: Framework) -> Application:
    """Answer hello behind a function, three ASGI middlewares and CORS."""
    app: Any = http_middleware(framework)
    for name in (b"x-one", b"x-two", b"x-three"):
        app.add_middleware(AddHeader, header=(name, b"1"))
    app.add_middleware(CORSMiddleware, allow_origins=["https://example.com"])
    return app


def websocket_text(framework: Framework) -> Application:
    """Say every text again."""
    app: Any = framework.application()

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect:
            pass

    app.websocket("/text")(echo)
    return app


def websocket_json(framework: Framework) -> Application:
    """Say every JSON value again."""
    app: Any = framework.application()

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_json(await websocket.receive_json())
        except WebSocketDisconnect:
            pass

    app.websocket("/json")(echo)
    return app


POOL = 5
"""Connections of the pool."""
WORK = 0.01
"""Seconds that each request holds one of them."""
PATIENCE = 1.0
"""Seconds after which waiting for a connection fails; the whole work takes a fifth of that."""


def pooled(framework: Framework) -> Application:
    """Answer a model out of a session that holds one of few connections until the response is made."""
    app: Any = framework.application()
    depends, failure = framework.public.Depends, framework.public.HTTPException
    connections = BoundedSemaphore(POOL)

    def get_session() -> Iterator[Session]:
        if not connections.acquire(timeout=PATIENCE):
            raise failure(503, "no connection within the time")
        try:
            yield Session()
        finally:
            connections.release()

    @app.get("/orders/{order_id}")
    def read_order(order_id: int, session: Annotated[Session, depends(get_session)]) -> Order:
        time.sleep(WORK)
        return Order(id=order_id, total=float(session.closed))

    return app
