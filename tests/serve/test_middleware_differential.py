"""Whatever applications and middleware functions do, ours and Starlette's class give the same answers and errors."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from starlette.background import BackgroundTask
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from straightway.serve.middleware import HTTPMiddleware
from tests.serve.applications import (
    AppError,
    CallNext,
    Dispatch,
    beside_another_task,
    in_another_task,
    pass_through,
    relayed,
    timed,
    timed_by_asyncio,
    turn,
    variable,
    waited_for,
)
from tests.serve.asgi import exchange

WAITS: dict[str, Callable[[], Awaitable[Any]]] = {
    "for nothing": anyio.lowlevel.checkpoint,
    "for a task": turn,
    "for a thread": functools.partial(anyio.to_thread.run_sync, int),
}

CALLS: dict[str, Dispatch] = {
    dispatch.__name__: dispatch
    for dispatch in (
        pass_through,
        timed,
        timed_by_asyncio,
        waited_for,
        in_another_task,
        beside_another_task,
    )
}


@dataclass(frozen=True)
class Answering:
    """What an application does."""

    waits: tuple[str, ...]
    """One before the response, one before each part but the first."""
    form: str
    surroundings: str
    reads_body: bool
    fails: str | None
    has_background: bool
    sets_variable: bool


@dataclass(frozen=True)
class Handling:
    """What a middleware function does."""

    call: str
    reads_body: bool
    then_waits: str
    change: str
    sets_variable: bool


answering = st.builds(
    Answering,
    waits=st.lists(st.sampled_from(sorted(WAITS)), min_size=1, max_size=4).map(tuple),
    form=st.sampled_from(["whole", "stream", "messages"]),
    surroundings=st.sampled_from(["none", "task group", "scope", "Starlette's middleware"]),
    reads_body=st.booleans(),
    fails=st.sampled_from([None, None, None, "at first", "in between", "at last"]),
    has_background=st.booleans(),
    sets_variable=st.booleans(),
)
handling = st.builds(
    Handling,
    call=st.sampled_from(sorted(CALLS)),
    reads_body=st.booleans(),
    then_waits=st.sampled_from(sorted(WAITS)),
    change=st.sampled_from(
        ["none", "header", "read", "wrap", "set", "replace", "read in part", "background", "fail"]
    ),
    sets_variable=st.booleans(),
)


@contextlib.contextmanager
def set_and_reset(wanted: bool) -> Any:
    """Set the context variable for the time of a block, as request ids are."""
    token = variable.set(("set",)) if wanted else None
    try:
        yield
    finally:
        if token is not None:
            variable.reset(token)


async def parts_of(plan: Answering) -> AsyncIterator[bytes]:
    """Yield the parts of the body."""
    for number, wait in enumerate(plan.waits[1:]):
        await WAITS[wait]()
        yield b"part %d " % number
        if plan.fails == "in between":
            raise AppError("in between")


async def answer(plan: Answering, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, and fail, as planned."""
    body = await Request(scope, receive).body() if plan.reads_body else b""
    await WAITS[plan.waits[0]]()
    if plan.fails == "at first":
        raise AppError("at first")
    background = BackgroundTask(WAITS[plan.waits[0]]) if plan.has_background else None
    match plan.form:
        case "whole":
            await Response(b"whole " + body, background=background)(scope, receive, send)
        case "stream":
            await StreamingResponse(parts_of(plan), background=background)(scope, receive, send)
        case _:
            await send({"type": "http.response.start", "status": 201, "headers": [(b"x-a", b"b")]})
            async for part in parts_of(plan):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": body})
    if plan.fails == "at last":
        raise AppError("at last")


def application_of(plan: Answering) -> ASGIApp:
    """Return the application that follows the plan."""
    answering = functools.partial(answer, plan)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        with set_and_reset(plan.sets_variable):
            match plan.surroundings:
                case "task group":
                    async with anyio.create_task_group() as group:
                        group.start_soon(answering, scope, receive, send)
                case "scope":
                    with anyio.CancelScope():
                        await answering(scope, receive, send)
                case "Starlette's middleware":
                    await BaseHTTPMiddleware(answering, dispatch=pass_through)(scope, receive, send)
                case _:
                    await answering(scope, receive, send)

    return application


