"""What runs in the process of one side: it is told to load the application, and then to answer requests.

It is started as a program, `python -P child.py`, by an interpreter that need not have Straightway. Orders come as lines
of JSON on standard input, replies go out on standard output; what the application prints goes to standard error.
"""

import asyncio
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

PACKAGE = Path(__file__).resolve().parents[2]


def make_importable() -> None:
    """Have `import straightway` find the package that this file belongs to, and nothing that is beside it."""
    spec = importlib.util.spec_from_file_location(
        "straightway", PACKAGE / "__init__.py", submodule_search_locations=[str(PACKAGE)]
    )
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{PACKAGE} is not a package")
    module = importlib.util.module_from_spec(spec)
    sys.modules["straightway"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    make_importable()

from straightway.cli.compat.exchange import Lifespan, exchange
from straightway.cli.compat.wire import Facts, Route, Sent, Warned
from straightway.cli.discovery import Target
from straightway.cli.loading import Loaded, load
from straightway.cli.messages import Failure
from straightway.cli.tracebacks import explain_failure, summary

__all__: list[str] = []

Reply = Callable[[Mapping[str, Any]], None]

NOTHING_TO_COMPARE = (
    "This command compares applications that import fastapi. To compare this one, import its names from fastapi: "
    "from fastapi import FastAPI"
)


class MissingError(Exception):
    """Say that `import fastapi` does not mean FastAPI here, and what it means."""


def main() -> None:
    """Obey the orders until there are no more."""
    orders, reply = private_channel()
    warned: list[Warned] = []
    warnings.showwarning = lambda *found, **_: warned.append(_warned(*found[:4]))
    load_order = json.loads(orders.readline())
    target = _target(load_order["target"])
    try:
        loaded = load_on(load_order["framework"], target)
        reply({"facts": facts_of(loaded.application, load_order["framework"], warned).to_json()})
    except MissingError as missing:
        reply({"missing": str(missing)})
        return
    except Failure as failure:
        reply({"failure": _failure(failure)})
        return
    for line in orders:
        asyncio.run(answer_all(loaded, target, json.loads(line), reply))


def private_channel() -> tuple[TextIO, Reply]:
    """Keep standard input and output for orders and replies; the application gets an empty one, and standard error."""
    orders = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)

    def reply(content: Mapping[str, Any]) -> None:
        replies.write(json.dumps(content, default=str) + "\n")
        replies.flush()

    return orders, reply


def load_on(framework: str, target: Target) -> Loaded:
    """Load the application on a framework; raise `MissingError` where `fastapi` is not FastAPI but should be."""
    if framework == "Straightway":
        return load(target, _application_class())
    try:
        _expect_fastapi()
    except MissingError:
        _expect_use_of_fastapi(target)
        raise
    try:
        loaded = load(target, _application_class())
    except Failure:
        if "straightway.application" in sys.modules:
            raise _nothing_to_compare(target) from None
        raise
    if _is_straightways_own(loaded.application):
        raise _nothing_to_compare(target)
    return loaded


def _application_class() -> type:
    application: type = importlib.import_module("fastapi").FastAPI
    return application


def _expect_fastapi() -> None:
    spec = importlib.util.find_spec("fastapi")
    if spec is None or spec.origin is None:
        raise MissingError("no package named fastapi is installed there")
    folder = Path(spec.origin).parent
    if (folder / "_ownership.py").is_file():
        raise MissingError(f"the fastapi in {folder} is Straightway's distribution of that name")
    try:
        importlib.import_module("fastapi")
    except ImportError as error:
        raise MissingError(f"the fastapi in {folder} cannot be imported: {summary(error)}") from error


def _expect_use_of_fastapi(target: Target) -> None:
    """An application that imports straightway itself needs no FastAPI, and has no use for this command."""
    try:
        loaded = load(target)
    except (Failure, ImportError):
        return
    if _is_straightways_own(loaded.application):
        raise _nothing_to_compare(target)


