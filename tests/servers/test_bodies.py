import json
from contextlib import suppress
from http.client import RemoteDisconnected

import httpx2
import pytest

from tests.servers.application import LIMIT

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n"
SIZES = pytest.mark.parametrize("size", [1_000, 5_000_000], ids=["small", "large"])


def chunks_of(body):
    """Cut a body into pieces whose number is not announced."""
    return iter([body[at : at + 50_000] for at in range(0, len(body), 50_000)])


def test_large_body_arrives_whole(server):
    """Ten megabytes, with and without a declared length."""
    body = b"x" * 10_000_000

    with httpx2.Client(base_url=f"http://{server.address}", timeout=30) as client:
        declared = client.post("/length", content=body)
        chunked = client.post("/length", content=chunks_of(body))

    assert (declared.json(), chunked.json()) == (len(body), len(body))


def test_body_at_the_limit_is_read(server):
    """The limit itself is allowed."""
    text = "x" * (LIMIT - 2)

    answer = httpx2.post(f"http://{server.address}/limited", json=text)

    assert (answer.status_code, answer.json()) == (200, len(text))


@pytest.mark.parametrize("size", [LIMIT + 1, 10_000_000], ids=["slightly", "by-far"])
@pytest.mark.parametrize("cut", [bytes, chunks_of], ids=["declared", "chunked"])
def test_body_beyond_the_limit_is_refused(server, cut, size):
    """A client that sends all of it is told 413, and its next request is answered."""
    body = json.dumps("x" * (size - 2)).encode()

    with httpx2.Client(base_url=f"http://{server.address}", timeout=30) as client:
        refused = client.post("/limited", content=cut(body), headers={"content-type": "application/json"})
        following = client.get("/state")

    assert refused.status_code == 413
    assert following.json() == "from the lifespan"


@SIZES
@pytest.mark.parametrize("cut", [bytes, chunks_of], ids=["declared", "chunked"])
def test_connection_after_a_refusal_that_leaves_the_body_unread(server, cut, size):
    """A 401 leaves the body unread: no byte of it is taken for a request, and the next request is answered."""
    body = SMUGGLED * (size // len(SMUGGLED))

    with server.connect() as connection:
        # Where the server closes the connection, sending breaks off; the answer is there all the same.
        with suppress(ConnectionError):
            connection.request("POST", "/guarded", cut(body), {"content-type": "application/json"})
        refused = connection.getresponse()
        refused.read()
        try:
            connection.request("GET", "/state")
            following = connection.getresponse()
        except (RemoteDisconnected, ConnectionError):
            # The server has closed the connection, which is its right. A client then opens another one.
            connection.close()
            connection.request("GET", "/state")
            following = connection.getresponse()
        content = json.loads(following.read())

    assert refused.status == 401
    assert (following.status, content) == (200, "from the lifespan")


def test_refusal_does_not_wait_for_the_body(server):
    """A 401 comes while the client has sent the head and not one byte of its megabyte."""
    head = b"POST /guarded HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"

    with server.raw(head) as connection:
        received = connection.recv(12)

    assert received == b"HTTP/1.1 401"


def test_client_that_asks_first_is_told_to_continue(server):
    """`Expect: 100-continue` is answered when the endpoint reads its body (RFC 9110, section 10.1.1)."""
    head = b"POST /length HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\nconnection: close\r\n\r\n"

    with server.raw(head) as connection:
        interim = connection.recv(1000)
        connection.sendall(b"12345")
        answer = connection.makefile("rb").read()

    assert interim.startswith(b"HTTP/1.1 100")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"5")


def test_client_that_asks_first_is_refused_before_it_sends(server):
    """A 401 is the first thing that is said to `Expect: 100-continue`: the upload never begins."""
    head = b"POST /guarded HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1000000\r\n\r\n"

    with server.raw(head) as connection:
        received = connection.recv(12)

    assert received == b"HTTP/1.1 401"


def test_head_has_the_length_and_no_body(server):
    """HEAD is answered like GET without its body, and the connection serves on."""
    with server.connect() as connection:
        lengths = []
        for method in ("HEAD", "GET", "HEAD", "GET"):
            connection.request(method, "/both")
            answer = connection.getresponse()
            lengths.append((answer.status, answer.headers["content-length"], len(answer.read())))

    assert lengths == [(200, "1002", 0), (200, "1002", 1002)] * 2


def test_head_of_a_stream(server):
    """HEAD of a response whose length nobody knows sends no body either."""
    with server.connect() as connection:
        connection.request("HEAD", "/both-streamed")
        head = connection.getresponse()
        head.read()
        connection.request("GET", "/both-streamed")
        full = connection.getresponse().read()

    assert (head.status, len(full)) == (200, 3000)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("DELETE", "/nothing", 204), ("GET", "/unchanged", 304), ("HEAD", "/state", 405)],
    ids=["204", "304", "405-to-head"],
)
def test_answers_without_a_body(server, method, path, status):
    """What has no body ends with its head: the next answer on the connection is the next request's."""
    with server.connect() as connection:
        connection.request(method, path)
        bare = connection.getresponse()
        content = bare.read()
        connection.request("GET", "/state")
        following = json.loads(connection.getresponse().read())

    assert (bare.status, content, following) == (status, b"", "from the lifespan")
