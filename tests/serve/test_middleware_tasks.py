"""Tasks, cancel scopes and cancellation on both sides of a middleware function."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.serve.middleware import HTTPMiddleware
from tests.serve.applications import (
    AppError,
    CallNext,
    Dispatch,
    add_header,
    around_the_response,
    background_in_middleware,
    beside_another_task,
    changed,
    echo,
    forever,
    from_a_thread,
    hello,
    hello_in_task_group,
    in_another_task,
    in_task_group,
    pass_through,
    stream,
    timed,
    timed_by_asyncio,
    waited_for,
)
from tests.serve.asgi import Exchange, ask, exchange, http_scope


@pytest.mark.parametrize(
    "app",
    [hello, stream, in_task_group, hello_in_task_group, from_a_thread, around_the_response],
    ids=lambda app: app.__name__,
)
@pytest.mark.parametrize(
    "dispatch",
    [
        pass_through,
        timed,
        timed_by_asyncio,
        waited_for,
        in_another_task,
        beside_another_task,
        background_in_middleware,
    ],
    ids=lambda dispatch: dispatch.__name__,
)
@pytest.mark.parametrize("way", ["unseen", "buffered", "wrapped", "set", "set scope"])
@pytest.mark.parametrize("spec_version", ["2.3", "2.4"])
def test_tasks_and_scopes_on_both_sides(
    middleware: Any, app: ASGIApp, dispatch: Dispatch, way: str, spec_version: str
):
    """Time limits and task groups of middleware and application do not get into each other's way."""

    async def changing(request: Request, call_next: CallNext) -> Any:
        return await changed(way, await dispatch(request, call_next))

    wrapped = middleware(middleware(app, dispatch=changing), dispatch=changing)
    response = ask(wrapped, spec_version=spec_version)

    assert response.status == 200
    assert response.body in {b"hello", b"onetwothree"}


@pytest.mark.parametrize(
    "limit", [anyio.fail_after, asyncio.timeout, None], ids=["anyio", "asyncio", "wait_for"]
)
@pytest.mark.parametrize("waiting", ["before", "in group", "gathered"])
def test_time_limits_cancel_the_application(limit: Any, waiting: str):
    """An application that takes too long is cancelled where it waits, and the middleware answers."""
    log: list[str] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if waiting == "in group":
                async with anyio.create_task_group() as group:
                    group.start_soon(anyio.sleep_forever)
            elif waiting == "gathered":
                await asyncio.gather(asyncio.sleep(100), asyncio.sleep(100))
            else:
                await anyio.sleep_forever()
        except BaseException as error:
            log.append(type(error).__name__)
            raise

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        try:
            if limit is None:
                return await asyncio.wait_for(call_next(request), 0.01)
            async with asynchronous(limit(0.01)):
                return await call_next(request)
        except TimeoutError:
            return PlainTextResponse("too slow", 504)

    assert ask(HTTPMiddleware(slow, dispatch=dispatch)).body == b"too slow"
    assert log == ["CancelledError"]


@contextlib.asynccontextmanager
async def asynchronous(manager: Any) -> AsyncIterator[None]:
    """Enter a context manager of either kind."""
    if hasattr(manager, "__aenter__"):
        async with manager:
            yield
    else:
        with manager:
            yield


