"""fastapi-limiter: limits as dependencies."""

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, WebSocket
from fastapi.testclient import TestClient
from fastapi_limiter.depends import RateLimiter, WebSocketRateLimiter
from pyrate_limiter import Duration, Limiter, Rate


def limiter(number: int) -> Limiter:
    """Allow so many requests in a minute."""
    return Limiter(Rate(number, Duration.MINUTE))


@pytest.mark.flat_routes
def test_third_request_in_a_minute_is_refused():
    """A dependency of a route, of a router and as a parameter limits."""
    app = FastAPI()
    router = APIRouter(prefix="/router", dependencies=[Depends(RateLimiter(limiter(2)))])

    @app.get("/", dependencies=[Depends(RateLimiter(limiter(2)))])
    async def read():
        return {}

    @router.get("/items/{item}")
    def item(item: int):
        return item

    app.include_router(router)
    client = TestClient(app)

    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/router/items/1").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/").json() == {"detail": "Too Many Requests"}


def test_own_key_and_answer():
    """A function says what to count by, another one answers what is refused."""
    seen: list[str] = []

    async def key(request: Request) -> str:
        seen.append(request.headers["x-user"])
        return seen[-1]

    async def refuse(request: Request, response: object) -> None:
        raise HTTPException(418, "slowly")

    app = FastAPI()

    @app.get("/", dependencies=[Depends(RateLimiter(limiter(1), identifier=key, callback=refuse))])
    async def read():
        return {}

    client = TestClient(app)

    answers = [client.get("/", headers={"x-user": "ann"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 418]
    assert seen == ["ann", "ann"]


def test_messages_of_a_websocket_are_limited():
    """A limiter is called for each message."""
    app = FastAPI()

    @app.websocket("/")
    async def socket(websocket: WebSocket):
        await websocket.accept()
        limited = WebSocketRateLimiter(limiter(2))
        for _ in range(3):
            text = await websocket.receive_text()
            try:
                await limited(websocket, context_key=text)
                await websocket.send_text("well")
            except HTTPException as error:
                await websocket.send_text(str(error.status_code))

    with TestClient(app).websocket_connect("/") as client:
        answers = []
        for _ in range(3):
            client.send_text("key")
            answers.append(client.receive_text())
    assert answers == ["well", "well", "429"]
