import socket
import struct

import pytest


def reset(connection):
    """Close a connection as a process that is killed does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


LEAVE = pytest.mark.parametrize("leave", [socket.socket.close, reset], ids=["close", "reset"])


def test_event_arrives_when_it_is_sent(server):
    """A Server-Sent Event is not kept back until there are more."""
    with server.connect() as connection:
        connection.request("GET", "/events")
        answer = connection.getresponse()
        line = answer.readline()
    answer.close()

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert line == b'data: {"number": 1}\n'
    assert server.noted() == "closed"


@LEAVE
@pytest.mark.parametrize("path", ["/endless", "/events"])
def test_stream_ends_when_its_client_leaves(server, path, leave):
    """Dependencies are closed, whether the stream is sending or waiting."""
    connection = server.raw(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    received = connection.recv(12)

    leave(connection)

    assert received == b"HTTP/1.1 200"
    assert server.noted() == "closed"


@LEAVE
def test_upload_ends_when_its_client_leaves(server, leave):
    """An endpoint that waits for the rest of a body is woken, and its dependencies are closed."""
    head = (
        b"POST /upload HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
    )
    connection = server.raw(head + b'"some of it')
    begun = server.noted()

    leave(connection)

    assert (begun, server.noted()) == ("begun", "closed")
