import asyncio
import gc
import json
import weakref

import anyio
import pytest
from starlette.requests import ClientDisconnect

from straightway import BackgroundTasks, Request, Straightway, WebSocket, WebSocketDisconnect
from straightway.logs.asgi import Logged
from straightway.logs.once import AlreadyLogged
from straightway.responses import StreamingResponse
from straightway.testclient import TestClient
from tests.serve.asgi import ask, exchange, http_scope


@pytest.fixture
def app():
    """An application that answers, streams and fails."""
    app = Straightway()

    @app.get("/items/{item}")
    async def item(item: int):
        return item

    @app.get("/failing")
    async def failing():
        raise ValueError("of the endpoint")

    @app.get("/stream")
    async def stream(parts: int = 3, fails: bool = False):
        async def produced():
            for _ in range(parts):
                yield b"part"
            if fails:
                raise ValueError("in the middle")

        return StreamingResponse(produced())

    @app.get("/task")
    async def task(tasks: BackgroundTasks):
        tasks.add_task(failing)

    return app


def start_of(status):
    """Return the message that a response starts with."""
    return {"type": "http.response.start", "status": status, "headers": []}


def test_a_request_is_one_entry(app, heard):
    """Method, path, status, time, client and route are known of it."""
    done = ask(Logged(app), scope=http_scope("/items/3", method="GET"))

    (ended,) = heard.ended
    assert done.status == ended.status == 200
    assert ended.subject.method == "GET"
    assert ended.subject.path == "/items/3"
    assert ended.subject.route == "/items/{item}"
    assert ended.subject.client == "127.0.0.1"
    assert 0 < ended.milliseconds < 5000
    assert ended.note == ""


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/items/x", 422)])
def test_refused_requests_are_entries_too(app, heard, path, status):
    """What the framework answers by itself is logged like anything else."""
    ask(Logged(app), scope=http_scope(path, method="GET"))

    assert [ended.status for ended in heard.ended] == [status]


def test_a_stream_is_logged_when_it_ends(heard):
    """Nothing is said before the last part, and the time is that of the whole response."""
    seen = []

    async def app(scope, receive, send):
        await send(start_of(200))
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
            seen.append(len(heard.ended))
            await anyio.sleep(0.01)
        await send({"type": "http.response.body", "body": b""})
        seen.append(len(heard.ended))

    ask(Logged(app))

    assert seen == [0, 0, 0, 1]
    assert heard.ended[0].milliseconds > 25


def test_a_task_after_the_response_is_not_part_of_its_time(heard):
    """The entry comes with the response, before background tasks."""
    app, seen = Straightway(), []

    @app.get("/")
    async def index(tasks: BackgroundTasks):
        tasks.add_task(lambda: seen.append(len(heard.ended)))

    ask(Logged(app), method="GET")

    assert seen == [1]


def test_an_exception_is_logged_once_and_answered(app, heard):
    """The server gets nothing to log again, and the client an answer that says nothing but the id."""
    done = ask(Logged(app), scope=http_scope("/failing", method="GET"))

    (failure,) = heard.failures
    assert done.error is None
    assert done.status == 500
    assert done.body.decode() == f"Internal Server Error\nRequest id: {done.headers['x-request-id']}"
    assert isinstance(failure.exc_info[1], ValueError)
    assert failure.msg.subject.request_id == done.headers["x-request-id"]
    assert failure.msg.endpoint.endswith("app.<locals>.failing")
    assert [ended.status for ended in heard.ended] == [500]


