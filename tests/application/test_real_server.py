import json
import logging
import socket
import struct
import threading
from contextlib import closing
from http.client import HTTPConnection
from http.cookies import CookieError, SimpleCookie
from queue import Queue
from typing import Annotated

import anyio
import pytest
import uvicorn

from straightway import Body, Cookie, Form, Header, Query, Request, Response, Straightway
from straightway.responses import RedirectResponse, StreamingResponse
from straightway.sse import EventSourceResponse

WAIT = 10
"""Seconds after which something that was to happen did not."""

REFUSED = b"Invalid HTTP request received."
"""What uvicorn answers to a request that it does not pass on to the application."""


def application():
    """Return an application with an endpoint for each kind of traffic."""
    app = Straightway()
    for declare in (declare_reading, declare_streams, declare_echoes):
        declare(app)
    return app


def declare_reading(app):
    """Declare endpoints that tell how much they got."""

    @app.get("/query")
    def query(a: str = "", many: Annotated[list[str], Query()] = ()):
        return [len(a), len(many)]

    @app.get("/headers")
    def headers(x_a: Annotated[list[str], Header()] = (), last: Annotated[str, Cookie()] = ""):
        return [len(x_a), last]

    @app.post("/json")
    def read_json(value: Annotated[dict, Body()]):
        return len(value["text"])

    @app.post("/raw")
    async def raw(request: Request):
        return len(await request.body())

    @app.post("/form")
    def form(a: Annotated[list[str], Form()]):
        return len(a)


def declare_streams(app):
    """Declare endpoints that never come to an end."""

    @app.get("/stream")
    async def stream():
        async def chunks():
            while True:
                yield b"chunk " * 1000
                await anyio.lowlevel.checkpoint()

        return StreamingResponse(chunks())

    @app.get("/events", response_class=EventSourceResponse)
    async def events():
        while True:
            yield {"n": 1}

    @app.get("/waiting", response_class=EventSourceResponse)
    async def waiting():
        yield "first"
        await anyio.sleep_forever()


def declare_echoes(app):
    """Declare endpoints that put what they got into headers."""

    @app.get("/redirect")
    def redirect(to: str):
        return RedirectResponse(to)

    @app.get("/cookie")
    def cookie(value: str, response: Response):
        response.set_cookie("c", value)

    @app.get("/header")
    def header(value: str, response: Response):
        response.headers["x-echo"] = value


class Watched:
    """An application that reports what became of each request: the statuses that it sent, and what it raised."""

    def __init__(self, app):
        self.app = app
        self.finished = Queue()
        self.failures = []

    async def __call__(self, scope, receive, send):
        """Serve one request."""
        statuses = []

        async def noting(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            self.failures.append(error)
            raise
        finally:
            self.finished.put(statuses)


class Server:
    """A server on a free port, in a thread of its own."""

    def __init__(self, http):
        self.watched = Watched(application())
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = self.listening.getsockname()
        config = uvicorn.Config(
            self.watched,
            http=http,
            loop="asyncio",
            log_config=None,
            lifespan="off",
            h11_max_incomplete_event_size=2**23,
        )
        self.uvicorn = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.uvicorn.run, kwargs={"sockets": [self.listening]})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.uvicorn.should_exit = True
        self.thread.join(WAIT)
        self.listening.close()

    def connect(self):
        """Open a connection for HTTP."""
        return closing(HTTPConnection(*self.address, timeout=WAIT))

    def raw(self, data):
        """Open a connection and send bytes."""
        connection = socket.create_connection(self.address, timeout=WAIT)
        connection.sendall(data)
        return connection

    def ask(self, method, target, body=None, headers=()):
        """Send one request; return status, headers and JSON."""
        with self.connect() as connection:
            connection.putrequest(method, target)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
        if content != REFUSED:
            self.watched.finished.get(timeout=WAIT)
        return response.status, response.headers, content


@pytest.fixture(scope="module", params=["httptools", "h11"])
def server(request):
    """Run the application on each of uvicorn's protocols."""
    with Server(request.param) as running:
        yield running


@pytest.fixture
def quiet(server, caplog):
    """Check that nothing was raised to the server, and nothing logged as an error."""
    server.watched.failures.clear()
    yield
    assert server.watched.failures == []
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:uvicorn.*", "ignore::DeprecationWarning:websockets.*"
)


def test_connection_is_kept(server, quiet):
    """Requests follow one another on one connection, whether they have a body, succeed or fail."""
    with server.connect() as connection:
        connection.connect()
        port = connection.sock.getsockname()[1]
        statuses = []
        for method, target, body in (
            ("GET", "/query?a=b", None),
            ("POST", "/json", b'{"text": "abc"}'),
            ("POST", "/json", b"{"),
            ("GET", "/none", None),
            ("POST", "/query", b"not read"),
            ("GET", "/query", None),
        ):
            connection.request(method, target, body, {"content-type": "application/json"})
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
            server.watched.finished.get(timeout=WAIT)
        same = connection.sock.getsockname()[1]

    assert statuses == [200, 200, 422, 404, 405, 200]
    assert same == port


