"""How many uses of a dependency run at once, and that waiting requests do not block each other."""

import threading
from typing import Annotated, Any

import anyio
import anyio.to_thread
import pytest

from straightway import Depends, Response, Straightway
from tests.serve.asgi import exchange


class Gauge:
    """Counts what is inside at the same time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = self.most = self.total = 0

    def enter(self) -> None:
        """Count one more."""
        with self.lock:
            self.inside += 1
            self.total += 1
            self.most = max(self.most, self.inside)

    def leave(self) -> None:
        """Count one less."""
        with self.lock:
            self.inside -= 1


async def turns(number: int = 20) -> None:
    """Let other tasks run."""
    for _ in range(number):
        await anyio.lowlevel.checkpoint()


def ask_at_once(app: Straightway, number: int, path: str = "/") -> list[int]:
    """Make requests at the same time and return their statuses."""
    statuses: list[int] = []

    async def one() -> None:
        statuses.append((await exchange(app, method="GET", path=path)).status)

    async def run() -> None:
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                for _ in range(number):
                    group.start_soon(one)

    anyio.run(run)
    return statuses


@pytest.mark.parametrize("limit", [1, 3])
def test_a_plain_dependency_is_bounded_while_it_runs(limit: int):
    """No more than `max_concurrency` calls are under way; the endpoints after them are not bounded."""
    app = Straightway()
    calls, endpoints = Gauge(), Gauge()
    everyone = anyio.Event()

    async def bounded():
        calls.enter()
        await turns()
        calls.leave()

    @app.get("/", dependencies=[Depends(bounded, max_concurrency=limit)])
    async def endpoint():
        endpoints.enter()
        if endpoints.inside == 10:
            everyone.set()
        await everyone.wait()

    assert ask_at_once(app, 10) == [200] * 10
    assert (calls.most, calls.total) == (limit, 10)
    assert endpoints.most == 10


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("scope", ["request", "function"])
def test_a_dependency_that_yields_is_bounded_until_it_is_closed(is_async: bool, scope: Any):
    """The endpoint runs within the bound, and so does the clean-up."""
    app = Straightway()
    gauge = Gauge()

    async def asynchronous():
        gauge.enter()
        yield
        await turns()
        gauge.leave()

    def synchronous():
        gauge.enter()
        yield
        gauge.leave()

    bounded = Depends(asynchronous if is_async else synchronous, scope=scope, max_concurrency=2)
    both = anyio.Event()

    @app.get("/", dependencies=[bounded])
    async def endpoint():
        if gauge.inside == 2:
            both.set()
        await both.wait()  # the first one leaves when the second one has come
        await turns()

    assert ask_at_once(app, 12) == [200] * 12
    assert (gauge.most, gauge.total, gauge.inside) == (2, 12, 0)


def test_a_synchronous_dependency_is_bounded():
    """Functions in worker threads are bounded before they take a thread."""
    app = Straightway()
    gauge = Gauge()

    def bounded() -> None:
        gauge.enter()
        gauge.leave()

    app.get("/", dependencies=[Depends(bounded, max_concurrency=1)])(lambda: None)

    assert ask_at_once(app, 20) == [200] * 20
    assert (gauge.most, gauge.total) == (1, 20)


def test_one_declaration_is_one_bound():
    """A declaration that two routes share is one bound; two declarations of one function are two."""
    gauge = Gauge()

    async def bounded():
        gauge.enter()
        yield
        gauge.leave()

    shared = Annotated[None, Depends(bounded, max_concurrency=1)]
    app = Straightway()

    @app.get("/shared/{n}")
    async def first(n: int, b: shared):
        await turns()

    @app.get("/{n}", dependencies=[Depends(bounded, max_concurrency=1)])
    async def second(n: int):
        await turns()

    @app.get("/other/{n}")
    async def third(n: int, b: shared):
        await turns()

    async def run(paths: list[str]) -> int:
        gauge.most = 0
        async with anyio.create_task_group() as group:
            for path in paths:
                group.start_soon(lambda path=path: exchange(app, method="GET", path=path))
        return gauge.most

    assert anyio.run(run, ["/shared/1", "/other/1", "/shared/2", "/other/2"]) == 1
    assert anyio.run(run, ["/shared/1", "/1", "/shared/2", "/2"]) == 2


def test_capacity_is_given_back_by_errors():
    """What fails, in the dependency or after it, leaves room for the next request."""
    app = Straightway()
    gauge = Gauge()

    async def bounded(fail: bool = False):
        if fail:
            raise LookupError
        gauge.enter()
        yield
        gauge.leave()

    app.get("/", dependencies=[Depends(bounded, max_concurrency=1)])(lambda: None)

    @app.get("/fail", dependencies=[Depends(bounded, max_concurrency=1)])
    async def failing():
        raise LookupError

    async def run() -> list[int]:
        asked = [("/", b"fail=1"), ("/", b""), ("/", b"fail=1"), ("/", b"")] + [("/fail", b"")] * 3
        return [
            (await exchange(app, method="GET", path=path, query_string=query, catch=True)).status
            for path, query in asked
        ]

    assert anyio.run(run) == [500, 200, 500, 200, 500, 500, 500]


def test_a_replacement_is_bounded_as_the_original():
    """An override runs under the limit of the declaration it stands in for."""
    app = Straightway()
    gauge = Gauge()

    def original() -> None:
        raise AssertionError

    async def replacement():
        gauge.enter()
        await turns()
        gauge.leave()

    app.get("/", dependencies=[Depends(original, max_concurrency=2)])(lambda: None)
    app.dependency_overrides[original] = replacement

    assert ask_at_once(app, 10) == [200] * 10
    assert gauge.most == 2


@pytest.mark.parametrize("limit", [0, -1, True, 1.5, "2"])
def test_limits_are_positive_integers(limit: Any):
    """Anything else is refused where it is written."""
    with pytest.raises(ValueError, match="max_concurrency must be a positive integer or None"):
        Depends(lambda: None, max_concurrency=limit)


@pytest.mark.parametrize("is_async_endpoint", [True, False])
def test_a_small_pool_does_not_block_many_requests(is_async_endpoint: bool):
    """A hundred requests over five connections, taken and given back in worker threads, all get their turn.

    With more requests waiting for a connection than there are worker threads, clean-up must not have to wait for one.
    """
    app = Straightway()
    pool = threading.BoundedSemaphore(5)
    gauge = Gauge()

    def connection():
        assert pool.acquire(timeout=15)
        gauge.enter()
        try:
            yield gauge
        finally:
            gauge.leave()
            pool.release()

    async def asynchronous(c: Annotated[Any, Depends(connection)]):
        await turns(3)
        return "done"

    def synchronous(c: Annotated[Any, Depends(connection)]):
        return "done"

    app.get("/")(asynchronous if is_async_endpoint else synchronous)

    assert ask_at_once(app, 100) == [200] * 100
    assert (gauge.total, gauge.inside) == (100, 0)
    assert gauge.most <= 5


def test_requests_with_a_bound_and_a_response_of_their_own():
    """The injected response belongs to one request, however many run at once."""
    app = Straightway()

    def stamped(response: Response, n: int):
        response.headers["x-n"] = str(n)

    @app.get("/", dependencies=[Depends(stamped)])
    async def endpoint(n: int):
        await turns()
        return n

    async def run() -> list[bool]:
        agree: list[bool] = []

        async def one(number: int) -> None:
            result = await exchange(app, method="GET", query_string=f"n={number}".encode())
            agree.append(result.body.decode() == result.headers["x-n"] == str(number))

        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(one, number)
        return agree

    assert anyio.run(run) == [True] * 20
