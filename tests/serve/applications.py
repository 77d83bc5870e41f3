"""Small applications and middleware functions that the tests of middleware put together."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

CallNext = Callable[[Request], Awaitable[Any]]
Dispatch = Callable[[Request, CallNext], Awaitable[Any]]

variable: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("variable", default=())


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in one piece."""
    await PlainTextResponse("hello")(scope, receive, send)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body of the request."""
    await PlainTextResponse(await Request(scope, receive).body())(scope, receive, send)


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in three parts, with a wait before each."""

    async def parts() -> AsyncIterator[str]:
        for part in ("one", "two", "three"):
            await turn()
            yield part

    await StreamingResponse(parts())(scope, receive, send)


async def turn() -> None:
    """Wait for another task: unlike a checkpoint, something that has to happen."""
    event = anyio.Event()

    async def happen() -> None:
        event.set()

    async with anyio.create_task_group() as group:
        group.start_soon(happen)
        await event.wait()


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    """Raise an error of its own instead of answering."""
    raise AppError("no answer")


class AppError(Exception):
    """What an application raises."""


async def pass_through(request: Request, call_next: CallNext) -> Any:
    """Do nothing."""
    return await call_next(request)


async def add_header(request: Request, call_next: CallNext) -> Any:
    """Add a header to the response."""
    response = await call_next(request)
    response.headers["x-seen"] = "1"
    return response


async def as_iterator(chunks: list[bytes]) -> AsyncIterator[bytes]:
    """Yield the chunks."""
    for chunk in chunks:
        yield chunk


async def changed(way: str, response: Any) -> Any:
    """Return the response, or one that is made of it."""
    match way:
        case "buffered":
            return Response(b"".join([chunk async for chunk in response.body_iterator]))
        case "wrapped":
            return StreamingResponse(relayed(response.body_iterator))
        case "set":
            response.body_iterator = relayed(response.body_iterator)
        case "set scope":
            response.body_iterator = relayed_in_a_scope(response.body_iterator)
    return response


async def relayed(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the chunks."""
    async for chunk in chunks:
        yield chunk


async def relayed_in_a_scope(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the chunks, from within a task group of one's own."""
    async with anyio.create_task_group():
        async for chunk in chunks:
            yield chunk


async def in_task_group(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from a task of a task group, as server-sent events with a heartbeat do."""
    async with anyio.create_task_group() as group:
        group.start_soon(stream, scope, receive, send)


async def from_a_thread(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from a worker thread, as WSGI applications do."""

    def answer() -> None:
        anyio.from_thread.run(send, {"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"one", b"two", b"three"):
            message = {"type": "http.response.body", "body": part, "more_body": True}
            anyio.from_thread.run(send, message)
        anyio.from_thread.run(send, {"type": "http.response.body", "body": b""})

    await anyio.to_thread.run_sync(answer)


async def hello_in_task_group(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in one piece from a task of a task group."""
    async with anyio.create_task_group() as group:
        group.start_soon(hello, scope, receive, send)


async def around_the_response(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer inside a cancel scope that ends after the response, as a dependency with one does."""
    with anyio.CancelScope():
        await hello(scope, receive, send)
        await anyio.lowlevel.checkpoint()


async def timed(request: Request, call_next: CallNext) -> Any:
    """Call the application with a time limit of AnyIO's."""
    with anyio.fail_after(5):
        return await call_next(request)


async def empty() -> Message:
    """Receive an empty body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def ignored(message: Message) -> None:
    """Take a message and forget it."""


async def forever() -> Message:
    """Receive nothing."""
    await anyio.sleep_forever()
    raise AssertionError


async def background_in_middleware(request: Request, call_next: CallNext) -> Any:
    """Give the response a background task."""
    response = await call_next(request)
    response.background = BackgroundTask(anyio.lowlevel.checkpoint)
    return response


def extended(word: str) -> contextvars.Token[tuple[str, ...]]:
    """Add a word to the context variable."""
    return variable.set((*variable.get(), word))


async def timed_by_asyncio(request: Request, call_next: CallNext) -> Any:
    """Call the application with a time limit of asyncio's."""
    async with asyncio.timeout(5):
        return await call_next(request)


async def waited_for(request: Request, call_next: CallNext) -> Any:
    """Call the application by `wait_for`, which before Python 3.12 does it in another task."""
    return await asyncio.wait_for(call_next(request), 5)


async def in_another_task(request: Request, call_next: CallNext) -> Any:
    """Call the application in a task."""
    return await asyncio.create_task(call_next(request))


async def beside_another_task(request: Request, call_next: CallNext) -> Any:
    """Call the application while another task runs."""
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.lowlevel.checkpoint)
        return await call_next(request)