@pytest.mark.parametrize("path", ["/raw", "/json"])
def test_chunked_upload(server, quiet, path):
    """A body of unknown length arrives whole."""
    text = b"x" * 100_000
    chunks = [b'{"text": "', *[text[at : at + 7000] for at in range(0, len(text), 7000)], b'"}']

    with server.connect() as connection:
        headers = {"content-type": "application/json", "transfer-encoding": "chunked"}
        connection.request("POST", path, iter(chunks), headers, encode_chunked=True)
        length = json.loads(connection.getresponse().read())
    server.watched.finished.get(timeout=WAIT)

    assert length == (len(text) if path == "/json" else sum(map(len, chunks)))


def reset(connection):
    """Close a connection as a process that is killed does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("leave", [socket.socket.close, reset], ids=["close", "reset"])
@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/json", "application/json"),
        ("/form", "application/x-www-form-urlencoded"),
        ("/form", "multipart/form-data; boundary=b"),
    ],
)
def test_client_leaves_in_mid_upload(server, quiet, path, content_type, leave):
    """A client that leaves before its body is complete is no error of ours."""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {content_type}\r\ncontent-length: 1000\r\n\r\n"

    leave(server.raw(head.encode() + b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'))

    assert [status for status in server.watched.finished.get(timeout=WAIT) if status >= 500] == []


@pytest.mark.parametrize("leave", [socket.socket.close, reset], ids=["close", "reset"])
@pytest.mark.parametrize("path", ["/stream", "/events", "/waiting"])
def test_client_leaves_in_mid_stream(server, quiet, path, leave):
    """A client that leaves a stream ends it, and that is no error."""
    connection = server.raw(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    received = connection.recv(12)

    leave(connection)

    assert received == b"HTTP/1.1 200"
    assert server.watched.finished.get(timeout=WAIT) == [200]


def test_long_query_string(server, quiet):
    """One long value is read."""
    status, _, content = server.ask("GET", "/query?a=" + "x" * 60_000)

    assert (status, json.loads(content)) == (200, [60_000, 0])


def test_query_of_many_values(server, quiet):
    """Thousands of values of one name are read."""
    status, _, content = server.ask("GET", "/query?" + "many=&" * 10_000)

    assert (status, json.loads(content)) == (200, [0, 10_000])


@pytest.mark.parametrize(
    ("query", "counted"),
    [("a=" + "x" * 1_000_000, [1_000_000, 0]), ("many=1&" * 150_000, [0, 150_000])],
    ids=["one-value", "many-values"],
)
def test_megabyte_of_query(server, quiet, query, counted):
    """A megabyte is read where the server passes it on: httptools refuses addresses beyond 64 KB."""
    status, _, content = server.ask("GET", "/query?" + query)

    assert (status, content) == (400, REFUSED) or (status, json.loads(content)) == (200, counted)


def test_thousands_of_headers(server, quiet):
    """Repeated headers are all read."""
    status, _, content = server.ask("GET", "/headers", headers=[("x-a", "1")] * 5000)

    assert (status, json.loads(content)) == (200, [5000, ""])


def test_thousands_of_cookies(server, quiet):
    """Cookies are found behind thousands of others, in one header or in many."""
    cookies = [f"c{number}=1" for number in range(5000)]

    together = server.ask("GET", "/headers", headers=[("cookie", "; ".join([*cookies, "last=found"]))])
    apart = server.ask("GET", "/headers", headers=[("cookie", each) for each in [*cookies, "last=found"]])

    assert [json.loads(content) for _, _, content in (together, apart)] == [[0, "found"]] * 2


def test_thousands_of_form_fields(server, quiet):
    """More fields than the limit are refused, politely."""
    kind = [("content-type", "application/x-www-form-urlencoded")]

    status, _, content = server.ask("POST", "/form", b"a=1&" * 1000, kind)
    refused, _, said = server.ask("POST", "/form", b"a=1&" * 5000, kind)

    assert (status, json.loads(content)) == (200, 1000)
    assert (refused, json.loads(said)["detail"]) == (
        400,
        "Too many fields. Maximum number of fields is 1000.",
    )


INJECTED = "a%0d%0aX-Evil:%201%0d%0a%0d%0abody"


def refuse_control_characters():
    """Tell whether this Python makes no cookie with a line end in it."""
    try:
        SimpleCookie({"c": "\n"}).output()
    except CookieError:
        return True
    return False


COOKIES_REFUSE = refuse_control_characters()


def test_line_ends_in_a_redirect_are_escaped(server, quiet):
    """A line end in a redirect does not begin another header."""
    status, headers, _ = server.ask("GET", "/redirect?to=" + INJECTED)

    assert status == 307
    assert "x-evil" not in headers


def test_line_ends_in_a_cookie_do_not_pass(server):
    """A line end in a cookie is escaped, or refused by Pythons whose `http.cookies` does, as the endpoint's mistake."""
    status, headers, _ = server.ask("GET", "/cookie?value=" + INJECTED)

    assert (status, "set-cookie" in headers) == ((500, False) if COOKIES_REFUSE else (200, True))
    assert "x-evil" not in headers


def test_line_ends_in_a_header_do_not_pass(server):
    """An endpoint that copies a line end into a header splits no response: the server refuses to send it."""
    head = f"GET /header?value={INJECTED} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    with server.raw(head.encode()) as connection:
        received = connection.makefile("rb").read()
    server.watched.finished.get(timeout=WAIT)

    assert b"x-evil" not in received.lower()
    assert not received.startswith(b"HTTP/1.1 200")
