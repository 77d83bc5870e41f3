"""A function from request to response as an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from anyio.lowlevel import checkpoint_if_cancelled
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from straightway.analyse.callables import kind_of
from straightway.runtime.answering import send_reply
from straightway.runtime.lifetimes import Files, not_awaited
from straightway.runtime.reading import REQUEST

FILE_STACK = "fastapi_middleware_astack"


def request_response(func: Callable[[Request], Awaitable[Response] | Response]) -> ASGIApp:
    """Return an ASGI application that answers with `func(request)`.

    The stacks that close dependencies and files are in the scope under FastAPI's keys, because packages that wrap
    handlers look there.
    """
    is_async = kind_of(func) == "loop"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        sent = False
        file_stack = AsyncExitStack()
        try:
            async with Files(scope) as files, AsyncExitStack() as request_stack:
                files.push_async_callback(file_stack.aclose)
                scope.setdefault(FILE_STACK, file_stack)
                scope["fastapi_inner_astack"] = request_stack
                async with AsyncExitStack() as function_stack:
                    scope["fastapi_function_astack"] = function_stack
                    reply = await func(request) if is_async else await run_in_threadpool(func, request)  # type: ignore[misc]  # what kind_of said
                await checkpoint_if_cancelled()  # clean-up is not cut short, what follows it is
                await send_reply(reply, scope, receive, send)  # type: ignore[arg-type]  # the same
                sent = True
        except Exception:
            scope[REQUEST] = request
            raise
        await checkpoint_if_cancelled()
        if not sent:
            raise not_awaited()

    return app
