"""sse-starlette: Server-Sent Events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from threading import Event

import httpx2
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.testclient import TestClient
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent


def blocks(text: str) -> list[dict[str, str]]:
    """Read a stream of events."""
    return [
        dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\r\n\r\n") if block
    ]


def application(log: list[str], gone: Event | None = None) -> FastAPI:
    """Make an application with a few streams."""
    gone = gone or Event()
    app = FastAPI()

    async def session() -> AsyncIterator[str]:
        log.append("open")
        yield "session"
        log.append("close")

    @app.get("/count")
    async def count(until: int, last_event_id: int = Header(0), session: str = Depends(session)):
        if until > 10:
            raise HTTPException(400, "too far")

        async def events():
            for number in range(last_event_id + 1, until + 1):
                yield {"event": "number", "id": str(number), "data": f"{session} {number}", "retry": 500}

        return EventSourceResponse(events(), headers={"x-session": session})

    @app.get("/objects")
    def objects():
        def events():
            yield JSONServerSentEvent({"a": [1, 2]}, event="json")
            yield ServerSentEvent("two\nlines", id="7")
            yield ServerSentEvent(comment="only a comment")

        return EventSourceResponse(events())

    @app.get("/endless")
    async def endless(request: Request):
        async def events():
            try:
                while True:
                    yield "tick"
                    await asyncio.sleep(0.01)
            finally:
                gone.set()

        return EventSourceResponse(events(), ping=1)

    @app.get("/quiet")
    async def quiet():
        async def events():
            await asyncio.sleep(1.5)
            yield "last"

        return EventSourceResponse(
            events(), ping=1, ping_message_factory=lambda: ServerSentEvent(comment="still here")
        )

    return app


def test_events_carry_their_fields():
    """Event, id, data and retry are written; the stream goes on after the last event that the caller names."""
    log: list[str] = []
    client = TestClient(application(log))

    answer = client.get("/count?until=3", headers={"last-event-id": "1"})

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["x-session"]) == ("no-store", "session")
    assert blocks(answer.text) == [
        {"event": "number", "id": "2", "data": "session 2", "retry": "500"},
        {"event": "number", "id": "3", "data": "session 3", "retry": "500"},
    ]
    assert log == ["open", "close"]


def test_errors_come_before_the_stream():
    """What fails before the first event is an ordinary answer."""
    client = TestClient(application([]))

    assert client.get("/count?until=x").status_code == 422
    assert client.get("/count?until=11").json() == {"detail": "too far"}


def test_objects_from_a_synchronous_generator():
    """JSON, several lines and comments are framed."""
    text = TestClient(application([])).get("/objects").text

    first, second, third = text.strip("\r\n").split("\r\n\r\n")
    assert json.loads(first.split("data: ")[1]) == {"a": [1, 2]}
    assert second.split("\r\n") == ["id: 7", "data: two", "data: lines"]
    assert third == ": only a comment"


def test_server_notices_that_the_caller_left(serve: Callable[[FastAPI], str]):
    """An endless stream is closed when its reader is gone."""
    gone = Event()
    address = serve(application([], gone))

    with httpx2.Client() as client, client.stream("GET", f"{address}/endless") as answer:
        lines = answer.iter_lines()
        assert [next(lines) for _ in range(3)] == ["data: tick", "", "data: tick"]

    assert gone.wait(10)


def test_silence_is_filled_with_pings(serve: Callable[[FastAPI], str]):
    """A comment is sent while there is no event."""
    text = httpx2.get(f"{serve(application([]))}/quiet", timeout=10).text

    assert text.split("\r\n\r\n")[:2] == [": still here", "data: last"]
