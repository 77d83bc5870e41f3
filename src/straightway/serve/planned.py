"""Routes that have a plan: when they are analysed, and their compiled functions, one for each set of overrides."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from straightway.analyse.steps import Overrides
from straightway.plan import Plan
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
        traced = activity.on and connection_of(_scope_of(arguments[0])) is not None
        return await compiled(route, carrier, overrides_of(route), traced=traced)(*arguments)

    return run


def overrides_of(route: Any) -> Overrides | None:
    """Return the dependency overrides of the application that the route belongs to, None where there are none."""
    return getattr(route.dependency_overrides_provider, "dependency_overrides", None) or None


def _scope_of(connection: Any) -> Any:
    """Return the scope of a request or WebSocket, or the scope itself."""
    return getattr(connection, "scope", connection)


def compiled(route: Planned, carrier: Carrier, overrides: Overrides | None, *, traced: bool = False) -> Any:
    """Return the compiled function for one set of overrides; the last few sets are kept.

    A `traced` one is for requests that telemetry records.
    """
    kept: dict[Any, Any] = route.__dict__.setdefault("_functions", {})
    key = (
        carrier,
        traced,
        *((id(original), id(replacement)) for original, replacement in (overrides or {}).items()),
    )
    known = kept.get(key)
    if known is None:
        if len(kept) > _KEPT_OVERRIDES:
            kept.clear()
        # The overrides are kept with the function, so that no other object can take over their ids.
        known = kept[key] = _compile(traced)(route.plan_for(overrides), carrier), dict(overrides or {})
    return known[0]


def _compile(traced: bool) -> Callable[[Plan, Carrier], Any]:
    if not traced:
        from straightway.compile.handler import (
            compile_plan,  # with all that compiled functions call, at the first of them
        )

        return compile_plan
    from straightway.compile.traced import compile_traced  # imports opentelemetry, which is there by now

    return compile_traced
