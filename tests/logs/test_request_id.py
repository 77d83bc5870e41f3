import logging
import os
import re
import subprocess
import sys

import anyio
import pytest

from straightway import BackgroundTasks, Straightway
from straightway.logs import RequestIdFilter, get_request_id
from straightway.logs.asgi import Logged
from straightway.logs.request_id import REQUEST_ID, current_request_id, new_request_id, request_id_of
from tests.serve.asgi import ask, exchange, http_scope

GENERATED = re.compile("[0-9a-f]{16}")


def headers_with(value):
    """Return the headers of a request that brings an id."""
    return [(b"host", b"a"), (b"x-request-id", value)]


@pytest.mark.parametrize(
    "value", ["a", "3f9c-11.B:/+=@_", "x" * 128, "00-4bf92f3577b34da6a3ce929d0e0e4736-1"]
)
def test_a_sane_id_is_taken_over(value):
    """What a proxy in front has given to the request names it here too."""
    assert request_id_of(headers_with(value.encode())) == value


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"x" * 129,
        b"a b",
        b"a\nb",
        b"a\x1b[31m",
        b"caf\xe9",
        b"<script>",
        b'"',
        b"a,b",
        b"a%0a",
        b"\xff\xfe",
    ],
)
def test_any_other_id_is_replaced(value):
    """What could be more than a label in a log line, in JSON or in HTML is not taken over."""
    assert GENERATED.fullmatch(request_id_of(headers_with(value)))


def test_the_first_of_several_ids_counts():
    """A second one, which somebody else may have added, changes nothing."""
    assert request_id_of([*headers_with(b"first"), *headers_with(b"second")]) == "first"


def test_ids_are_unique():
    """Many of them are all different."""
    ids = {new_request_id() for _ in range(20_000)}

    assert len(ids) == 20_000
    assert all(GENERATED.fullmatch(each) for each in ids)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes of this system do not fork")
def test_a_forked_process_has_ids_of_its_own():
    """A server that forks its workers after the import does not give the same ids in each of them."""
    code = """
import logging
import os
from straightway.logs.request_id import new_request_id
reader, writer = os.pipe()
for _ in range(2):
    if not os.fork():
        os.write(writer, new_request_id().encode())
        os._exit(0)
    os.wait()
os.write(writer, new_request_id().encode())
print(os.read(reader, 100).decode())
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603

    assert len(set(re.findall("." * 16, done.stdout))) == 3


def test_the_id_is_in_the_scope_and_in_the_response(heard):
    """Endpoint, client and log have the same one."""
    app = Straightway()

    @app.get("/")
    async def index():
        return get_request_id()

    done = ask(Logged(app), method="GET")

    assert GENERATED.fullmatch(done.scope[REQUEST_ID])
    assert done.body.decode() == f'"{done.scope[REQUEST_ID]}"'
    assert done.headers["x-request-id"] == done.scope[REQUEST_ID]
    assert heard.ended[0].subject.request_id == done.scope[REQUEST_ID]


@pytest.mark.parametrize("name", [b"x-request-id", b"X-Request-ID"])
def test_an_id_that_the_application_answers_stays(heard, name):
    """There are no two of them in a response."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(name, b"own")]})
        await send({"type": "http.response.body"})

    done = ask(Logged(app))

    assert done.sent[0]["headers"] == [(name, b"own")]


def test_messages_of_the_application_stay_as_they_are(heard):
    """An application may send the same message again and again: headers do not gather in it."""
    start = {"type": "http.response.start", "status": 200, "headers": ((b"a", b"b"),)}

    async def app(scope, receive, send):
        await send(start)
        await send({"type": "http.response.body"})

    for _ in range(2):
        assert ask(Logged(app)).headers.keys() == {"a", "x-request-id"}
    assert start == {"type": "http.response.start", "status": 200, "headers": ((b"a", b"b"),)}


def test_the_id_is_known_in_threads_and_background_tasks(heard):
    """Synchronous endpoints and tasks after the response belong to the request as well."""
    app, seen = Straightway(), []

    @app.get("/")
    def index(tasks: BackgroundTasks):
        tasks.add_task(lambda: seen.append(get_request_id()))
        seen.append(get_request_id())

    ask(Logged(app), method="GET", headers=[("x-request-id", "mine")])

    assert seen == ["mine", "mine"]


@pytest.mark.parametrize("access", [True, False])
def test_ids_of_concurrent_requests_do_not_mix(heard, access):
    """Fifty requests that wait for each other keep their own ids, before and after."""
    app, everybody = Straightway(), anyio.Event()
    waiting = []

    @app.get("/{number}")
    async def index(number: int):
        before = get_request_id()
        waiting.append(number)
        if len(waiting) == 50:
            everybody.set()
        await everybody.wait()
        return [before, await anyio.to_thread.run_sync(get_request_id), get_request_id()]

    async def main():
        answers = {}

        async def one(number):
            scope = http_scope(f"/{number}", method="GET", headers=[("x-request-id", f"id-{number}")])
            answers[number] = await exchange(Logged(app, access=access), scope=scope)

        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(one, number)
        return answers

    answers = anyio.run(main)

    for number, answer in answers.items():
        own = f"id-{number}"
        assert answer.body.decode() == f'["{own}","{own}","{own}"]'
        assert answer.headers["x-request-id"] == own


def test_outside_of_a_request_there_is_no_id():
    """Code of a script or of another server gets None."""
    assert get_request_id() is None


def test_the_filter_gives_ids_to_formats_of_the_application():
    """Inside of a request it is the id, outside a dash; what the application has given itself stays."""
    records = [
        logging.makeLogRecord({}),
        logging.makeLogRecord({"request_id": "own"}),
        logging.makeLogRecord({}),
    ]

    assert RequestIdFilter().filter(records[0])
    token = current_request_id.set("the-id")
    try:
        assert all(RequestIdFilter().filter(record) for record in records[1:])
    finally:
        current_request_id.reset(token)

    assert [record.request_id for record in records] == ["-", "own", "the-id"]
