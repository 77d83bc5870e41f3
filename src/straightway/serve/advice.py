"""What an exception at request time says about the application: which line it comes from, what to write instead.

`annotate` adds a note (PEP 678) to an exception that nobody answers; what logs the traceback prints it. `tell` logs, in
development, why a request was answered 422 where the endpoint was probably not meant that way. Neither changes what
the client gets, and neither runs for a request that is answered as it should be.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic_core import PydanticSerializationError
from starlette.types import Scope

from straightway.analyse.places import function_ast, place_of
from straightway.errors import (
    DeclarationError,
    Place,
    RequestValidationError,
    ResponseValidationError,
    UnwritableError,
)
from straightway.logger import logger
from straightway.serve.mistaken_requests import advice_on

__all__ = ["annotate", "tell"]


def tell(error: RequestValidationError, scope: Scope) -> None:
    """Log what is probably wrong with the endpoint, where a request was refused and that is no mistake of the client."""
    with _harmless():
        advice = advice_on(error, scope)
        if advice is not None:
            logger.warning("%s", advice)


def annotate(error: Exception, scope: Scope) -> None:
    """Add to an exception about a returned value which line returned it, and what to return instead."""
    endpoint = getattr(scope.get("route"), "endpoint", None)
    if endpoint is None or getattr(error, "__notes__", None):
        return
    with _harmless():
        advice = _on_returned(error, endpoint)
        if advice is not None:
            error.add_note(str(advice))


@contextmanager
def _harmless() -> Generator[None]:
    """Let no exception out: advice must never be what fails."""
    try:
        yield
    except Exception:  # noqa: BLE001  # whatever it is
        logger.debug("no advice could be given", exc_info=True)


def _on_returned(error: Exception, endpoint: Callable[..., Any]) -> DeclarationError | None:
    match error:
        case UnwritableError(value=value) if inspect.iscoroutine(value):
            return _not_awaited(value, endpoint)
        case UnwritableError(value=value):
            return _unwritable(type(value), endpoint)
        case PydanticSerializationError():
            return _unwritable(None, endpoint)
        case ResponseValidationError(body=body) if inspect.iscoroutine(body):
            return _not_awaited(body, endpoint)
        case ResponseValidationError():
            return _unfitting(error, endpoint)
        case _:
            return None


def _not_awaited(coroutine: Any, endpoint: Callable[..., Any]) -> DeclarationError:
    name = coroutine.__name__
    place, call = _call_of(name, endpoint)
    is_async = inspect.iscoroutinefunction(endpoint)
    remedy = f"await {call}" if is_async else f"await {call}, in async def {place.function}(...)"
    if inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
        coroutine.close()  # or Python warns of it where the garbage happens to be collected
    return DeclarationError(f"{name}() was called and not awaited", at=place, instead=remedy)


def _call_of(name: str, endpoint: Callable[..., Any]) -> tuple[Place, str]:
    """Return where the endpoint calls a function of that name, and the call as it is written there."""
    place, tree = place_of(endpoint), function_ast(endpoint)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and name in (
            getattr(node.func, "id", ""),
            getattr(node.func, "attr", ""),
        ):
            return _at(place, node.lineno), ast.unparse(node)
    return place, f"{name}(...)"


def _unwritable(kind: type | None, endpoint: Callable[..., Any]) -> DeclarationError:
    name = "what it returned" if kind is None else f"a value of type {kind.__name__}"
    example = "str(value)" if kind is None else f"str(value) for the {kind.__name__}"
    return DeclarationError(
        f"{getattr(endpoint, '__name__', 'The endpoint')}() returned {name}, which JSON cannot express",
        at=_returning(endpoint),
        instead=f"return {example}, or a Pydantic model, a dataclass, a dict of such values",
    )


def _unfitting(error: ResponseValidationError, endpoint: Callable[..., Any]) -> DeclarationError:
    items = list(error.errors())
    places = [".".join(map(str, each["loc"][1:])) or "the value" for each in items]
    missing = [place for place, each in zip(places, items, strict=True) if each["type"] == "missing"]
    wrong = [f"{place}: {each['msg']}" for place, each in zip(places, items, strict=True)]
    remedy = "return what the response model requires, or change the model"
    if missing:
        remedy = f"return a value with {', '.join(missing)}; or a default in the model: {missing[0]}: ... | None = None"
    return DeclarationError(
        f"What was returned does not fit the response model ({'; '.join(wrong[:3])})",
        at=_returning(endpoint),
        instead=remedy,
    )


def _returning(endpoint: Callable[..., Any]) -> Place:
    """Return where the endpoint returns: the line of its only `return`, or where it begins."""
    place, tree = place_of(endpoint), function_ast(endpoint)
    returns = [] if tree is None else [each for each in _own_nodes(tree) if isinstance(each, ast.Return)]
    return _at(place, returns[0].lineno) if len(returns) == 1 else place


def _own_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function that are not in functions within it."""
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _own_nodes(child)


def _at(place: Place, line: int) -> Place:
    return Place(function=place.function, file=place.file, line=line)
