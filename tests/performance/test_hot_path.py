"""What a request may make Python do: ceilings on calls and allocations of the main workloads.

Nothing here is timed. The ceilings of calls are exact on Python 3.11, so that one call more fails. They hold for 3.12 and
3.13 too, where a request can only make fewer: comprehensions are no functions there (PEP 709), and the standard library,
which changes between versions, is not counted. The ceilings of bytes leave a tenth for objects that have another size in
another version.

A change that needs more may raise a ceiling and says in its commit message what the calls are for; a change that needs
less lowers it. `python -m benchmarks.counting NAME` lists the calls.
"""

import pytest
from starlette.requests import Request

from benchmarks.counting import bytes_of, calls_of
from benchmarks.frameworks import straightway
from benchmarks.workloads import WORKLOADS

CALLS = {
    "hello": 11,
    "path-query": 15,
    "body": 13,
    "dependencies": 12,
    "models-100": 9,
    "dicts-1000": 11,
    "sync": 103,
    "async-yield": 42,
    "sync-yield": 216,
    "routes-500": 14,
    "invalid": 48,
    "form": 109,
    "upload": 121,
    "http-middleware": 61,
    "five-middlewares": 76,
    "websocket-text": 45,
    "websocket-json": 45,
}

BYTES = {
    "hello": 2_050,
    "path-query": 2_870,
    "body": 3_690,
    "dependencies": 2_290,
    "models-100": 13_000,
    "sync": 9_190,
    "async-yield": 5_990,
    "routes-500": 2_260,
    "invalid": 8_220,
    "form": 7_340,
    "upload": 153_000,
    "http-middleware": 7_720,
    "five-middlewares": 11_900,
    "websocket-text": 9_110,
}

FORGOTTEN = 128
"""Bytes that may be left per request: numbers that the measurement itself keeps."""

BY_NAME = {workload.name: workload for workload in WORKLOADS}


@pytest.mark.parametrize("name", CALLS)
def test_a_request_calls_no_more_functions(name):
    """The framework calls no more Python functions for a request than the ceiling says."""
    workload = BY_NAME[name]

    calls = calls_of(workload.build(straightway()), workload.request)

    listed = "\n".join(f"{number:4} {function}" for function, number in calls.most_common())
    assert calls.total() <= CALLS[name], f"{calls.total()} calls, {CALLS[name]} are allowed:\n{listed}"


@pytest.mark.parametrize("name", BYTES)
def test_a_request_allocates_no_more(name):
    """The framework holds no more memory during a request than the ceiling says, and none after it."""
    workload = BY_NAME[name]

    at_once, left = bytes_of(workload.build(straightway()), workload.request)

    assert at_once <= BYTES[name]
    assert left <= FORGOTTEN


def test_the_number_of_routes_costs_no_call():
    """The last of 500 routes is found with as many calls as the only one."""
    workload = BY_NAME["routes-500"]
    assert workload.alone is not None

    last = calls_of(workload.build(straightway()), workload.request)
    only = calls_of(workload.alone(straightway()), workload.request)

    assert last.total() == only.total()


def test_one_call_more_is_seen():
    """The count goes up by one if something calls one function more: the ceilings can fail."""
    workload = BY_NAME["hello"]
    app = workload.build(straightway())

    async def planted(scope, receive, send):
        await app(scope, receive, send)

    assert calls_of(planted, workload.request).total() == calls_of(app, workload.request).total() + 1


def test_one_object_more_is_seen():
    """A `Request` that nobody needs is more than the ceiling of bytes leaves room for."""
    workload = BY_NAME["hello"]
    app = workload.build(straightway())

    async def planted(scope, receive, send):
        request = Request(scope, receive)
        await app(request.scope, receive, send)

    assert bytes_of(planted, workload.request)[0] > BYTES["hello"]
