"""Markers that say a parameter is filled by calling something: Depends and Security.

The functions of the same names that users call are in `straightway.param_functions`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from anyio import Semaphore
from anyio.lowlevel import RunVar

from straightway.errors import DeclarationValueError, calling_place, worded

__all__ = ["ConcurrencyLimit", "Depends", "Security"]


class ConcurrencyLimit:
    """How many uses of one declaration may run at once in one event loop."""

    __slots__ = ("__weakref__", "max_concurrency")

    def __init__(self, max_concurrency: int) -> None:
        self.max_concurrency = max_concurrency

    def get_semaphore(self) -> Semaphore:
        """Return the semaphore that all uses in the running event loop share."""
        semaphores = _semaphores_of_running_loop()
        semaphore = semaphores.get(self)
        if semaphore is None:
            semaphore = semaphores[self] = Semaphore(self.max_concurrency)
        return semaphore


# Kept with the event loop and by weak key, so that a semaphore lives no longer than its loop,
# with which it cannot be used again, or its declaration, whichever is gone first.
_semaphores: RunVar[WeakKeyDictionary[ConcurrencyLimit, Semaphore]] = RunVar("straightway.concurrency_limits")


def _semaphores_of_running_loop() -> WeakKeyDictionary[ConcurrencyLimit, Semaphore]:
    try:
        return _semaphores.get()
    except LookupError:
        _semaphores.set(WeakKeyDictionary())
        return _semaphores.get()


@dataclass(frozen=True)
class Depends:
    """Fill the parameter with what `dependency` returns or yields; without one, with the annotated class.

    `scope` says when a dependency that yields is closed: "function" after the endpoint returned,
    "request" (the default) after the response was sent. `max_concurrency` bounds how many uses of this
    very object run at once per event loop; a copy made with `dataclasses.replace` shares the bound
    unless it changes it.
    """

    dependency: Callable[..., Any] | None = None
    use_cache: bool = True
    scope: Literal["function", "request"] | None = None
    max_concurrency: int | None = field(default=None, kw_only=True)
    _concurrency: ConcurrencyLimit | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        limit = self.max_concurrency
        if self.scope not in (None, "function", "request"):
            raise DeclarationValueError(
                f"scope is 'function' or 'request', not {self.scope!r}",
                at=calling_place(),
                instead='scope="request"',
            )
        if limit is not None and (type(limit) is not int or limit < 1):
            raise DeclarationValueError(
                "max_concurrency must be a positive integer or None",
                at=calling_place(),
                instead="max_concurrency=1",
            )
        inherited = self._concurrency
        if inherited is None or inherited.max_concurrency != limit:
            fresh = None if limit is None else ConcurrencyLimit(limit)
            object.__setattr__(self, "_concurrency", fresh)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Say why there is no such attribute: the marker was taken for the value that it stands for."""
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            if name.startswith("__"):
                raise AttributeError(message, name=name, obj=self)
            call = getattr(vars(self).get("dependency"), "__name__", "...")
            raise AttributeError(
                f"{message}: nobody has called {call}(), which only endpoints and their dependencies have done for them\n"
                f"  used {worded(calling_place())}\n"
                f"  instead: value = Depends({call}) in the endpoint's parameters, which hands it on: function(value)",
                name=name,
                obj=self,
            )


@dataclass(frozen=True)
class Security(Depends):
    """A dependency that is told which OAuth2 scopes its use here requires."""

    scopes: Sequence[str] | None = None
