import pytest
from pydantic import ValidationError

from straightway import sse
from straightway.sse import KEEPALIVE_COMMENT, EventSourceResponse, ServerSentEvent, format_sse_event


def test_fields_in_order():
    """Comment, event, data, id and retry come in this order, and an empty line ends the event."""
    assert format_sse_event(data_str="d", event="e", id="1", retry=10, comment="c") == (
        b": c\nevent: e\ndata: d\nid: 1\nretry: 10\n\n"
    )


def test_nothing_is_an_empty_line():
    """An event with nothing in it is the line that ends it."""
    assert format_sse_event() == b"\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["{}: "]),
        ("a\nb", ["{}: a", "{}: b"]),
        ("a\r\nb", ["{}: a", "{}: b"]),
        ("a\rb", ["{}: a", "{}: b"]),
        ("a\n\rb", ["{}: a", "{}: ", "{}: b"]),
        ("a\n", ["{}: a", "{}: "]),
        ("a\u2028b\vc\x85d", ["{}: a\u2028b\vc\x85d"]),
    ],
)
def test_lines_end_as_the_standard_says(text, lines):
    """Each line of data and comment is a line of the event; only CR LF, LF and CR end one."""
    data = "\n".join(line.format("data") for line in lines)
    comment = "\n".join(line.format("") for line in lines)

    assert format_sse_event(data_str=text).decode() == f"{data}\n\n"
    assert format_sse_event(comment=text).decode() == f"{comment}\n\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"id": ""}, b"id: \n\n"), ({"event": ""}, b"event: \n\n"), ({"retry": 0}, b"retry: 0\n\n")],
)
def test_empty_is_not_absent(options, expected):
    """Only None leaves a field out: an empty id means something to clients."""
    assert format_sse_event(**options) == expected


def test_text_is_utf_8():
    """Events are UTF-8, as the standard demands."""
    assert format_sse_event(data_str="é") == "data: é\n\n".encode()


def test_keepalive_is_a_comment():
    """Clients ignore what keeps the connection open."""
    assert format_sse_event(comment="ping") == KEEPALIVE_COMMENT
    assert sse._PING_INTERVAL == 15.0


def test_event_keeps_what_it_is_given():
    """Data may be anything; the other fields are optional."""
    event = ServerSentEvent(data={"x": 1}, event="e", id="1", retry=0, comment="c\nd")

    assert event.model_dump() == {
        "data": {"x": 1},
        "raw_data": None,
        "event": "e",
        "id": "1",
        "retry": 0,
        "comment": "c\nd",
    }
    assert set(ServerSentEvent().model_dump().values()) == {None}


def test_data_in_one_form_only():
    """Data as JSON and data as it is exclude each other."""
    with pytest.raises(ValidationError, match=r"Cannot set both 'data' .* and 'raw_data'"):
        ServerSentEvent(data=0, raw_data="")
    assert ServerSentEvent(data=None, raw_data="x").raw_data == "x"


@pytest.mark.parametrize("field", ["event", "id"])
@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\r\nb", "\n"])
def test_single_lines(field, value):
    """A line end in the name or the id would begin another field."""
    with pytest.raises(ValidationError, match=f"SSE '{field}' must be a single line"):
        ServerSentEvent(**{field: value})


def test_id_without_null():
    """Clients ignore an id with a null character."""
    with pytest.raises(ValidationError, match="SSE 'id' must not contain null characters"):
        ServerSentEvent(id="a\0")
    assert ServerSentEvent(event="a\0").event == "a\0"


@pytest.mark.parametrize("retry", [-1, 1.5, "soon"])
def test_retry_is_a_number_of_milliseconds(retry):
    """The delay is a whole number and not negative."""
    with pytest.raises(ValidationError):
        ServerSentEvent(retry=retry)


def test_response():
    """The response class announces a stream of events and leaves the rest to its stream."""
    response = EventSourceResponse(iter([format_sse_event(data_str="x")]))

    assert dict(response.headers) == {"content-type": "text/event-stream; charset=utf-8"}
    assert EventSourceResponse.media_type == "text/event-stream"
