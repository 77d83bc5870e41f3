"""ASGI from the server's side: start, one request, stop."""

import asyncio

import pytest

from straightway.cli.compat.exchange import LARGEST, Lifespan, exchange
from straightway.cli.compat.wire import Answer, Facts, Route, Sent, Warned

GET = Sent("GET /", "as documented", "GET", "/a%2Fb/%C3%A9?q=%zz")


def answer(application, sent=GET, *, seconds=5.0, state=None):
    """Send a request to an application and return the answer."""
    return asyncio.run(exchange(application, sent, state=state or {}, seconds=seconds))


def responding(*bodies, last=False):
    """Return an application that starts a response and sends bodies, of which the last may end it."""

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-A", b"1")]})
        for body in bodies:
            await send({"type": "http.response.body", "body": body, "more_body": True})
        if last:
            await send({"type": "http.response.body"})

    return application


def test_request_arrives_as_from_a_server():
    """Path decoded, query as it is, names of headers in lower case, state copied."""
    scopes = []

    async def application(scope, receive, send):
        scopes.append((scope, await receive()))

    state = {"a": 1}
    answer(application, Sent("", "", "POST", GET.target, (("X-Key", "é"),), b"body"), state=state)

    [(scope, message)] = scopes
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a/b/é", b"/a%2Fb/%C3%A9", b"q=%zz")
    assert scope["headers"] == [(b"host", b"testserver"), (b"x-key", b"\xe9"), (b"content-length", b"4")]
    assert scope["state"] == state
    assert scope["state"] is not state
    assert message == {"type": "http.request", "body": b"body", "more_body": False}


def test_answer_is_put_together():
    """Parts of a body become one, and names of headers are in lower case."""
    assert answer(responding(b"a", b"b", last=True)) == Answer(200, (("x-a", "1"),), b"ab")


def test_answer_without_an_end_is_unfinished():
    """The application returned in the middle of its response."""
    assert answer(responding(b"a")) == Answer(200, (("x-a", "1"),), b"a", complete=False)


def test_exception_is_part_of_the_answer():
    """What reaches the server is told, also where nothing was sent."""

    async def application(scope, receive, send):
        raise ExceptionGroup("group", [KeyError("k")])

    assert answer(application) == Answer(None, raised="KeyError: 'k'")


@pytest.mark.parametrize("heeds", [True, False], ids=["leaves when told", "has to be cancelled"])
def test_answer_that_does_not_end_is_cut_off(heeds):
    """First the client leaves, as real ones do; then the task is cancelled."""
    seen = []

    async def application(scope, receive, send):
        await responding(b"a")(scope, receive, send)
        await receive()
        try:
            message = await receive()
            seen.append(message["type"])
            if not heeds:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    found = answer(application, seconds=0.05)

    assert found == Answer(200, (("x-a", "1"),), b"a", complete=False)
    assert seen == (["http.disconnect"] if heeds else ["http.disconnect", "cancelled"])


def test_answer_that_is_too_large_is_cut_off():
    """An endless answer without a pause is stopped by its size, not by the clock."""

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            await asyncio.sleep(0)

    found = answer(application, seconds=60)

    assert not found.complete
    assert len(found.body) > LARGEST


def lifespan(application):
    """Start and stop an application; return the state that it leaves for requests."""

    async def run():
        between = Lifespan(application)
        await between.start()
        state = dict(between.state)
        await between.stop()
        return state

    return asyncio.run(run())


def test_lifespan_hands_over_its_state():
    """What is put there before start-up is complete, requests get."""
    received = []

    async def application(scope, receive, send):
        received.append((await receive())["type"])
        scope["state"]["a"] = 1
        await send({"type": "lifespan.startup.complete"})
        received.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})

    assert lifespan(application) == {"a": 1}
    assert received == ["lifespan.startup", "lifespan.shutdown"]


def test_application_without_lifespan_is_served_all_the_same():
    """As servers do: raising at once means that it has none."""

    async def application(scope, receive, send):
        raise AssertionError(scope["type"])

    assert lifespan(application) == {}


def test_start_that_fails_raises_what_the_application_raised():
    """The message of the protocol is only text; the exception has the user's line."""

    async def application(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "..."})
        raise LookupError("no database")

    with pytest.raises(LookupError, match="no database"):
        lifespan(application)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Sent, Sent("GET /", "a", "GET", "/", (("a", "b"),), b"\xff")),
        (Answer, Answer(None, (("a", "b"),), b"\xff", complete=False, raised="x")),
        (Facts, Facts({"a": "1"}, {"": {}}, (Route("/", ("GET",), "Route"),), (Warned("a", "b", "c:1"),))),
    ],
    ids=["request", "answer", "facts"],
)
def test_what_passes_between_the_processes_arrives_as_it_was(kind, value):
    """Bytes of any kind survive the way through JSON."""
    assert kind.from_json(value.to_json()) == value
