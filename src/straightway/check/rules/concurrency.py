"""SW4xx: what stops the event loop, and coroutines that nobody awaits."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from straightway.check.blocking import (
    CLIENTS,
    DATABASES,
    FILES,
    HTTP_CALLS,
    PATH_METHODS,
    QUERIES,
    SESSIONS,
    WAITS,
    instead_of,
)
from straightway.check.findings import Edit, Found
from straightway.check.model.functions import Function, is_generator
from straightway.check.model.project import Project
from straightway.check.model.routes import endpoint_functions, middleware_of
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import FunctionNode, Module
from straightway.check.rules.objects import type_of

DEEPEST = 3
"""How many of the user's own functions are followed from an `async def` to what waits."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One call that waits: what kind, and how it is called in messages."""

    kind: str
    name: str


def waits(project: Project) -> Iterator[Found]:
    """Find calls in `async def` that wait for time, another process or the network."""
    for module, function, call, wait in _in_async(project, "wait"):
        yield Found(
            module,
            call,
            f"{wait.name}() stops the event loop: {function.name}() is async, and all other requests wait with it",
            _remedy(wait),
        )


def files(project: Project) -> Iterator[Found]:
    """Find files that are read or written in `async def`."""
    for module, function, call, wait in _in_async(project, "file"):
        yield Found(module, call, f"{wait.name}() waits for the disk on the event loop, in {function.name}()")


def databases(project: Project) -> Iterator[Found]:
    """Find synchronous database drivers that are used in `async def`."""
    for module, function, call, wait in _in_async(project, "database"):
        yield Found(
            module, call, f"{wait.name}() waits for the database on the event loop, in {function.name}()"
        )


def _remedy(wait: Wait) -> str:
    instead = instead_of(wait.name.rpartition("which calls ")[2]) or "an async client"
    return f"write {instead.replace('`', '')}, await run_in_threadpool(...), or make the function a plain def, which runs in a thread"


def _in_async(project: Project, kind: str) -> Iterator[tuple[Module, FunctionNode, ast.Call, Wait]]:
    for module, function in on_the_loop(project):
        for node in own_nodes(function):
            if isinstance(node, ast.Call):
                wait = _waiting(project, module, node, 0)
                if wait is not None and wait.kind == kind:
                    yield module, function, node, wait


def on_the_loop(project: Project) -> list[tuple[Module, FunctionNode]]:
    """List the `async def`s that run for requests: endpoints, dependencies, middleware, handlers, and what they await."""
    known = project.memory.get("on the loop")
    if isinstance(known, list):
        return known
    waiting = [(each.module, each.node) for each, _ in endpoint_functions(project)]
    waiting += list(_hooks(project))
    found: dict[FunctionNode, Module] = {}
    while waiting:
        module, function = waiting.pop()
        if function in found or not isinstance(function, ast.AsyncFunctionDef):
            continue
        found[function] = module
        for node in own_nodes(function):
            if isinstance(node, ast.Call):
                called = project.definition(module, node.func)
                if called is not None and called.function is not None:
                    waiting.append((called.module, called.function))
    listed = [(module, function) for function, module in found.items()]
    project.memory["on the loop"] = listed
    return listed


def _hooks(project: Project) -> Iterator[tuple[Module, FunctionNode]]:
    """Yield middleware, exception handlers and WebSocket endpoints."""
    yield from middleware_of(project)
    for module, node in project.nodes(ast.AsyncFunctionDef):
        for each in node.decorator_list if isinstance(node, ast.AsyncFunctionDef) else ():
            if (
                isinstance(each, ast.Call)
                and isinstance(each.func, ast.Attribute)
                and isinstance(node, ast.AsyncFunctionDef)
                and each.func.attr in {"exception_handler", "websocket"}
            ):
                yield module, node


def _waiting(project: Project, module: Module, call: ast.Call, depth: int) -> Wait | None:
    dotted = project.external(module, call.func)
    direct = _named(dotted) or _method(project, module, call)
    if direct is not None or depth >= DEEPEST:
        return direct
    called = project.definition(module, call.func)
    if (
        called is None
        or not isinstance(called.node, ast.FunctionDef)
        or called.node.decorator_list
        or is_generator(called.node)
    ):
        return None
    for node in own_nodes(called.node):
        if isinstance(node, ast.Call):
            inner = _waiting(project, called.module, node, depth + 1)
            # A file that is read far below is often read once, or behind a condition.
            if inner is not None and not (inner.kind == "file" and depth):
                return Wait(inner.kind, f"{called.name}(), which calls {inner.name}")
    return None