def _is_straightways_own(application: object) -> bool:
    modules = {base.__module__ for base in type(application).__mro__}
    return "straightway.application" in modules and "fastapi.applications" not in modules


def _nothing_to_compare(target: Target) -> Failure:
    name = f"{target.module}:{target.name}" if target.name else target.module
    return Failure(
        f"{name} imports straightway itself: on FastAPI there is nothing to compare it with",
        instead=NOTHING_TO_COMPARE,
    )


def facts_of(application: Any, framework: str, warned: list[Warned]) -> Facts:
    """Describe a loaded application."""
    documents = dict(documents_of(application))
    if not documents:
        raise Failure(
            "The application has no OpenAPI document, from which the requests could be made",
            instead="Name the application itself instead of what wraps it.",
        )
    return Facts(versions_of(framework), documents, tuple(routes_of(application)), tuple(warned))


def versions_of(framework: str) -> dict[str, str]:
    """Return the versions of what may explain a difference."""
    own = str(vars(sys.modules["straightway"])["__version__"])
    fastapi = str(getattr(sys.modules.get("fastapi"), "__version__", "?"))
    versions = {
        framework: own if framework == "Straightway" else fastapi,
        "Python": platform.python_version(),
    }
    for name in ("pydantic", "starlette"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def documents_of(application: Any, prefix: str = "") -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Yield the documents of an application and of those mounted in it."""
    inner = _described(application)
    if inner is None:
        return
    try:
        yield prefix, json.loads(json.dumps(inner.openapi(), default=str))
    except Exception as error:  # noqa: BLE001  # whatever the application's own openapi() raises
        yield prefix, summary(error)
    for route in getattr(inner, "routes", ()):
        mounted = getattr(route, "app", None)
        if callable(getattr(mounted, "openapi", None)):
            yield from documents_of(mounted, prefix + getattr(route, "path", ""))


def _described(application: Any) -> Any:
    """Look through middleware for what has a document."""
    for _ in range(20):
        if application is None or callable(getattr(application, "openapi", None)):
            return application
        application = getattr(application, "app", None)
    return None


def routes_of(application: Any) -> Iterator[Route]:
    """Yield the routes, those of included routers among them."""
    routes = getattr(_described(application), "routes", ())
    routing = sys.modules.get("fastapi.routing")
    flattened = getattr(routing, "iter_route_contexts", None)
    for route in flattened(routes) if flattened else routes:
        original = getattr(route, "original_route", route)
        methods = tuple(sorted(getattr(route, "methods", None) or ()))
        yield Route(str(getattr(route, "path", "")), methods, type(original).__name__)


def _warned(message: Warning | str, category: type[Warning], file: str, line: int) -> Warned:
    return Warned(category.__name__, str(message), f"{file}:{line}")


async def answer_all(loaded: Loaded, target: Target, order: Mapping[str, Any], reply: Reply) -> None:
    """Start the application, send it the requests one after another, and stop it."""
    lifespan = Lifespan(loaded.application)
    try:
        await lifespan.start()
    except BaseException as error:  # noqa: BLE001  # SystemExit too ends a start-up
        failure = explain_failure("The application failed to start", error, target)
        reply({"failure": _failure(failure)})
        return
    for request in order["requests"]:
        answer = await exchange(
            loaded.application, Sent.from_json(request), state=lifespan.state, seconds=order["seconds"]
        )
        reply({"answer": answer.to_json()})
    try:
        await asyncio.wait_for(lifespan.stop(), order["seconds"])
    except BaseException as error:  # noqa: BLE001  # as above
        reply({"stopped": summary(error) or type(error).__name__})
        return
    reply({"stopped": None})


def _target(found: Mapping[str, Any]) -> Target:
    file = Path(found["file"]) if found["file"] else None
    return Target(found["module"], found["name"], Path(found["folder"]), file, found["origin"])


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "what": failure.what,
        "excerpt": failure.excerpt,
        "instead": failure.instead,
        "full": failure.full,
    }


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    sys.stderr.flush()
    # An endpoint that hangs in a thread must not keep the process.
    os._exit(0)
