"""The dependency tree of a callable, as analysed: its parameters by location and its sub-dependencies.

The field names are FastAPI's, because published packages read and extend this tree (`route.dependant`). A plan is
made from it when the route is first used, so a package may still change the tree before that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from straightway.analyse.callables import is_generator, kind_of
from straightway.fields import ModelField
from straightway.plan import Lifetime


@dataclass(slots=True)
class Dependant:
    """One callable of the dependency graph with everything that has to be passed to it."""

    path_params: list[ModelField] = field(default_factory=list)
    query_params: list[ModelField] = field(default_factory=list)
    header_params: list[ModelField] = field(default_factory=list)
    cookie_params: list[ModelField] = field(default_factory=list)
    body_params: list[ModelField] = field(default_factory=list)
    dependencies: list[Dependant] = field(default_factory=list)
    name: str | None = None
    call: Callable[..., Any] | None = None
    request_param_name: str | None = None
    websocket_param_name: str | None = None
    http_connection_param_name: str | None = None
    response_param_name: str | None = None
    background_tasks_param_name: str | None = None
    security_scopes_param_name: str | None = None
    own_oauth_scopes: list[str] | None = None
    parent_oauth_scopes: list[str] | None = None
    use_cache: bool = True
    path: str | None = None
    scope: Literal["function", "request"] | None = None
    concurrency: Any = None


def oauth_scopes(dependant: Dependant) -> list[str]:
    """Return the scopes that apply: those of the parents first, then its own, each once."""
    return list(dict.fromkeys([*(dependant.parent_oauth_scopes or ()), *(dependant.own_oauth_scopes or ())]))


def lifetime_of(dependant: Dependant) -> Lifetime | None:
    """Tell when a generator's exit code runs; None for a callable that has none."""
    if dependant.call is None or not is_generator(kind_of(dependant.call)):
        return None
    return "function" if dependant.scope == "function" else "request"


def walk(dependant: Dependant) -> Iterator[Dependant]:
    """Yield the tree's nodes, dependencies before what depends on them."""
    for each in dependant.dependencies:
        yield from walk(each)
    yield dependant


def body_params_of(dependant: Dependant) -> list[ModelField]:
    """Return the body parameters of the whole tree, the callable's own first."""
    found = list(dependant.body_params)
    for each in dependant.dependencies:
        found.extend(body_params_of(each))
    return found
