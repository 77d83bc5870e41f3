"""What a client gets from granian through RSGI is what it gets through ASGI."""

import socket
import time

import httpx2
import pytest
import websockets.sync.client
from websockets.exceptions import ConnectionClosedOK, InvalidStatus

from straightway.testclient import TestClient
from tests.rsgi.application import app

JSON = {"content-type": "application/json"}
REQUESTS = [
    ("GET", "/", {}),
    ("HEAD", "/", {}),
    ("POST", "/", {}),
    ("GET", "/items/3?search=a%20b+c&limit=4", {}),
    ("GET", "/items/3?search=%C3%A9%ff&limit=4&limit=5", {}),
    ("GET", "/items/x?search=a&limit=y", {}),
    ("GET", "/items/3", {}),
    ("GET", "/items/3/?search=a", {}),
    ("GET", "/lists?many=1&many=2", {"headers": [("x-many", "a"), ("x-many", "b")]}),
    ("GET", "/headers", {"headers": {"X-A": "1", "cookie": "session=5; other=6"}}),
    ("GET", "/headers", {}),
    ("POST", "/items", {"json": {"name": "Bread", "price": "1.5"}}),
    ("POST", "/items", {"json": {"name": "Bread"}}),
    ("POST", "/items", {"content": b"{bad", "headers": JSON}),
    ("POST", "/items", {"content": b'{"name": "a", "price": 1}', "headers": {"content-type": "text/plain"}}),
    ("POST", "/items", {"content": b'{"name": "a", "price": 1}'}),
    ("POST", "/items", {"content": b"", "headers": JSON}),
    ("POST", "/limited", {"json": {}}),
    ("POST", "/limited", {"json": {"name": "longer than ten bytes"}}),
    ("POST", "/raw", {"content": b"x" * 300_000}),
    ("POST", "/form", {"data": {"name": "a"}}),
    ("POST", "/form", {"data": {"name": "a"}, "files": {"file": ("n.txt", b"abc")}}),
    ("POST", "/form", {"data": {}}),
    ("GET", "/dependency", {}),
    ("GET", "/background", {}),
    ("GET", "/stream", {}),
    ("GET", "/lines", {}),
    ("GET", "/both", {}),
    ("HEAD", "/both", {}),
    ("GET", "/refused", {}),
    ("GET", "/broken", {}),
    ("GET", "/text", {}),
    ("GET", "/elsewhere", {}),
    ("GET", "/cookies", {}),
    ("DELETE", "/nothing", {}),
    ("GET", "/mounted/", {}),
    ("GET", "/absent", {}),
    ("GET", "/docs", {}),
    ("GET", "/openapi.json", {}),
]


def comparable(response, base):
    """Return what does not depend on the server."""
    own = {"date", "server", "connection", "transfer-encoding"}
    headers = sorted(
        (name, value.replace(base, "")) for name, value in response.headers.multi_items() if name not in own
    )
    return response.status_code, headers, response.content


@pytest.mark.parametrize(
    ("method", "path", "options"),
    REQUESTS,
    ids=[f"{number} {method} {path}" for number, (method, path, _) in enumerate(REQUESTS)],
)
def test_answer_is_that_of_asgi(granian, method, path, options):
    """Status, headers and body are the same."""
    with TestClient(
        app, raise_server_exceptions=False, follow_redirects=False, client=("127.0.0.1", 1)
    ) as client:
        expected = client.request(method, path, **options)

    answer = httpx2.request(method, f"{granian.url}{path}", **options)

    assert comparable(answer, granian.url) == comparable(expected, "http://testserver")


def test_body_in_chunks(granian):
    """A body of unknown length is read whole."""
    chunks = iter([b'{"name": "Bread",', b' "price": 1}'])

    answer = httpx2.post(f"{granian.url}/items", content=chunks, headers=JSON)

    assert answer.json() == {"name": "Bread", "price": 1}


def events_until(granian, wanted):
    """Return what has happened on the server, once `wanted` has."""
    seen, deadline = [], time.monotonic() + 10
    while wanted not in seen and time.monotonic() < deadline:
        seen += httpx2.get(f"{granian.url}/events").json()
    return seen


def test_what_comes_after_the_response(granian):
    """Dependencies are closed and background tasks run."""
    httpx2.get(f"{granian.url}/events")

    httpx2.get(f"{granian.url}/dependency")
    httpx2.get(f"{granian.url}/background")

    assert events_until(granian, "task") == ["opened", "closed", "task"]