def test_an_application_may_outlive_its_cancellation():
    """What shields itself from the time limit is waited for, and its answer is used."""

    async def shielded(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(100)
        await hello(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().call_soon(task.cancel)
        response = await call_next(request)
        task.uncancel()
        return response

    assert ask(HTTPMiddleware(shielded, dispatch=dispatch)).body == b"hello"


@pytest.mark.parametrize("app", [hello, stream, in_task_group], ids=lambda app: app.__name__)
@pytest.mark.parametrize("way", ["unseen", "wrapped", "set"])
def test_cancelled_requests(app: ASGIApp, way: str):
    """A request that is cancelled while its response is sent cancels the application too, once and completely."""
    log: list[str] = []

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except BaseException as error:
            log.append(type(error).__name__)
            raise

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        return await changed(way, await call_next(request))

    async def run() -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                scope.cancel()
                await anyio.sleep_forever()

        with anyio.CancelScope() as scope:
            await HTTPMiddleware(logged, dispatch=dispatch)(http_scope(spec_version="2.4"), forever, send)
        assert scope.cancelled_caught

    anyio.run(run)

    assert log == ["CancelledError"]


def test_an_application_may_cancel_itself():
    """A scope of the application that is still open ends what it surrounds: here, the sending of its response."""
    log: list[str] = []

    async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.move_on_after(0.01):
            await hello(scope, receive, send)
        log.append("moved on")

    async def run() -> None:
        async def send(message: Message) -> None:
            await anyio.sleep_forever()

        await HTTPMiddleware(impatient, dispatch=pass_through)(http_scope(), forever, send)

    anyio.run(run)

    assert log == ["moved on"]


def test_disconnects_end_streams():
    """A client that goes while a stream waits ends it, as without middleware."""
    for way in ("unseen", "wrapped", "set"):
        assert stream_until_disconnect(functools.partial(changed, way)) == ["cleaned up"]


def stream_until_disconnect(change: Callable[[Any], Awaitable[Any]]) -> list[str]:
    """Serve a stream that waits for ever, to a client that goes after the first part."""
    log: list[str] = []

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[str]:
            try:
                yield "first"
                await anyio.sleep_forever()
            finally:
                log.append("cleaned up")

        async with contextlib.aclosing(parts()) as iterator:
            await StreamingResponse(iterator)(scope, receive, send)

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        return await change(await call_next(request))

    async def run() -> None:
        gone = anyio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message.get("body"):
                gone.set()

        with anyio.fail_after(5):
            await HTTPMiddleware(waiting, dispatch=dispatch)(http_scope(), receive, send)

    anyio.run(run)
    return log


def test_errors_of_sending_end_the_application():
    """A server that raises for a client that has gone ends application and middleware with that error."""
    for app in (hello, stream, in_task_group):
        for way in ("unseen", "wrapped", "set"):
            error = error_of_sending(app, functools.partial(changed, way))

            while isinstance(error, ExceptionGroup):
                (error,) = error.exceptions
            assert isinstance(error, OSError | ClientDisconnect)


def error_of_sending(app: ASGIApp, change: Callable[[Any], Awaitable[Any]]) -> BaseException | None:
    """Return what is raised if nothing can be sent."""

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        return await change(await call_next(request))

    async def run() -> BaseException | None:
        async def send(message: Message) -> None:
            raise OSError("gone")

        try:
            await HTTPMiddleware(app, dispatch=dispatch)(http_scope(spec_version="2.4"), forever, send)
        except Exception as error:  # noqa: BLE001  # whatever it is
            return error
        return None

    return anyio.run(run)


def test_errors_reach_whoever_reads_the_body():
    """An error of the application is raised where the next part of its body was asked for."""
    seen: list[str] = []

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
        raise AppError("after the first part")

    async def read(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        try:
            async for chunk in chunks:
                yield chunk
        except AppError as error:
            seen.append(str(error))
            raise

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        return StreamingResponse(read((await call_next(request)).body_iterator))

    for spec_version in ("2.3", "2.4"):
        response = ask(HTTPMiddleware(broken, dispatch=dispatch), spec_version=spec_version, catch=True)
        assert isinstance(response.error, AppError)
        assert response.body == b"part"
    assert seen == ["after the first part"] * 2


def test_a_body_is_read_by_one_reader():
    """Two tasks cannot read one body at once."""

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0, future.set_result, None)
        await future
        await send({"type": "http.response.body", "body": b"slow", "more_body": True})

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        response = await call_next(request)
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(anext, response.body_iterator)
        return response

    with pytest.raises(ExceptionGroup) as caught:
        ask(HTTPMiddleware(slow, dispatch=dispatch))

    assert "already being read" in str(caught.value.exceptions[0])


def test_senders_in_several_tasks():
    """Tasks of an application that send at the same time are served one after the other, and nothing is lost."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        async with anyio.create_task_group() as group:
            for letter in b"abcdef":
                part = {"type": "http.response.body", "body": bytes([letter]), "more_body": True}
                group.start_soon(send, part)
        await send({"type": "http.response.body", "body": b""})

    for way in ("unseen", "buffered", "wrapped", "set"):

        async def dispatch(request: Request, call_next: CallNext, way: str = way) -> Any:
            return await changed(way, await call_next(request))

        response = ask(HTTPMiddleware(app, dispatch=dispatch))
        assert sorted(response.body) == list(b"abcdef")


def test_without_knowledge_of_scopes_nothing_breaks(monkeypatch: pytest.MonkeyPatch):
    """Where AnyIO does not tell which scope is open, the application runs in a task of its own."""
    monkeypatch.setattr("straightway.runtime.internals._task_states", lambda: None)

    for app in (hello, stream, in_task_group, around_the_response):
        for dispatch in (add_header, timed):
            assert ask(HTTPMiddleware(app, dispatch=dispatch)).status == 200


@pytest.mark.parametrize("app", [hello, stream, echo, around_the_response, in_task_group])
@pytest.mark.parametrize("dispatch", [add_header, timed])
def test_on_trio(app: ASGIApp, dispatch: Dispatch):
    """On Trio the interface is the same: Starlette's implementation does the work."""
    result: list[Exchange] = []

    async def run() -> None:
        result.append(await exchange(HTTPMiddleware(app, dispatch=dispatch), b"one", b"two"))

    anyio.run(run, backend="trio")

    assert result[0].body in {b"hello", b"onetwothree", b"onetwo"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
def test_eager_tasks():
    """Tasks that start running at once, inside a step of the application, are still other tasks."""

    async def run() -> bytes:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await asyncio.create_task(hello(scope, receive, send))

        return (await exchange(HTTPMiddleware(app, dispatch=add_header))).body

    assert asyncio.run(run()) == b"hello"
