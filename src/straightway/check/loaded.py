"""What only the imported application can tell: routes made in loops, options out of settings, overrides.

The rules here have the ids of those on source, and find what those cannot see; the engine drops what both have found.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from straightway.check.findings import Found, LoadedApplication
from straightway.check.model.project import Project
from straightway.check.model.routes import Router, routers_of
from straightway.check.model.source import Module
from straightway.check.rules.dependencies import overridden_in
from straightway.check.rules.parameters import BODYLESS
from straightway.check.rules.routing import nameless, overlaps


def shadowed(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find routes of the finished table that an earlier one takes all requests from."""
    for earlier, later in _pairs(loaded):
        if nameless(earlier.path) != nameless(later.path):
            method = min(later.methods)
            yield from _at(
                project,
                later.endpoint,
                f"{method} {later.path} is never reached: {earlier.path} is declared before it and matches it too",
                f"declare {later.path} before {earlier.path}",
            )


def duplicates(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find routes of the finished table with the method and path of an earlier one."""
    for earlier, later in _pairs(loaded):
        if nameless(earlier.path) == nameless(later.path):
            yield from _at(
                project,
                later.endpoint,
                f"{min(later.methods)} {later.path} is declared a second time; the first one answers",
            )


def _pairs(loaded: LoadedApplication) -> Iterator[tuple[Any, Any]]:
    routes = _routes(loaded)
    for first, second in overlaps([(frozenset(each.methods), each.path) for each in routes]):
        yield routes[first], routes[second]


def _routes(loaded: LoadedApplication) -> list[Any]:
    from straightway.serve.routes import APIRoute

    return [each for each in loaded.application.routes if isinstance(each, APIRoute) and each.methods]


def operation_ids(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find operation ids, given or generated, that two routes have."""
    known: dict[str, Any] = {}
    for route in _routes(loaded):
        first = known.setdefault(route.unique_id, route)
        if (
            first is not route
            and route.include_in_schema
            and (first.path, first.methods) != (route.path, route.methods)
        ):
            yield from _at(
                project, route.endpoint, f"the operation id {route.unique_id!r} is also that of {first.path}"
            )


def bodies(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find bodies that dependencies read for requests that have none."""
    from straightway.analyse.dependant import walk

    for route in _routes(loaded):
        if not route.methods <= BODYLESS or route.body_field is None:
            continue
        for each in walk(route.dependant):
            if each.body_params and each.call is not None and each is not route.dependant:
                name = each.body_params[0].name
                yield from _at(
                    project,
                    each.call,
                    f"{name} is read from the body of {min(route.methods)} {route.path}, which clients send without one",
                )


def overrides(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find overrides of what no route depends on."""
    from straightway.analyse.dependant import walk

    overridden: dict[Any, Any] = loaded.application.dependency_overrides
    if not overridden or any(overridden_in(project)):
        return  # those that are written out are found in the source
    used = {id(each.call) for route in _routes(loaded) for each in walk(route.dependant)}
    for original in overridden:
        if id(original) not in used:
            name = getattr(original, "__name__", repr(original))
            yield from _at(project, original, f"nothing depends on {name}: its override changes nothing")


def handlers(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find the one of two handlers of last resort, for 500 and for Exception, that is never called: the earlier one."""
    known: dict[Any, Any] = loaded.application.exception_handlers
    both = [each for key, each in known.items() if key in (500, Exception)]
    for unused in both[:-1]:
        yield from _at(
            project, unused, "this handler is never called: the other one, for 500 or Exception, is"
        )


def cors(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find CORS that lets every origin in, out of settings or not."""
    for middleware in loaded.application.user_middleware:
        options: dict[str, Any] = middleware.kwargs
        if getattr(middleware.cls, "__name__", "") != "CORSMiddleware" or not options.get(
            "allow_credentials"
        ):
            continue
        if "*" in (options.get("allow_origins") or ()):
            node = _adding(project, "CORSMiddleware") or _made(project)
            if node is not None:
                yield Found(
                    *node,
                    "every website may call this API with the cookies of its visitor, and read the answer",
                )


def debug(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find applications that show their insides, whatever said so."""
    place = _made(project)
    if loaded.application.debug and place is not None:
        router = next(each for each in routers_of(project) if each.made is place[1])
        yield Found(
            place[0],
            router.option("debug") or place[1],
            "debug=True sends tracebacks with source and values to whoever causes an error",
        )


def body_limit(project: Project, loaded: LoadedApplication) -> Iterator[Found]:
    """Find applications that read as much as they are sent."""
    application = loaded.application
    if application.max_body_size is not None:
        return
    unlimited = [
        each for each in _routes(loaded) if each.body_field is not None and each.max_body_size is None
    ]
    place = _made(project)
    if unlimited and place is not None:
        first = unlimited[0]
        yield Found(
            *place,
            f"nothing limits the size of a request body, for example that of {min(first.methods)} {first.path}",
        )


def _made(project: Project) -> tuple[Module, ast.AST] | None:
    """Return where the application is made; of several, the first."""
    found: Router | None = next(
        (each for each in routers_of(project) if each.is_application and isinstance(each.made, ast.Call)),
        None,
    )
    return (found.module, found.made) if found else None


def _adding(project: Project, name: str) -> tuple[Module, ast.AST] | None:
    for module, call in project.calls():
        if any(project.framework(module, each) == name for each in call.args):
            return module, call
    return None


def _at(
    project: Project, function: Callable[..., Any], what: str, instead: str | None = None
) -> Iterator[Found]:
    """Place a fault at a function of the user's; one of a package has no place here."""
    original: Any = inspect.unwrap(function)
    code = getattr(getattr(original, "__func__", original), "__code__", None)
    if code is None:
        return
    file = Path(code.co_filename).resolve()
    for module in project.modules.values():
        if module.path.resolve() != file:
            continue
        for node in ast.walk(module.tree):
            if (
                isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                and _first_line(node) == code.co_firstlineno
            ):
                yield Found(module, node.decorator_list[0] if node.decorator_list else node, what, instead)
                return


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])