def _named(dotted: str) -> Wait | None:
    top, _, last = dotted.rpartition(".")
    if dotted in WAITS or (top in {"requests", "requests.api", "httpx", "httpx2"} and last in HTTP_CALLS):
        return Wait("wait", dotted.removeprefix("builtins."))
    if dotted in FILES:
        return Wait("file", dotted.removeprefix("builtins."))
    if dotted in DATABASES and dotted not in {
        "redis.Redis",
        "redis.StrictRedis",
        "redis.from_url",
        "pymongo.MongoClient",
    }:
        return Wait("database", dotted)
    return None


def _method(project: Project, module: Module, call: ast.Call) -> Wait | None:
    """Recognise `client.get()` and `session.execute()` by what the object before the dot is."""
    if not isinstance(call.func, ast.Attribute) or isinstance(module.parents.get(call), ast.Await):
        return None
    name = call.func.attr
    if name in PATH_METHODS | HTTP_CALLS | QUERIES | {"communicate", "wait"}:
        owner = type_of(project, module, call.func.value)
        shown = f"{ast.unparse(call.func.value)[:40]}.{name}"
        if owner in {"pathlib.Path", "pathlib.PosixPath"} and name in PATH_METHODS:
            return Wait("file", shown)
        if owner in CLIENTS | {"subprocess.Popen"} and name in HTTP_CALLS | {"communicate", "wait"}:
            return Wait("wait", shown)
        if owner in SESSIONS and name in QUERIES:
            return Wait("database", shown)
    return None


def forgotten_await(project: Project) -> Iterator[Found]:
    """Find calls of the user's own `async def`s whose coroutine is returned or dropped."""
    for function, _ in endpoint_functions(project):
        for node in own_nodes(function.node):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
                yield from _unawaited(project, function, node.value, "is returned")
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                yield from _unawaited(project, function, node.value, "is dropped, so that nothing of it runs")
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                yield from _misused(project, function, node, node.value)


def _unawaited(project: Project, function: Function, call: ast.Call, fate: str) -> Iterator[Found]:
    name = coroutine_function(project, function.module, call)
    if not name:
        return
    edits = (
        (Edit((call.lineno, call.col_offset), (call.lineno, call.col_offset), "await "),)
        if function.is_async
        else ()
    )
    instead = (
        f"write await {name}(...)"
        if function.is_async
        else f"make {function.node.name}() an async def, and write await {name}(...)"
    )
    yield Found(
        function.module, call, f"{name}() is async and not awaited: its coroutine {fate}", instead, edits
    )


def coroutine_function(project: Project, module: Module, call: ast.Call) -> str:
    """Return the name of the `async def` that a call makes a coroutine of; empty for all else."""
    found = project.definition(module, call.func)
    if found is None or not isinstance(found.node, ast.AsyncFunctionDef):
        return ""
    if found.node.decorator_list or is_generator(found.node):
        return ""
    return found.node.name


def _misused(project: Project, function: Function, node: ast.Assign, call: ast.Call) -> Iterator[Found]:
    """A coroutine kept under a name is a fault once it is used as if it were the result."""
    target = node.targets[0]
    name = coroutine_function(project, function.module, call)
    if not name or not isinstance(target, ast.Name) or len(node.targets) != 1:
        return
    uses = [
        each
        for each in own_nodes(function.node)
        if isinstance(each, ast.Name) and each.id == target.id and each is not target
    ]
    if uses and all(_as_result(function.module, each) for each in uses):
        yield from _unawaited(project, function, call, f"is used as {target.id}")


def _as_result(module: Module, use: ast.Name) -> bool:
    match module.parents.get(use):
        case ast.Attribute(attr=name):
            return name not in {"send", "throw", "close", "add_done_callback", "cr_frame"}
        case (
            ast.Subscript()
            | ast.Return()
            | ast.Compare()
            | ast.FormattedValue()
            | ast.BoolOp()
            | ast.UnaryOp()
        ):
            return True
        case ast.If(test=test):
            return test is use
        case ast.Dict():
            return True
        case _:
            return False
