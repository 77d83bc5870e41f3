import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


def test_messages_come_back_as_they_were(server):
    """Text stays text and bytes stay bytes, also when they are large."""
    messages = ["text", b"bytes", "\N{SNOWMAN}" * 100_000, b"\0" * 500_000, "", b""]

    with connect(f"ws://{server.address}/echo") as websocket:
        echoes = []
        for message in messages:
            websocket.send(message)
            echoes.append(websocket.recv(timeout=10))

    assert echoes == messages
    assert server.noted().startswith("left with")


def test_code_of_the_client_reaches_the_endpoint(server):
    """The endpoint gets to know with which code its client has closed."""
    with connect(f"ws://{server.address}/echo") as websocket:
        websocket.close(4000, "done")

    assert server.noted() == "left with 4000"


def test_subprotocol_is_chosen(server):
    """What the endpoint accepts is what the client is told."""
    with connect(f"ws://{server.address}/echo", subprotocols=["other", "chat"]) as websocket:
        chosen = websocket.subprotocol
    noted = server.noted()

    assert (chosen, noted[:9]) == ("chat", "left with")


def test_lost_connection_is_noticed(server):
    """A client that is gone without a word has left abnormally."""
    websocket = connect(f"ws://{server.address}/echo")
    websocket.socket.close()

    assert server.noted() in {"left with 1005", "left with 1006"}


def test_code_and_reason_of_the_endpoint_reach_the_client(server):
    """The close frame says what the endpoint said."""
    with connect(f"ws://{server.address}/close") as websocket, pytest.raises(ConnectionClosed) as closed:
        websocket.recv(timeout=10)

    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "enough")


@pytest.mark.parametrize("path", ["/denied", "/invalid?number=x", "/none"])
def test_refused_before_it_is_accepted(server, path):
    """An endpoint that closes, a parameter that is invalid and a path that is not there are answered 403."""
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://{server.address}{path}").close()

    assert refused.value.response.status_code == 403
