"""Routes that have a plan: when they are analysed, and their compiled functions, one for each set of overrides."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from starlette.types import Scope

from straightway.analyse.steps import Overrides
from straightway.plan import Plan
from straightway.runtime.timings import is_timed
from straightway.telemetry.activity import activity, connection_of

if TYPE_CHECKING:
    from straightway.compile.handler import Carrier

_KEPT_OVERRIDES = 32
_lazily: ContextVar[bool] = ContextVar("straightway.lazily", default=False)


@contextmanager
def lazily() -> Generator[None]:
    """Leave the analysis of routes made inside until they are used: their originals have been analysed."""
    token = _lazily.set(True)
    try:
        yield
    finally:
        _lazily.reset(token)


def is_analysed_later() -> bool:
    """Tell whether a route made now is analysed when it is used, not when it is made."""
    return _lazily.get()


class Planned(Protocol):
    """What has a plan: a route, or what stands in for one."""

    dependency_overrides_provider: Any

    def plan_for(self, overrides: Overrides | None, /) -> Plan:
        """Return the plan, with replaced dependencies where `overrides` names them."""
        ...


def with_overrides(route: Planned, carrier: Carrier) -> Any:
    """Return a function that calls the compiled one for whatever overrides are in force at the call."""

    async def run(*arguments: Any) -> Any:
        watched = watched_by(_scope_of(arguments[0])) if activity.on else UNWATCHED
        return await compiled(route, carrier, overrides_of(route), watched)(*arguments)

    return run


def overrides_of(route: Any) -> Overrides | None:
    """Return the dependency overrides of the application that the route belongs to, None where there are none."""
    return getattr(route.dependency_overrides_provider, "dependency_overrides", None) or None


def _scope_of(connection: Any) -> Any:
    """Return the scope of a request or WebSocket, or the scope itself."""
    return getattr(connection, "scope", connection)


class Watched(NamedTuple):
    """Who wants to know the steps of a request: telemetry, which traces it, or the development page, which times it.

    A tuple, as it is part of a key that websockets are looked up by: no function of Python's is called for its hash.
    """

    traced: bool = False
    timed: bool = False


UNWATCHED = Watched()


def watched_by(scope: Scope) -> Watched:
    """Tell who watches a request, `UNWATCHED` itself if nobody does; ask only while `activity.on`."""
    traced, timed = connection_of(scope) is not None, is_timed(scope)
    return Watched(traced=traced, timed=timed) if traced or timed else UNWATCHED


def compiled(
    route: Planned, carrier: Carrier, overrides: Overrides | None, watched: Watched = UNWATCHED
) -> Any:
    """Return the compiled function for one set of overrides, and for who watches; the last few sets are kept."""
    kept: dict[Any, Any] = route.__dict__.setdefault("_functions", {})
    key = (
        carrier,
        watched,
        *((id(original), id(replacement)) for original, replacement in (overrides or {}).items()),
    )
    known = kept.get(key)
    if known is None:
        if len(kept) > _KEPT_OVERRIDES:
            kept.clear()
        # The overrides are kept with the function, so that no other object can take over their ids.
        known = kept[key] = _compile(watched)(route.plan_for(overrides), carrier), dict(overrides or {})
    return known[0]


def _compile(watched: Watched) -> Callable[[Plan, Carrier], Any]:
    if watched.timed:
        from straightway.compile.timed import compile_timed  # which only development wants

        return partial(compile_timed, traced=watched.traced)
    if not watched.traced:
        from straightway.compile.handler import (
            compile_plan,  # with all that compiled functions call, at the first of them
        )

        return compile_plan
    from straightway.compile.traced import compile_traced  # imports opentelemetry, which is there by now

    return compile_traced
