"""One process that serves, with the server that was asked for."""

import socket
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Protocol

from straightway.cli.address import announce
from straightway.cli.messages import Failure, colours_wanted, complain, render
from straightway.cli.settings import Settings

__all__ = ["Serve", "serve_here", "serve_with"]


class Serve(Protocol):
    """What serves an application in this process."""

    def __call__(
        self,
        settings: Settings,
        listener: socket.socket,
        *,
        ready: Callable[[str | None], None],
        tell: Callable[[Failure], None],
        orders: Connection | None = None,
    ) -> int:
        """Load the application, serve it on the bound socket, and return the exit code.

        `ready` is called once the server listens and the application has started, with the path of the documentation.
        `tell` gets what went wrong. When the other end of `orders` is closed, the server stops.
        """
        ...


def serve_with(settings: Settings) -> Serve:
    """Return the function that serves with the server of the settings; only that server is imported."""
    if settings.server == "granian":
        from straightway.cli.granian import serve as serve_with_granian

        return serve_with_granian
    from straightway.cli.server import serve

    return serve


def serve_here(settings: Settings, listener: socket.socket) -> int:
    """Serve in this process until a signal ends it; return the exit code."""

    def tell(failure: Failure) -> None:
        complain(render(failure, verbose=settings.traceback, colours=colours_wanted(sys.stderr)))

    def ready(documentation: str | None) -> None:
        announce(listener, documentation, page=settings.page != "off")

    return serve_with(settings)(settings, listener, ready=ready, tell=tell)
