"""What runs when an application starts and stops: functions for the two events, or a lifespan in their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from typing_extensions import deprecated

from straightway.errors import DeclarationError, calling_place, warn_deprecated
from straightway.serve.lifespan import DefaultLifespan, merge_lifespan_context
from straightway.serve.verbs import Endpoint
from straightway.wording import nearest


class Events:
    """The part of a router that is about starting and stopping."""

    on_startup: list[Callable[[], Any]]
    on_shutdown: list[Callable[[], Any]]
    lifespan_context: Any

    def include_lifespan(self, router: Events) -> None:
        """Start and stop what another router has, together with this one."""
        if isinstance(self.lifespan_context, DefaultLifespan) and isinstance(
            router.lifespan_context, DefaultLifespan
        ):
            # One default lifespan runs the functions of both, each once.
            self.on_startup.extend(router.on_startup)
            self.on_shutdown.extend(router.on_shutdown)
            return
        self.lifespan_context = merge_lifespan_context(self.lifespan_context, router.lifespan_context)

    def add_event_handler(self, event_type: Literal["startup", "shutdown"], func: Callable[[], Any]) -> None:
        """Run `func` when the application starts or stops; ignored where there is a lifespan of one's own."""
        if event_type not in {"startup", "shutdown"}:
            meant = nearest(str(event_type), ("startup", "shutdown"), cutoff=0.3) or "startup"
            raise DeclarationError(
                f"event_type must be 'startup' or 'shutdown', not {event_type!r}",
                at=calling_place(),
                instead=f'@app.on_event("{meant}")',
            )
        if not isinstance(self.lifespan_context, DefaultLifespan):
            name = getattr(func, "__name__", "the function")
            warn_deprecated(
                f"{name}() is never called: the lifespan replaces it; call it there", category=UserWarning
            )
        (self.on_startup if event_type == "startup" else self.on_shutdown).append(func)

    @deprecated("on_event is deprecated, use lifespan event handlers instead.")
    def on_event(self, event_type: Literal["startup", "shutdown"]) -> Callable[[Endpoint], Endpoint]:
        """Run the function when the application starts or stops."""

        def decorate(function: Any) -> Any:
            self.add_event_handler(event_type, function)
            return function

        return decorate