def test_without_our_layer_nothing_is_known_of_ids(app):
    """An application that another server serves answers as it always has."""
    done = ask(app, scope=http_scope("/failing", method="GET"), catch=True)

    assert done.body == b"Internal Server Error"
    assert isinstance(done.error, ValueError)
    assert "x-request-id" not in done.headers


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("application/problem+json", True),
        ("text/html, application/json;q=0.9", False),
        ("application/json;q=0", False),
        ("application/json;q=hostile", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_json_is_for_those_who_ask_for_it(app, heard, accept, is_json):
    """The opaque answer has the form that the client prefers."""
    done = ask(Logged(app), scope=http_scope("/failing", method="GET", headers=[("accept", accept)]))

    if is_json:
        assert json.loads(done.body) == {
            "detail": "Internal Server Error",
            "request_id": done.headers["x-request-id"],
        }
    else:
        assert done.body.startswith(b"Internal Server Error\nRequest id: ")


def test_the_handler_of_the_application_answers_first(app, heard):
    """Who has a handler for Exception decides what the client gets; the exception is logged all the same."""

    @app.exception_handler(Exception)
    async def handler(request: Request, error: Exception):
        return StreamingResponse(iter(["sorry"]), status_code=503)

    done = ask(Logged(app), scope=http_scope("/failing", method="GET"))

    assert (done.status, done.body) == (503, b"sorry")
    assert len(heard.failures) == 1


def test_an_application_of_another_kind_is_answered_too(heard):
    """Whatever raises before it has answered gets the opaque answer, also without any framework."""

    async def app(scope, receive, send):
        raise LookupError

    done = ask(Logged(app))

    assert done.status == 500
    assert len(heard.failures) == 1
    assert [ended.status for ended in heard.ended] == [500]


def test_a_response_that_fails_halfway_is_broken_off(app, heard):
    """Only the server can do that: it is told, by an exception that it need not log."""
    done = ask(Logged(app), scope=http_scope("/stream", method="GET", query_string=b"fails=true"), catch=True)

    assert isinstance(done.error, AlreadyLogged)
    assert done.error.__suppress_context__
    assert len(heard.failures) == 1
    assert [(ended.status, ended.note) for ended in heard.ended] == [(200, "unfinished")]


def test_a_task_that_fails_is_logged_after_the_answer(app, heard):
    """The response was complete: the client has it, and the log both."""
    done = ask(Logged(app), scope=http_scope("/task", method="GET"))

    assert done.status == 200
    assert len(heard.failures) == 1
    assert [ended.status for ended in heard.ended] == [200]


def test_a_client_that_leaves_is_marked(heard):
    """A stream that ends because nobody listens is no answer like any other."""

    async def app(scope, receive, send):
        await send(start_of(200))
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
        assert (await receive())["type"] == "http.disconnect"

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        pass

    anyio.run(Logged(app), http_scope(), receive, send)

    assert [(ended.status, ended.note) for ended in heard.ended] == [(200, "client left")]


@pytest.mark.parametrize("access", [True, False])
def test_a_client_that_leaves_during_its_upload_is_no_failure(heard, access):
    """The body that did not come is nobody's mistake here."""

    async def app(scope, receive, send):
        raise ClientDisconnect

    ask(Logged(app, access=access))

    assert not heard.failures
    assert [(ended.status, ended.note) for ended in heard.ended] == [(None, "client left")] * access


def test_a_request_that_is_cancelled_is_marked(heard):
    """A server that stops does not wait for ever; the line says why there is no status."""

    async def app(scope, receive, send):
        await asyncio.sleep(60)

    async def main():
        task = asyncio.create_task(exchange(Logged(app)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert [(ended.status, ended.note) for ended in heard.ended] == [(None, "cancelled")]


def test_without_access_log_failures_are_logged_all_the_same(app, heard):
    """Requests have ids and exceptions have tracebacks; there is only no line for each request."""
    done = ask(Logged(app, access=False), scope=http_scope("/failing", method="GET"))
    other = ask(Logged(app, access=False), scope=http_scope("/items/1", method="GET"))

    assert done.body.decode().endswith(done.headers["x-request-id"])
    assert other.headers["x-request-id"]
    assert len(heard.records) == len(heard.failures) == 1


def test_the_lifespan_passes():
    """Starting and stopping are none of its business."""
    started = []
    app = Straightway()
    app.router.on_startup.append(lambda: started.append(True))

    with TestClient(Logged(app)):
        assert started


@pytest.fixture
def sockets():
    """A client of an application with WebSockets."""
    app = Straightway()

    @app.websocket("/echo")
    async def echo(websocket: WebSocket):
        await websocket.accept()
        while True:
            await websocket.send_text(await websocket.receive_text())

    @app.websocket("/closing")
    async def closing(websocket: WebSocket):
        await websocket.accept()
        await websocket.close(4001)

    @app.websocket("/refusing")
    async def refusing(websocket: WebSocket):
        await websocket.close()

    @app.websocket("/failing")
    async def failing(websocket: WebSocket):
        await websocket.accept()
        raise ValueError

    return TestClient(Logged(app))


def told(heard):
    """Return what the entries of a WebSocket say."""
    return [(each.subject.method, each.status, each.close_code, each.note) for each in heard.ended]


def test_a_websocket_has_a_line_when_it_opens_and_one_when_it_closes(sockets, heard):
    """A client that closes is no failure of an endpoint that reads until then."""
    with sockets.websocket_connect("/echo") as socket:
        socket.send_text("a")
        assert socket.receive_text() == "a"
        assert told(heard) == [("WS", None, None, "opened")]

    assert told(heard)[1:] == [("WS", None, 1000, "closed")]
    assert heard.ended[0].subject.request_id == heard.ended[1].subject.request_id
    assert not heard.failures


def test_a_websocket_that_the_application_closes_tells_its_code(sockets, heard):
    """The code of whoever closed first counts."""
    with sockets.websocket_connect("/closing") as socket, pytest.raises(WebSocketDisconnect):
        socket.receive_text()

    assert told(heard)[1] == ("WS", None, 4001, "closed")


def test_a_websocket_that_is_refused_has_one_line(sockets, heard):
    """Servers answer such a handshake with 403."""
    with pytest.raises(WebSocketDisconnect), sockets.websocket_connect("/refusing"):
        pass

    assert told(heard) == [("WS", 403, None, "refused")]


def test_a_websocket_that_fails_is_logged_once(sockets, heard):
    """The server is told to break it off, with nothing to log."""
    with pytest.raises(AlreadyLogged), sockets.websocket_connect("/failing") as socket:
        socket.receive_text()

    assert len(heard.failures) == 1
    assert told(heard) == [("WS", None, None, "opened"), ("WS", None, None, "failed")]


@pytest.mark.parametrize("access", [True, False])
def test_a_request_leaves_nothing_to_collect(heard, access):
    """What is kept of a request goes with it: no circle of references waits for the garbage collector."""

    async def app(scope, receive, send):
        await receive()
        await send(start_of(200))
        await send({"type": "http.response.body"})

    class Seen(dict):
        """A scope that can be watched."""

    async def main():
        scope = Seen(http_scope())
        watched = weakref.ref(scope)
        await exchange(Logged(app, access=access), scope=scope)
        del scope
        heard.records.clear()
        return watched()

    gc.disable()
    try:
        assert anyio.run(main) is None
    finally:
        gc.enable()
