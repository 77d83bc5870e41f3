import json
import os
from contextlib import closing

import anyio
import httpx2
import pytest

from tests.servers.application import LIMIT
from tests.servers.http2 import Connection
from tools.servers import CHOSEN, SERVERS

pytestmark = pytest.mark.skipif(
    not SERVERS[os.environ[CHOSEN]].speaks_http2, reason="this server speaks no HTTP/2 without TLS"
)


def speaking_http2(running):
    """Return a client that speaks HTTP/2 from the first byte (RFC 9113, section 3.3)."""
    return httpx2.Client(base_url=f"http://{running.address}", http1=False, http2=True, timeout=10)


@pytest.fixture
def connection(server):
    """A connection to the server that the tests of this file share."""
    with closing(Connection(server.address, timeout=10)) as connection:
        yield connection


async def ask_fifty_times(address):
    """Send fifty requests on one connection: the client for threads cannot, it is not safe among them."""
    answers = {}
    async with httpx2.AsyncClient(
        base_url=f"http://{address}", http1=False, http2=True, timeout=10
    ) as client:

        async def ask(number):
            answers[number] = await client.post("/length", content=b"x" * number * 100)

        await client.get("/state")
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(ask, number)
    return [answers[number] for number in range(50)]


def test_requests_share_a_connection(server):
    """Fifty requests at the same time are each given their own answer."""
    answers = anyio.run(ask_fifty_times, server.address)

    assert {answer.http_version for answer in answers} == {"HTTP/2"}
    assert [answer.json() for answer in answers] == [number * 100 for number in range(50)]


@pytest.mark.parametrize("size", [LIMIT + 1, 5_000_000], ids=["slightly", "by-far"])
def test_body_beyond_the_limit_is_refused_over_http2(connection, size):
    """A stream is refused, the connection serves on."""
    refused = connection.request("POST", "/limited", json.dumps("x" * (size - 2)).encode())
    following = connection.request("GET", "/state")

    assert (refused[0], following) == (413, (200, b'"from the lifespan"'))


@pytest.mark.parametrize("size", [1_000, 5_000_000], ids=["small", "large"])
def test_refusal_that_leaves_the_body_unread_over_http2(connection, size):
    """A 401 to an upload is received, and the connection serves on."""
    refused = connection.request("POST", "/guarded", b"x" * size)
    following = connection.request("GET", "/state")

    assert (refused[0], following) == (401, (200, b'"from the lifespan"'))


def test_body_that_comes_after_its_refusal_over_http2(connection):
    """What a client had under way when its stream was refused is let pass, the connection serves on (RFC 9113, 5.1)."""
    refused = connection.request("POST", "/guarded", late=b"x" * 1_000)
    following = connection.request("GET", "/state")

    assert (refused[0], following) == (401, (200, b'"from the lifespan"'))


@pytest.mark.parametrize("path", ["/endless", "/events"])
def test_stream_ends_when_its_client_leaves_http2(starting, path):
    """A connection that is closed ends the streams on it, whether they are sending or waiting."""
    with starting() as running:
        running.wait_until_it_answers()
        started = running.noted()
        with speaking_http2(running) as client, client.stream("GET", path) as answer:
            first = next(answer.iter_raw())

        assert (started, answer.status_code, bool(first)) == ("started", 200, True)
        assert running.noted() == "closed"
