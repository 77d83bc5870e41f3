"""What tests of an application need: a client, and dependencies exchanged for a while."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from straightway.testclient import TestClient

__all__ = ["TestClient", "override_dependencies"]


class _Overridable(Protocol):
    dependency_overrides: dict[Callable[..., Any], Callable[..., Any]]


@contextmanager
def override_dependencies(
    app: _Overridable, overrides: Mapping[Callable[..., Any], Callable[..., Any]]
) -> Generator[None, None, None]:
    """Let replacements stand in for dependencies, beside the overrides there are, until the block ends.

    `overrides` maps what was given to `Depends` to what is called instead. Whatever the block does to
    `app.dependency_overrides` is undone as well.
    """
    before = app.dependency_overrides
    app.dependency_overrides = {**before, **overrides}
    try:
        yield
    finally:
        app.dependency_overrides = before


def __getattr__(name: str) -> object:
    # Imported when asked for: overriding dependencies needs no HTTP client.
    if name == "TestClient":
        from straightway.testclient import TestClient

        return TestClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