@pytest.mark.parametrize("path", ["/endless", "/waiting"])
def test_client_that_leaves_ends_the_stream(granian, path):
    """A response without end is given up when its client has gone, whether it is sending or waiting."""
    with socket.create_connection(("127.0.0.1", granian.port)) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
        assert client.recv(100_000)

    assert "left" in events_until(granian, "left")


def test_stream_that_nobody_wants_the_body_of(granian):
    """HEAD lets a stream run to its end, and is no error."""
    httpx2.get(f"{granian.url}/events")

    httpx2.head(f"{granian.url}/both")

    assert events_until(granian, "all pieces") == ["all pieces"]
    assert "ClientDisconnect" not in granian.log.read_text()


def test_client_that_leaves_in_the_middle_of_its_body_leaves_no_trace(granian):
    """Half a request is no error of the application's, and the server goes on."""
    with socket.create_connection(("127.0.0.1", granian.port)) as client:
        client.sendall(
            b"POST /items HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"
        )

    assert httpx2.get(granian.url).status_code == 200
    assert "create_item" not in granian.log.read_text()


def test_response_that_fails_halfway_ends(granian):
    """The client does not wait for what will not come."""
    answer = httpx2.get(f"{granian.url}/halfway", timeout=5)

    assert answer.text == "half"


@pytest.mark.parametrize("path", ["/pieces", "/raw"])
def test_half_a_body_is_not_taken_for_a_whole_one(granian, path):
    """A client that stops before the announced end has sent no body; that is not told as an error either."""
    before = granian.log.read_text()

    with socket.create_connection(("127.0.0.1", granian.port), timeout=5) as client:
        client.sendall(f"POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nabc".encode())
        client.shutdown(socket.SHUT_WR)
        answer = client.recv(1000)

    assert not answer.startswith(b"HTTP/1.1 200")
    assert httpx2.get(granian.url).status_code == 200
    assert "Traceback" not in granian.log.read_text().removeprefix(before)


@pytest.mark.parametrize("path", ["/endless", "/waiting"])
def test_client_that_leaves_a_stream_leaves_no_trace(granian, path):
    """What a client does is no error of the application's."""
    before = granian.log.read_text()

    test_client_that_leaves_ends_the_stream(granian, path)

    assert "Traceback" not in granian.log.read_text().removeprefix(before)


def test_exception_is_in_the_log_once(granian):
    """An error that nobody handles is told with the user's line, once."""
    before = granian.log.read_text()

    httpx2.get(f"{granian.url}/broken")
    httpx2.get(granian.url)

    told = granian.log.read_text().removeprefix(before)
    assert told.count("ValueError: broken on purpose") == 1
    assert 'raise ValueError("broken on purpose")' in told


def test_websocket(granian):
    """Texts and bytes pass both ways; parameters are validated; the lifespan's state is there."""
    with websockets.sync.client.connect(f"ws://127.0.0.1:{granian.port}/echo?mark=3") as client:
        client.send("a")
        assert client.recv() == '["a",3,"by the lifespan"]'
        assert client.recv() == b"a"
        client.send("stop")
        with pytest.raises(ConnectionClosedOK):
            client.recv()


def test_websocket_client_that_leaves(granian):
    """The endpoint gets to know that its client has gone."""
    with websockets.sync.client.connect(f"ws://127.0.0.1:{granian.port}/echo") as client:
        client.send("a")
        client.recv()

    assert "socket left" in events_until(granian, "socket left")


@pytest.mark.parametrize(("path", "event"), [("/pushing", "pushed"), ("/unwatched", "unwatched left")])
def test_websocket_client_that_leaves_leaves_no_trace(granian, path, event):
    """Sending to a client that has gone is a disconnect for the endpoint, and no error for the log."""
    before = granian.log.read_text()

    with websockets.sync.client.connect(f"ws://127.0.0.1:{granian.port}{path}"):
        pass

    assert event in events_until(granian, event)
    assert "Traceback" not in granian.log.read_text().removeprefix(before)


def test_websocket_is_refused_with_the_status_of_the_exception(granian):
    """An HTTP exception before the connection is accepted is the answer to the handshake."""
    with pytest.raises(InvalidStatus) as refused:
        websockets.sync.client.connect(f"ws://127.0.0.1:{granian.port}/unauthorized").__enter__()

    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("path", ["/closed", "/absent", "/echo?mark=x"])
def test_websocket_is_refused(granian, path):
    """A connection that is not accepted is answered with 403."""
    with pytest.raises(InvalidStatus) as refused:
        websockets.sync.client.connect(f"ws://127.0.0.1:{granian.port}{path}").__enter__()

    assert refused.value.response.status_code == 403
