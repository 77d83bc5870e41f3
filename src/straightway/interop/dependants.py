"""What derives from a dependency tree, asked of one node at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from straightway.analyse.callables import kind_of, unwrapped
from straightway.analyse.dependant import Dependant, lifetime_of, oauth_scopes
from straightway.analyse.steps import cache_key, uses_scopes
from straightway.security.base import SecurityBase


def get_cache_key(*, dependant: Dependant) -> tuple[Any, tuple[str, ...], str]:
    """Return what makes two uses of a dependency the same."""
    return cache_key(dependant)


def get_computed_scope(*, dependant: Dependant) -> Literal["function", "request"] | None:
    """Return the scope that was given, or that a generator has; None for neither."""
    return dependant.scope or lifetime_of(dependant)


def get_oauth_scopes(*, dependant: Dependant) -> list[str]:
    """Return the scopes that apply: those of the parents first, then its own, each once."""
    return oauth_scopes(dependant)


def get_uses_scopes(*, dependant: Dependant, cache: object = None) -> bool:
    """Tell whether security scopes make a difference to what the dependency returns; nothing is cached."""
    del cache
    return uses_scopes(dependant)


def is_security_scheme(*, dependant: Dependant) -> bool:
    """Tell whether the dependency is a scheme of `straightway.security`."""
    scheme: object = unwrapped(dependant.call) if dependant.call is not None else None
    return isinstance(scheme, SecurityBase)


def get_security_scheme(*, dependant: Dependant) -> SecurityBase:
    """Return the scheme that the dependency is. Raises TypeError where it is none."""
    scheme: object = unwrapped(dependant.call) if dependant.call is not None else None
    if not isinstance(scheme, SecurityBase):
        raise TypeError(f"{dependant.call!r} is no security scheme")
    return scheme


def is_gen_callable(call: Callable[..., Any]) -> bool:
    """Tell whether `call` is a generator function, seen through partials, wrappers and `__call__`."""
    return kind_of(call) == "generator"


def is_async_gen_callable(call: Callable[..., Any]) -> bool:
    """Tell whether `call` is an asynchronous generator function, seen through the same."""
    return kind_of(call) == "async generator"


def is_coroutine_callable(call: Callable[..., Any]) -> bool:
    """Tell whether `call` is a coroutine function, seen through the same."""
    return kind_of(call) == "loop"
