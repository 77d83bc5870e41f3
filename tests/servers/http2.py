"""A client of HTTP/2 that takes an answer which comes before the request has ended, as RFC 9113 (section 8.1) wants it.

httpx2 does not: it goes on sending to a stream that the server has reset, and raises.
"""

import socket

from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset


class Connection:
    """A connection on which one request is made after the other."""

    def __init__(self, address, timeout):
        host, port = address.split(":")
        self.authority = address
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.http2 = H2Connection()
        self.http2.initiate_connection()

    def request(self, method, path, body=b"", late=b""):
        """Return the status of an answer and its content; a body that is not wanted is not sent to its end.

        `late` is the part of the body that is sent when the answer has come.
        """
        stream = self.http2.get_next_available_stream_id()
        head = {":method": method, ":path": path, ":scheme": "http", ":authority": self.authority}
        if length := len(body + late):
            head |= {"content-type": "application/json", "content-length": str(length)}
        self.http2.send_headers(stream, list(head.items()), end_stream=not length)
        answer = Answer(stream)
        while not answer.complete:
            body = self.send_some(stream, body)
            self.socket.sendall(self.http2.data_to_send())
            received = self.socket.recv(65536)
            if not received:
                raise ConnectionError("the server has closed the connection")
            for event in self.http2.receive_data(received):
                answer.note(event, self.http2)
        if late and not answer.is_reset:
            self.http2.send_data(stream, late, end_stream=True)
        elif body and not answer.is_reset:
            self.http2.reset_stream(stream, ErrorCodes.CANCEL)
        self.socket.sendall(self.http2.data_to_send())
        return answer.status, answer.content

    def send_some(self, stream, body):
        """Send as much of a body as flow control allows, and return the rest."""
        while body and (window := self.http2.local_flow_control_window(stream)):
            size = min(window, self.http2.max_outbound_frame_size, len(body))
            self.http2.send_data(stream, body[:size], end_stream=size == len(body))
            body = body[size:]
        return body

    def close(self):
        """Close the connection."""
        self.socket.close()


class Answer:
    """What has come of an answer."""

    def __init__(self, stream):
        self.stream = stream
        self.status, self.content = None, b""
        self.complete = self.is_reset = False

    def note(self, event, http2):
        """Take one event of the connection."""
        if isinstance(event, ConnectionTerminated):
            raise ConnectionError(f"the server ends the connection with code {event.error_code}")
        if getattr(event, "stream_id", None) != self.stream:
            return
        match event:
            case ResponseReceived():
                self.status = int(dict(event.headers)[b":status"])
            case DataReceived():
                self.content += event.data
                http2.acknowledge_received_data(event.flow_controlled_length, self.stream)
            case StreamEnded():
                self.complete = True
            case StreamReset():
                if self.status is None:
                    raise ConnectionError(f"the server resets the stream with code {event.error_code}")
                self.complete = self.is_reset = True
            case _:
                pass
