"""A recorded application behind uvicorn, with a client that leaves."""

import socket
import threading
from contextlib import contextmanager

import anyio
import pytest
import uvicorn
from opentelemetry.sdk.trace import SpanProcessor

from straightway import Request
from straightway.responses import StreamingResponse

WAIT = 10
"""Seconds after which something that was to happen did not."""


class Ended(SpanProcessor):
    """Tells when the span of a request has ended."""

    def __init__(self):
        self.event = threading.Event()

    def on_end(self, span):
        """Tell."""
        if span.name.startswith("GET"):
            self.event.set()


@contextmanager
def serving(app):
    """Run uvicorn on a free port, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join(WAIT)


@pytest.mark.parametrize("begun", [True, False], ids=["in the middle of a stream", "before the answer"])
def test_client_that_leaves_is_an_error(telemetry, app, begun):
    """The span ends then, and not with the stream, which has no end; and says that the connection was lost."""
    ended = Ended()
    telemetry.tracer_provider.add_span_processor(ended)
    arrived = threading.Event()

    @app.get("/stream")
    async def stream():
        async def chunks():
            while True:
                yield b"chunk"
                await anyio.sleep(0.01)

        return StreamingResponse(chunks())

    @app.get("/slow")
    async def slow(request: Request):
        arrived.set()
        while not await request.is_disconnected():  # noqa: ASYNC110  # it is what the endpoint waits for
            await anyio.sleep(0.01)
        raise ConnectionAbortedError

    with serving(app) as address, socket.create_connection(address, timeout=WAIT) as connection:
        connection.sendall(b"GET %s HTTP/1.1\r\nhost: here\r\n\r\n" % (b"/stream" if begun else b"/slow"))
        assert connection.recv(5) == b"HTTP/" if begun else arrived.wait(WAIT)
        connection.close()
        assert ended.event.wait(WAIT)

    (span,) = telemetry.servers
    assert span.attributes["error.type"] == ("ConnectionError" if begun else "ConnectionAbortedError")
    assert telemetry.points("http.server.active_requests")[0].value == 0
