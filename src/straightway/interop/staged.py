"""Endpoints that run stage by stage, through the functions that agents replace to trace requests.

A stage is looked up when it is called. The body is read before the dependencies run, which get it as an argument.
Everything else is compiled as ever: the stages are the endpoint of a plan with the same body and the same answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from typing import Any

from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from straightway.analyse.callables import is_generator, kind_of
from straightway.analyse.dependant import Dependant
from straightway.analyse.places import place_of
from straightway.compile.handler import compile_plan, context_of
from straightway.errors import RequestValidationError, WebSocketRequestValidationError
from straightway.fields import Undefined
from straightway.interop.replaced import current, replaced
from straightway.plan import Answer, Body, Call, Plan
from straightway.runtime.answering import class_reply, json_reply, untyped_reply
from straightway.runtime.lifetimes import stacks
from straightway.runtime.reading import located
from straightway.runtime.untyped import untyped_writer
from straightway.telemetry.activity import connection_of


def staged_handler(
    dependant: Dependant, answer: Answer, *, label: str, body: Body | None, embed: bool, provider: Any
) -> Callable[[Request], Awaitable[Response]]:
    """Return the function from request to response of an endpoint, which runs `dependant.call` in stages."""
    context = context_of(_plan(dependant, answer, label, ()))

    async def endpoint(
        request: Request, response: Response, background_tasks: BackgroundTasks, body: Any = Undefined
    ) -> Any:
        operations = _begun(request, dependant.call)
        if operations is not None:
            operations.body(body)
        solved = await _solved(
            request,
            dependant,
            embed=embed,
            provider=provider,
            body=body,
            response=response,
            background_tasks=background_tasks,
        )
        if solved.errors:
            raise RequestValidationError(
                solved.errors,
                body=None if body is Undefined else body,
                endpoint_ctx=located(context, request.scope),
            )
        if operations is not None:
            (operations.endpoint if answer.kind == "value" else operations.solved)(solved.values)
        result = await _result(dependant, solved.values)
        if operations is not None and answer.kind == "value":
            operations.answered(result)
        if answer.kind != "value" or isinstance(result, Response) or "serialize_response" not in replaced:
            return result
        return await _serialized(result, answer, response, context=located(context, request.scope))

    steps = (replace(body, number=0),) if body is not None else ()
    call = Call(
        number=len(steps),
        call=endpoint,
        kind="loop",
        takes=tuple(("body", step.number) for step in steps),
        specials=tuple((name, name) for name in ("request", "response", "background_tasks")),
        is_endpoint=True,
    )
    handler: Callable[[Request], Awaitable[Response]] = compile_plan(
        _plan(dependant, answer, label, (*steps, call)), "request"
    )

    async def recorded(request: Request) -> Response:
        with _ending(request):
            return await handler(request)

    return recorded


def staged_websocket(
    dependant: Dependant, *, label: str, embed: bool, provider: Any
) -> Callable[[WebSocket], Awaitable[None]]:
    """Return the function that runs a WebSocket endpoint, its dependencies solved by what stands in that place."""
    context = context_of(_plan(dependant, Answer("value"), label, ()))

    async def run(websocket: WebSocket) -> None:
        operations = _begun(websocket, dependant.call)
        solved = await _solved(websocket, dependant, embed=embed, provider=provider)
        if solved.errors:
            raise WebSocketRequestValidationError(
                solved.errors, endpoint_ctx=located(context, websocket.scope)
            )
        if operations is not None:
            operations.endpoint(solved.values)
        if dependant.call is not None:
            await dependant.call(**solved.values)

    async def handler(websocket: WebSocket) -> None:
        async with AsyncExitStack() as request_stack, AsyncExitStack() as function_stack:
            websocket.scope["fastapi_inner_astack"] = request_stack
            websocket.scope["fastapi_function_astack"] = function_stack
            with _ending(websocket):
                await run(websocket)

    return handler


def _plan(dependant: Dependant, answer: Answer, label: str, steps: tuple[Body | Call, ...]) -> Plan:
    place = place_of(dependant.call, label) if dependant.call is not None else None
    return Plan(label=label, place=place, steps=steps, report=(), answer=answer)


OPERATIONS = "straightway.operations"
"""Scope key: the operations of a request that telemetry records."""


def _begun(connection: Request | WebSocket, call: Callable[..., Any] | None) -> Any:
    """Begin the operations of a recorded connection; return None where nothing is recorded."""
    if call is None or connection_of(connection.scope) is None:
        return None
    from straightway.telemetry import operations  # imports opentelemetry, which is there by now

    name = operations.function_name(call)
    begun = (
        operations.websocket_operations(connection.scope, connection, name)
        if isinstance(connection, WebSocket)
        else operations.request_operations(connection.scope, connection, name)
    )
    connection.scope[OPERATIONS] = begun
    return begun


@contextmanager
def _ending(connection: Request | WebSocket) -> Generator[None]:
    """End the operations that have begun inside, with what has ended them."""
    try:
        yield
    except BaseException as error:
        if (begun := connection.scope.get(OPERATIONS)) is not None:
            begun.failed(error)
        raise
    if (begun := connection.scope.get(OPERATIONS)) is not None:
        begun.end()


async def _solved(
    request: Request | WebSocket, dependant: Dependant, *, embed: bool, provider: Any, **options: Any
) -> Any:
    """Return the arguments of the endpoint and the errors about them, as `SolvedDependency` has them."""
    solve = current("solve_dependencies")
    return await solve(
        request=request,
        dependant=dependant,
        dependency_overrides_provider=provider,
        async_exit_stack=stacks(request.scope)[0],
        embed_body_fields=embed,
        **options,
    )


async def _result(dependant: Dependant, values: dict[str, Any]) -> Any:
    """Return what the endpoint returns; a generator is made here, and run while its response is sent."""
    if dependant.call is None:
        raise TypeError("a dependant without a callable cannot be run")
    kind = kind_of(dependant.call)
    if is_generator(kind):
        return dependant.call(**values)
    run = current("run_endpoint_function")
    return await run(dependant=dependant, values=values, is_coroutine=kind == "loop")


async def _serialized(result: Any, answer: Answer, injected: Response, *, context: Any) -> Response:
    serialize = current("serialize_response")
    is_bytes = answer.response_class is None and answer.field is not None
    content = await serialize(
        field=answer.field,
        response_content=result,
        include=answer.include,
        exclude=answer.exclude,
        by_alias=answer.by_alias,
        exclude_unset=answer.exclude_unset,
        exclude_defaults=answer.exclude_defaults,
        exclude_none=answer.exclude_none,
        endpoint_ctx=context,
        dump_json=is_bytes,
    )
    if answer.response_class is not None:
        return class_reply(answer.response_class, content, answer.status_code, injected, None)
    if is_bytes:
        return json_reply(content, answer.status_code, injected, None)
    return untyped_reply(untyped_writer()(content), answer.status_code, injected, None)
