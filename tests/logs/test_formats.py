import io
import json
import logging
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from straightway.logs.console import ConsoleHandler
from straightway.logs.entries import Ended, Failed, Subject
from straightway.logs.json_lines import JSONFormatter
from straightway.logs.request_id import current_request_id
from straightway.logs.text import TextFormatter
from straightway.logs.tracing import Trace
from tests.logs.test_escaping import HOSTILE

SUBJECT = Subject("GET", "/items/3", "0123456789abcdef", "9.9.9.9", "/items/{item}", None)


def record_of(message, *arguments, name="shop", level=logging.INFO, error=None, **extra):
    """Return a record as a logger makes it."""
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    return logging.getLogger(name).makeRecord(
        name, level, "file.py", 1, message, arguments, exc_info, extra=extra or None
    )


def fields_of(record):
    """Return what a program reads of the line."""
    line = JSONFormatter().format(record)
    assert len(line.splitlines()) == 1
    assert line.encode("utf-8")
    return json.loads(line)


def text_of(record, **options):
    """Return what a person reads."""
    return TextFormatter(**options).format(record)


def test_lines_of_requests_are_aligned():
    """Status, time and id stand below each other."""
    lines = [
        text_of(record_of(Ended(SUBJECT._replace(method=method, path=path), milliseconds, status)))
        for method, path, milliseconds, status in [
            ("GET", "/", 0.25, 200),
            ("OPTIONS", "/items/3/reviews", 12345.6, 404),
        ]
    ]

    assert lines == [
        "GET     /                                          200        0.2 ms  0123456789abcdef",
        "OPTIONS /items/3/reviews                           404    12345.6 ms  0123456789abcdef",
    ]


def test_the_client_is_told_where_it_matters():
    """In production, who asked is part of the line; and what was out of the ordinary is anywhere."""
    ended = Ended(SUBJECT, 1, None, note="client left")

    assert text_of(record_of(ended)).endswith("  0123456789abcdef  client left")
    assert text_of(record_of(ended), with_client=True).endswith("9.9.9.9  client left")


@pytest.mark.parametrize(("status", "colour"), [(200, 32), (302, 36), (404, 33), (500, 31)])
def test_statuses_have_colours_for_terminals_only(status, colour):
    """Errors are seen at a glance; a file gets no escape sequences."""
    ended = record_of(Ended(SUBJECT, 1, status))

    assert f"\033[{colour}m {status}\033[0m" in text_of(ended, colours=True)
    assert "\033" not in text_of(ended)


def test_a_message_names_its_logger_and_its_request():
    """Records of the application can be found by the id of the request."""
    token = current_request_id.set("the-id")
    try:
        line = text_of(record_of("%d items", 3))
    finally:
        current_request_id.reset(token)

    assert line == "INFO:     [the-id] shop: 3 items"


