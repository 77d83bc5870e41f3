"""Emit the calls of dependencies and endpoint: on the loop, in one thread hop for a run of them, or around the request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import asynccontextmanager, contextmanager

from straightway.compile.reads import slot
from straightway.compile.source import Code, Name, Source, code, joined
from straightway.declare.schemes import SecurityScopes
from straightway.plan import Call, Lifetime
from straightway.runtime import lifetimes
from straightway.runtime.checking import INVALID
from straightway.runtime.threads import run_in_thread
from straightway.runtime.timings import Part


def are_left_together(calls: Sequence[Call]) -> bool:
    """Tell whether the generators of one lifetime can all be left in one visit to a worker thread."""
    return all(call.kind == "generator" and call.concurrency is None for call in calls)


def emit_call(
    out: Source,
    step: Call,
    *,
    in_thread: bool,
    together: Collection[Lifetime | None] = (),
    passed: Code | None = None,
    closing: Part | None = None,
) -> None:
    """Write one call; it is skipped where something it needs did not validate.

    The generators of the lifetimes in `together` are left in one visit to a thread. The call's arguments are those of
    the step unless others are `passed`. With `closing`, how long the end of a generator takes is noted as that.
    """
    passed = arguments(out, step) if passed is None else passed
    made = code(out, "{}({})", _bound(out, step), passed)
    if closing is not None and step.lifetime is not None:
        made = code(out, "v_timings.closing({}, {})", out.bind(closing, f"close_{step.number}"), made)
    if not step.needs:
        _emit(out, step, made, in_thread=in_thread, together=together)
        return
    invalid = out.bind(INVALID, "INVALID")
    with out.block(
        "if {}:", joined(" and ", [code(out, "{} is not {}", slot(each), invalid) for each in step.needs])
    ):
        _emit(out, step, made, in_thread=in_thread, together=together)
    with out.block("else:"):
        out.line("{} = {}", slot(step.number), invalid)


def _emit(
    out: Source, step: Call, made: Code, *, in_thread: bool, together: Collection[Lifetime | None]
) -> None:
    """Write what is done with `made`, the expression that calls."""
    stack = Name(f"{step.lifetime}_stack")
    target = slot(step.number)
    match step.kind:
        case "async generator" if step.lifetime:
            _limit_entered(out, step, stack)
            out.line("{} = await {}({}, shield, {})", target, lifetimes.enter, stack, made)
        case "generator" if step.lifetime and in_thread and step.lifetime in together:
            out.line("{} = {}.enter({})", target, stack, made)
        case "generator" if step.lifetime and in_thread:
            out.line("{} = {}({}, {})", target, lifetimes.enter_in_thread, stack, made)
        case "generator" if step.lifetime:
            _limit_entered(out, step, stack)
            call = code(out, "lambda: {}({}, {})", lifetimes.enter_in_thread, stack, made)
            out.line("{} = await {}({})", target, run_in_thread, call)
        case "loop":
            _limited(out, step, code(out, "{} = await {}", target, made))
        case "thread" if not in_thread:
            call = code(out, "lambda: {}", made)
            _limited(out, step, code(out, "{} = await {}({})", target, run_in_thread, call))
        case _:
            out.line("{} = {}", target, made)


def _bound(out: Source, step: Call) -> Name:
    """Return the name of what is called: of a generator with a lifetime, its context manager."""
    like = getattr(step.call, "__name__", type(step.call).__name__)
    match step.kind:
        case "async generator" if step.lifetime:
            return out.bind(asynccontextmanager(step.call), like)
        case "generator" if step.lifetime:
            return out.bind(contextmanager(step.call), like)
        case _:
            return out.bind(step.call, like)


def _limited(out: Source, step: Call, statement: Code) -> None:
    if step.concurrency is None:
        out.line("{}", statement)
        return
    with out.block("async with {}.get_semaphore():", out.bind(step.concurrency, "limit")):
        out.line("{}", statement)


def _limit_entered(out: Source, step: Call, stack: Name) -> None:
    if step.concurrency is not None:
        out.line(
            "await {}.enter_async_context({}.get_semaphore())", stack, out.bind(step.concurrency, "limit")
        )


def arguments(out: Source, step: Call) -> Code:
    """Return the keyword arguments of a call."""
    pieces = [code(out, "**{}", slot(each)) for each in step.reads]
    pieces += [code(out, "{}={}", Name(parameter), slot(source)) for parameter, source in step.takes]
    pieces += [code(out, "{}={}", Name(parameter), Name(special)) for parameter, special in step.specials]
    if step.scopes is not None:
        parameter, scopes = step.scopes
        pieces.append(
            code(out, "{}={}(list({}))", Name(parameter), SecurityScopes, out.bind(scopes, "scopes"))
        )
    return joined(", ", pieces)