def dispatch_of(plan: Handling) -> Dispatch:
    """Return the middleware function that follows the plan."""

    async def dispatch(request: Request, call_next: CallNext) -> Any:
        with set_and_reset(plan.sets_variable):
            if plan.reads_body:
                await request.body()
            response = await CALLS[plan.call](request, call_next)
            await WAITS[plan.then_waits]()
            return await changed_by(plan.change, response)

    return dispatch


async def changed_by(change: str, response: Any) -> Any:
    """Return what the middleware function answers."""
    match change:
        case "header":
            response.headers["x-seen"] = "1"
        case "read":
            return Response(b"".join([chunk async for chunk in response.body_iterator]), response.status_code)
        case "wrap":
            return StreamingResponse(relayed(response.body_iterator), response.status_code)
        case "set":
            response.body_iterator = relayed(response.body_iterator)
        case "replace":
            return PlainTextResponse("replaced")
        case "read in part":
            async for chunk in response.body_iterator:
                return PlainTextResponse(chunk[:1])
        case "background":
            response.background = BackgroundTask(anyio.lowlevel.checkpoint)
        case "fail":
            raise AppError("in dispatch")
    return response


def answer_of(
    kind: type[BaseHTTPMiddleware],
    plans: tuple[Answering, list[Handling]],
    chunks: list[bytes],
    spec_version: str,
) -> tuple[Any, ...]:
    """Return what the client gets and the server is raised."""
    app = application_of(plans[0])
    for plan in plans[1]:
        app = kind(app, dispatch=dispatch_of(plan))

    async def run() -> tuple[Any, ...]:
        result = await exchange(app, *chunks, spec_version=spec_version, catch=True)
        error = result.error
        while isinstance(error, ExceptionGroup):
            (error,) = error.exceptions
        starts = [
            (message["status"], dict(message["headers"]))
            for message in result.sent
            if message["type"] == "http.response.start"
        ]
        return starts, result.body, repr(error)

    return anyio.run(run)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    application=answering,
    layers=st.lists(handling, min_size=1, max_size=2),
    chunks=st.lists(st.sampled_from([b"one", b"two"]), max_size=2),
    spec_version=st.sampled_from(["2.3", "2.4"]),
)
def test_answers_are_those_of_starlettes_class(
    application: Answering, layers: list[Handling], chunks: list[bytes], spec_version: str
):
    """Status, headers, body and error are the same, for any combination of what the two sides can do."""
    changes = {layer.change for layer in layers}
    # Two differences are meant. A response whose body is not wanted ends as if its client had gone, so that a later
    # error of its does not come about; and an error in the middle of a body is raised where the body is being read,
    # where Starlette's class lets the body seem complete.
    assume(not (application.fails in {"in between", "at last"} and changes & {"replace", "read in part"}))
    assume(not (application.fails == "in between" and "read" in changes))
    plans = (application, layers)

    ours = answer_of(HTTPMiddleware, plans, chunks, spec_version)

    assert ours == answer_of(BaseHTTPMiddleware, plans, chunks, spec_version)


def test_the_comparison_would_notice():
    """The answers that are compared are told apart by status, headers, body and error."""
    plan = Answering(
        ("for nothing",),
        "whole",
        "none",
        reads_body=False,
        fails=None,
        has_background=False,
        sets_variable=False,
    )
    handled = Handling(
        "pass_through", reads_body=False, then_waits="for nothing", change="none", sets_variable=False
    )

    answers = [
        answer_of(HTTPMiddleware, (plan, [Handling(**{**vars(handled), "change": change})]), [], "2.3")
        for change in ("none", "header", "replace", "fail")
    ]

    assert len({repr(answer) for answer in answers}) == len(answers)
