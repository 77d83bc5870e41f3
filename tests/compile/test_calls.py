# ruff: noqa: D103  # the functions under test are told apart by name alone
"""Which steps share a thread, and what a call is given."""

import threading
from typing import Annotated

import anyio
import pytest

from straightway import Depends, Request, Straightway
from straightway.analyse.shortcuts import grouped
from straightway.plan import Call, Read
from straightway.routing import APIRoute
from tests.serve.asgi import ask


def steps_of(endpoint, **options):
    """Return the steps of an endpoint."""
    return APIRoute("/", endpoint, **options).plan_for().steps


def runs(endpoint, **options):
    """Return how the steps are run: together in a thread, or one by one on the loop."""
    return [
        (threaded, [step.call.__name__ if isinstance(step, Call) else type(step).__name__ for step in steps])
        for threaded, steps in grouped(steps_of(endpoint, **options))
    ]


def plain(): ...


def reading(q: int = 1): ...


def generator():
    yield


async def asynchronous(): ...


async def async_generator():
    yield


def test_neighbours_share_a_thread():
    """A run of plain functions, their generators among them, and the endpoint take one hop."""

    def endpoint(a=Depends(plain), b=Depends(generator), c=Depends(reading), q: int = 1): ...

    assert runs(endpoint) == [(True, ["plain", "generator", "Read", "reading", "Read", "endpoint"])]


def test_reads_outside_a_run_stay_on_the_loop():
    """What comes before the first function of a run, or after its last, needs no thread."""

    async def endpoint(q: int, a=Depends(reading)): ...

    assert runs(endpoint) == [
        (False, ["Read"]),
        (True, ["reading"]),
        (False, ["Read"]),
        (False, ["endpoint"]),
    ]


@pytest.mark.parametrize("between", [asynchronous, async_generator])
def test_asynchronous_neighbour_ends_a_run(between):
    """It runs on the loop, between two hops: the order is kept."""

    def endpoint(a=Depends(plain), b=Depends(between), c=Depends(generator)): ...

    assert runs(endpoint) == [
        (True, ["plain"]),
        (False, [between.__name__]),
        (True, ["generator", "endpoint"]),
    ]


def test_limited_dependency_has_a_hop_of_its_own():
    """It may have to wait, which a thread must not."""

    def endpoint(a=Depends(plain), b=Depends(reading, max_concurrency=1)): ...

    assert runs(endpoint) == [
        (True, ["plain"]),
        (False, ["Read"]),
        (False, ["reading"]),
        (True, ["endpoint"]),
    ]


def test_body_ends_a_run():
    """It is received on the loop."""

    def endpoint(body: dict, a=Depends(plain)): ...

    assert runs(endpoint) == [
        (True, ["plain"]),
        (False, ["Body"]),
        (False, ["ReadBody"]),
        (True, ["endpoint"]),
    ]


def test_generator_endpoint_stays_on_the_loop():
    """Calling it starts nothing; its items are asked for in threads later."""

    def endpoint(a=Depends(plain)):
        yield 1

    assert runs(endpoint) == [(True, ["plain"]), (False, ["endpoint"])]


def test_every_step_is_run_once():
    """Grouping leaves nothing out and changes no order."""

    def endpoint(
        q: int, a=Depends(reading), b=Depends(asynchronous), c=Depends(generator), d=Depends(plain)
    ): ...

    steps = steps_of(endpoint)

    assert [step for _, run in grouped(steps) for step in run] == list(steps)
    assert any(isinstance(step, Read) for step in steps)


def test_run_takes_one_worker():
    """All of it happens in the same thread, and not in that of the loop."""
    threads = []

    def note():
        threads.append(threading.get_ident())

    def enter(value=Depends(note, use_cache=False)):
        note()
        yield

    def endpoint(first=Depends(note), second=Depends(enter)):
        note()

    app = Straightway()
    app.post("/")(endpoint)

    ask(app)

    assert len(threads) == 4
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


def test_many_requests_over_few_workers_do_not_wait_for_each_other():
    """Leaving a generator needs no worker of the pool, so requests that hold one each come to an end."""

    def session():
        yield 1

    async def endpoint(first: Annotated[int, Depends(session)], request: Request):
        return first

    app = Straightway()
    app.post("/")(endpoint)
    answers = []

    async def main():
        anyio.to_thread.current_default_thread_limiter().total_tokens = 2
        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                for _ in range(50):
                    group.start_soon(one)

    async def one():
        async def receive():
            return {"type": "http.request"}

        async def send(message):
            answers.append(message["type"])

        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
        await app(scope, receive, send)

    anyio.run(main)

    assert answers.count("http.response.body") == 50