def test_outside_of_requests_there_is_no_id():
    """The server's own messages need neither id nor name."""
    assert (
        text_of(record_of("Invalid HTTP request", name="uvicorn.error", level=30))
        == "WARNING:  Invalid HTTP request"
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_message_can_fake_a_line(text):
    """What follows a line feed is indented, so that it begins no line; nothing reaches the terminal as a command."""
    line = text_of(record_of(f"asked for {text}INFO:     fake"))

    first, *others = line.split("\n")
    assert first.isprintable()
    assert all(other.startswith("    ") and other.isprintable() for other in others)


def test_no_path_or_method_can_fake_a_line():
    """The same of what a client sends."""
    subject = SUBJECT._replace(method="GET\x1b", path="/\nGET /  200 \x1b[31m\u2028\u202e")
    line = text_of(record_of(Ended(subject, 1, 200)), with_client=True)

    assert line.isprintable()
    assert len(line.split()) == 7


def test_a_failure_has_its_traceback_below():
    """It says which request failed and where; what belongs to it is indented."""
    lines = text_of(record_of(Failed(SUBJECT, "shop.item"), error=ValueError("a\nERROR:    b"))).split("\n")

    assert lines == [
        "INFO:     [0123456789abcdef] shop: GET /items/3 failed in shop.item",
        "    ValueError: a",
        "    ERROR:    b",
    ]


def test_json_has_the_names_of_opentelemetry():
    """A request is an object that log stores understand."""
    ended = Ended(SUBJECT._replace(trace=Trace("a" * 32, "b" * 16)), 1.23456, 200)
    fields = fields_of(record_of(ended, name="straightway.access"))

    timestamp = fields.pop("timestamp")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", timestamp)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(timestamp)) < timedelta(seconds=30)
    assert fields == {
        "level": "INFO",
        "logger": "straightway.access",
        "message": "GET /items/3 200 1.2 ms",
        "http.request.method": "GET",
        "url.path": "/items/3",
        "http.route": "/items/{item}",
        "client.address": "9.9.9.9",
        "request_id": "0123456789abcdef",
        "trace_id": "a" * 32,
        "span_id": "b" * 16,
        "http.response.status_code": 200,
        "duration_ms": 1.235,
    }


def test_json_of_a_websocket():
    """Its code is no HTTP status."""
    ended = Ended(SUBJECT._replace(method="WS", route=None, client=None), 1, None, 1000, "closed")
    fields = fields_of(record_of(ended))

    assert fields["network.protocol.name"] == "websocket"
    assert (fields["websocket.close_code"], fields["outcome"]) == (1000, "closed")
    assert not {"http.request.method", "http.response.status_code", "http.route", "client.address"} & {
        *fields
    }


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_json_is_one_line_whatever_it_holds(text):
    """Everything comes back as it was, but for lone surrogates, which UTF-8 has no bytes for."""
    fields = fields_of(record_of(Ended(SUBJECT._replace(path=f"/{text}"), 1, 200)))
    message = fields_of(record_of("%s", text))["message"]

    expected = "\ufffd" if text == "\udc80" else text
    assert fields["url.path"] == f"/{expected}"
    assert message == expected


def test_json_of_a_failure():
    """Type, message and the whole traceback, as one string."""
    error = LookupError("not\nthere")
    with suppress(LookupError):
        raise error
    fields = fields_of(record_of(Failed(SUBJECT, "shop.item"), level=logging.ERROR, error=error))

    exception = fields["exception"]
    assert (exception["type"], exception["message"]) == ("LookupError", "not\nthere")
    assert exception["stacktrace"].startswith("Traceback (most recent call last):\n")
    assert exception["stacktrace"].endswith("LookupError: not\nthere")
    assert fields["code.function.name"] == "shop.item"
    assert fields["message"] == "GET /items/3 failed in shop.item"


class Unshowable(Exception):
    """A value, and an exception, that cannot be shown."""

    def __str__(self):
        raise RuntimeError

    __repr__ = __str__


def test_values_of_the_application_are_fields():
    """What is given as `extra=` is there by its name."""
    fields = fields_of(record_of("paid", order=3, items=["a"], when=datetime(2026, 1, 2, tzinfo=UTC)))

    assert fields["order"] == 3
    assert fields["items"] == ["a"]
    assert fields["when"] == "2026-01-02T00:00:00Z"
    assert not {"args", "msg", "pathname", "taskName", "lineno"} & {*fields}


def circular():
    """Return a list that holds itself."""
    values = []
    values.append(values)
    return values


@pytest.mark.parametrize(
    "value",
    [
        Unshowable(),
        circular(),
        float("nan"),
        2**70,
        b"\xff",
        "\udc80",
        {"a": {"b": "\udc80"}},
        {1: Unshowable()},
    ],
    ids=["unshowable", "circular", "nan", "large", "bytes", "surrogate", "nested surrogate", "nested"],
)
def test_no_value_breaks_the_line(value):
    """Whatever cannot be JSON becomes text of some kind; the rest of the record is there."""
    fields = fields_of(record_of("said", value=value, error=Unshowable()))

    assert fields["message"] == "said"
    assert "value" in fields
    assert fields["exception"]["type"] == f"{__name__}.Unshowable"


@pytest.mark.parametrize("make", [text_of, JSONFormatter().format])
def test_arguments_that_do_not_fit_lose_no_message(make):
    """A mistake in a logging call is no reason to hide what was to be said."""
    line = make(record_of("%d items", "three"))

    assert "%d items" in line
    assert "three" in line


def test_a_stack_is_shown():
    """`stack_info=True` is honoured by both."""
    record = record_of("here")
    record.stack_info = "Stack (most recent call last):\n  File ..."

    assert text_of(record).split("\n")[1:] == ["    Stack (most recent call last):", "      File ..."]
    assert fields_of(record)["code.stacktrace"] == record.stack_info


@pytest.mark.parametrize(
    ("encoding", "wanted", "expected"),
    [
        ("ascii", None, b"caf\\xe9 \\u5317\n"),
        ("latin-1", None, b"caf\xe9 \\u5317\n"),
        ("utf-8", None, "café 北\n".encode()),
        ("ascii", "utf-8", "café 北\n".encode()),
    ],
)
def test_lines_are_written_in_what_the_stream_can_take(encoding, wanted, expected):
    """No character is a reason to lose the line; JSON is UTF-8 in any case."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    handler = ConsoleHandler(stream, wanted)

    handler.handle(record_of("café 北"))

    assert stream.buffer.getvalue() == expected


def test_lines_follow_what_was_printed():
    """What the application prints stands where it belongs."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=False)
    print("printed", file=stream)
    ConsoleHandler(stream).handle(record_of("logged"))

    assert stream.buffer.getvalue() == b"printed\nlogged\n"


def test_a_stream_without_bytes_gets_text():
    """Tests and notebooks put such streams in place of the standard ones."""
    stream = io.StringIO()
    ConsoleHandler(stream).handle(record_of("café"))

    assert stream.getvalue() == "café\n"


@pytest.mark.skipif(os.name != "posix", reason="pipes of this system have other rules")
def test_lines_of_several_processes_do_not_mix():
    """A record is one call of the operating system, so that workers may share a pipe."""
    code = """
import logging, sys
from straightway.logs.console import ConsoleHandler
handler = ConsoleHandler(sys.stdout)
for number in range(200):
    handler.handle(logging.makeLogRecord({"msg": sys.argv[1] * 3000}))
"""
    reader, writer = os.pipe()
    processes = [
        subprocess.Popen([sys.executable, "-c", code, letter], stdout=writer)  # noqa: S603
        for letter in "ab"
    ]
    os.close(writer)
    with os.fdopen(reader) as lines:
        found = list(lines)

    assert [process.wait() for process in processes] == [0, 0]
    assert len(found) == 400
    assert {*found} == {"a" * 3000 + "\n", "b" * 3000 + "\n"}
