import threading
from contextvars import ContextVar

import anyio
import pytest

from straightway import Depends, Straightway
from straightway.runtime.threads import run_in_thread
from straightway.testclient import TestClient

variable = ContextVar("variable", default="unset")


def test_function_runs_in_another_thread():
    """The event loop's thread is left alone, and the value comes back."""

    async def run():
        return await run_in_thread(threading.get_ident)

    assert anyio.run(run) != threading.get_ident()


def test_context_variables_go_in_and_come_out():
    """The function sees what was set before, and what it sets is set afterwards."""
    seen = []

    def function():
        seen.append(variable.get())
        variable.set("in thread")

    async def run():
        variable.set("on loop")
        await run_in_thread(function)
        return variable.get()

    assert (anyio.run(run), seen) == ("in thread", ["on loop"])


def test_context_variables_come_out_of_a_failure():
    """What was set before the function failed is set afterwards, and the exception is the function's own."""
    failure = LookupError("mine")

    def function():
        variable.set("before failure")
        raise failure

    async def run():
        with pytest.raises(LookupError) as caught:
            await run_in_thread(function)
        return caught.value, variable.get()

    assert anyio.run(run) == (failure, "before failure")


def test_run_of_synchronous_callables_takes_one_hop():
    """Dependencies, the entry of a `yield` and the endpoint run in the same worker thread, with one context."""

    def first():
        variable.set("first")
        return threading.get_ident()

    def second(number: int = 1):
        yield threading.get_ident()

    def endpoint(one: int = Depends(first), two: int = Depends(second)):
        return [one, two, threading.get_ident(), variable.get()]

    app = Straightway()
    app.get("/")(endpoint)
    *threads, seen = TestClient(app).get("/").json()

    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()
    assert seen == "first"


def test_variable_set_in_a_thread_reaches_asynchronous_callables():
    """A synchronous dependency may set a context variable for what runs on the loop, and the other way round."""

    def in_thread():
        variable.set("from thread")

    async def on_loop(before=Depends(in_thread)):
        seen = variable.get()
        variable.set("from loop")
        return seen

    def endpoint(seen=Depends(on_loop)):
        return [seen, variable.get()]

    app = Straightway()
    app.get("/")(endpoint)

    assert TestClient(app).get("/").json() == ["from thread", "from loop"]


def test_requests_do_not_see_each_other():
    """What one request sets in a context variable is gone in the next."""

    def endpoint():
        seen = variable.get()
        variable.set("left behind")
        return seen

    app = Straightway()
    app.get("/")(endpoint)
    client = TestClient(app)

    assert [client.get("/").json(), client.get("/").json()] == ["unset", "unset"]
