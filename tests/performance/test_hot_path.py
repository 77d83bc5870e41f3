"""What a request may make Python do: ceilings on calls and allocations of the main workloads.

Nothing here is timed. The ceilings of calls are exact on Python 3.11, so that one call more fails. They hold for 3.12 and
3.13 too, where a request can only make fewer: comprehensions are no functions there (PEP 709), and the standard library,
which changes between versions, is not counted. The ceilings of bytes leave a twentieth for objects that have another size in
another version.

A change that needs more may raise a ceiling and says in its commit message what the calls are for; a change that needs
less lowers it. `python -m benchmarks.counting NAME` lists the calls.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.requests import Request

from benchmarks.counting import bytes_of, calls_of
from benchmarks.frameworks import straightway
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).resolve().parents[2]
CALLS = {
    "hello": 4,
    "path-query": 6,
    "body": 7,
    "dependencies": 5,
    "models-100": 4,
    "dicts-1000": 5,
    "sync": 25,
    "async-yield": 27,
    "sync-yield": 44,
    "routes-500": 5,
    "invalid": 44,
    "form": 23,
    "upload": 95,
    "http-middleware": 42,
    "five-middlewares": 57,
    "websocket-text": 40,
    "websocket-json": 40,
}

BYTES = {
    "hello": 5_930,
    "path-query": 6_370,
    "body": 3_270,
    "dependencies": 6_170,
    "models-100": 12_150,
    "async-yield": 9_500,
    "routes-500": 6_070,
    "invalid": 7_870,
    "form": 5_500,  # 4,320 on 3.11, 5,290 on 3.14
    "upload": 144_750,
    "http-middleware": 10_650,
    "five-middlewares": 14_650,
    "websocket-text": 9_900,  # 7,600 on 3.11, 9,753 on 3.14
}

# Not the workloads with a worker thread: what two threads hold at once depends on who runs first.

FORGOTTEN = 128
"""Bytes that may be left per request: numbers that the measurement itself keeps."""

BY_NAME = {workload.name: workload for workload in WORKLOADS}


@pytest.fixture(scope="module")
def counted():
    """The counts of all workloads in a process of its own: what other tests import, such as telemetry, would count."""
    command = [sys.executable, "-m", "benchmarks.counting", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", CALLS)
def test_a_request_calls_no_more_functions(counted, name):
    """The framework calls no more Python functions for a request than the ceiling says."""
    calls = counted[name]["calls"]

    total = sum(calls.values())
    listed = "\n".join(f"{number:4} {function}" for function, number in calls.items())
    assert total <= CALLS[name], f"{total} calls, {CALLS[name]} are allowed:\n{listed}"


@pytest.mark.parametrize("name", BYTES)
def test_a_request_allocates_no_more(counted, name):
    """The framework holds no more memory during a request than the ceiling says, and none after it."""
    at_once, left = counted[name]["bytes"]

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
