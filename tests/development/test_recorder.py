"""What is remembered of requests: bounded, and without secrets."""

import gc
import time
import tracemalloc
from datetime import datetime

from straightway.development.recorder import KEPT, LINES, Recorder
from straightway.development.watchdog import Blocked


def scope_of(path="/", query=b"", headers=(), **more):
    """Return an HTTP scope."""
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        **more,
    }


def recorded(recorder, **parts):
    """Record a request that is answered with 200."""
    recording = recorder.begin(scope_of(**parts))
    recording.note_sending({"type": "http.response.start", "status": 200, "headers": []})
    recording.note_sending({"type": "http.response.body", "body": b"abc"})
    recording.note_sent({"type": "http.response.body", "body": b"abc"})
    recorder.end(recording, None)
    return recording


def test_the_latest_come_first_and_the_oldest_are_forgotten():
    """So many are kept, under numbers that are never given twice."""
    recorder = Recorder()
    for _ in range(KEPT + 5):
        recorded(recorder)

    records = recorder.records()

    assert len(records) == KEPT
    assert [records[0].number, records[-1].number] == [KEPT + 5, 6]
    assert recorder.find(5) is None
    assert recorder.find(6).status == 200


def test_secrets_are_masked_when_they_are_noted():
    """Neither query nor headers keep what is secret by its name; the rest is as it was sent."""
    record = recorded(
        Recorder(),
        query=b"page=2&token=hush&q=a%20b",
        headers=[(b"authorization", b"Bearer hush"), (b"cookie", b"session=hush"), (b"accept", b"*/*")],
    ).record()

    assert "hush" not in repr(record)
    assert record.query == "page=2&token=***&q=a+b"
    assert record.headers == (("authorization", "***"), ("cookie", "***"), ("accept", "*/*"))


def test_a_query_without_secrets_stays_as_it_was_sent():
    """Its spelling may be what is looked for."""
    assert recorded(Recorder(), query=b"q=a%20b&&flag&x=%zz").record().query == "q=a%20b&&flag&x=%zz"


def test_long_values_are_cut():
    """Whatever a client sends, a record stays small."""
    record = recorded(
        Recorder(),
        path="/" + "a" * 100_000,
        query=b"q=" + b"b" * 100_000,
        headers=[(b"x-%d" % number, b"c" * 10_000) for number in range(500)],
    ).record()

    assert len(repr(record)) < 30_000
    assert record.path.endswith("…")
    assert record.headers[-1] == ("…", "more headers")


def test_many_lines_are_counted_not_kept():
    """A request that logs in a loop costs no more than one that logs a lot."""
    recording = Recorder().begin(scope_of())
    for number in range(LINES + 50):
        recording.add("INFO", "shop", f"line {number} password=hush {'x' * 10_000}")

    record = recording.record()

    assert (len(record.lines), record.lines_left_out) == (LINES, 50)
    assert len(record.lines[0].text) < 3_000
    assert "hush" not in record.lines[0].text


def test_ten_thousand_requests_take_no_more_than_some():
    """Memory is bounded: what a thousand requests leave behind, ten thousand do too."""
    recorder = Recorder()
    for _ in range(1_000):
        recorded(recorder, headers=[(b"accept", b"*/*")], query=b"a=1")
    tracemalloc.start()
    try:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(10_000):
            recorded(recorder, headers=[(b"accept", b"*/*")], query=b"a=1")
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    # The records themselves were allocated before; those that replace them are counted, two kilobytes each.
    assert grown < KEPT * 10_000


def test_a_running_request_is_told_as_far_as_it_has_come():
    """It has no status and no duration yet."""
    recorder = Recorder()
    recorder.begin(scope_of())

    (record,) = recorder.records()

    assert (record.is_over, record.status, record.milliseconds) == (False, None, None)
    assert datetime.fromisoformat(record.started).tzinfo is not None


def test_exceptions_are_let_go_of():
    """A remembered request keeps texts, no exception with the frames and all that is in them."""

    class Big:
        pass

    def fail():
        big = Big()
        raise ValueError("no", big)

    recorder = Recorder()
    recording = recorder.begin(scope_of())
    try:
        fail()
    except ValueError as error:
        recording.timings.failed(error)
        recorder.end(recording, error)

    assert recording.record().raised.type == "ValueError"
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, Big)]


def test_an_exception_that_cannot_be_written_is_recorded():
    """A class whose `__str__` raises stops nothing."""

    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    recording = Recorder().begin(scope_of())
    recording.end(Mute())

    assert recording.record().raised.message == "(its message cannot be had)"


def test_clearing_forgets_all():
    """Then there is nothing, and numbers go on."""
    recorder = Recorder()
    recorded(recorder)

    recorder.clear()

    assert recorder.records() == []
    assert recorder.begin(scope_of()).number == 2


def test_every_change_is_told():
    """Open pages hear of a request that begins, one that ends, and the clearing."""
    told = []
    recorder = Recorder(lambda: told.append(1))

    recorded(recorder)
    recorder.clear()

    assert len(told) == 3


def test_a_block_is_kept_with_the_request_whose_it_was(develop, app):
    """The watchdog names the route; it is that of the latest request that can have blocked."""

    @app.get("/slow")
    async def slow():
        time.sleep(0.2)  # which is what the watchdog is for

    @app.get("/other")
    async def other():
        return 2

    served = develop(app)
    served.client.get("/slow")
    served.client.get("/other")

    served.layer.note_block(Blocked("GET /slow", "slow() in app.py:3", "time.sleep(0.2)", 200, "Await it"))
    served.layer.note_block(Blocked("GET /elsewhere", "x() in app.py:3", "time.sleep(0.2)", 200, "Await it"))

    other_record, slow_record = served.records()
    assert [each.line for each in slow_record.blocks] == ["time.sleep(0.2)"]
    assert other_record.blocks == ()
    assert (
        "Blocked the event loop for 200 ms" in served.client.get(f"/__dev/requests/{slow_record.number}").text
    )
