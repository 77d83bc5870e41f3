"""One process that serves: uvicorn, told to say when it really listens and to leave failures to us."""

import asyncio
import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from types import FrameType
from typing import TYPE_CHECKING, Any

import uvicorn

from straightway.application import Straightway
from straightway.cli.address import cannot_listen
from straightway.cli.discovery import Target
from straightway.cli.loading import ASGIApplication, Loaded, load
from straightway.cli.logs import adopt_root, configure_logs
from straightway.cli.messages import Failure, say
from straightway.cli.settings import Settings
from straightway.cli.tracebacks import explain_failure
from straightway.logs.asgi import Logged

if TYPE_CHECKING:
    from straightway.development.layer import DevelopmentLayer
    from straightway.development.watchdog import Watchdog

__all__ = ["INTERRUPTED", "documentation_of", "serve"]

INTERRUPTED = 128 + signal.SIGINT
"""Exit code of a process that was interrupted before it served."""

PATIENCE = 3
"""Seconds that a reload waits for open connections. An event stream in a browser tab would hold it for ever."""


def serve(
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
    configure_logs(settings)
    try:
        loaded = load(settings.target)
    except Failure as failure:
        tell(failure)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    if settings.verbose:
        say(f"Using import string: {loaded.import_string} (found by {settings.target.origin})")
    configure_logs(settings)
    adopt_root(settings)
    _set_debug(loaded, settings)
    page = _development_page(loaded.application, settings)
    watched = WatchedLifespan(page or loaded.application, settings.target, tell)
    logged = Logged(watched, access=settings.access_log)
    server = Server(
        _configured(settings, page.before(logged) if page else logged),
        lambda: ready(documentation_of(loaded.application)),
        watchdog=_watchdog(page) if settings.development else None,
        page=page,
    )
    if orders is not None:
        threading.Thread(target=_stop_when_told, args=(server, orders), daemon=True).start()
    return _run(server, listener, watched, lambda error: tell(cannot_listen(settings, error)))


def _run(
    server: "Server", listener: socket.socket, watched: "WatchedLifespan", refused: Callable[[OSError], None]
) -> int:
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        # Raised again by uvicorn after it has shut down in order; before that, nothing has been served.
        return int(watched.failed) if server.started else INTERRUPTED
    except SystemExit:
        if server.started:
            raise  # of the user's code
    except OSError as error:
        # Another server that started at the same time was quicker: the port was free when it was bound.
        if server.started:
            raise
        refused(error)
        return 1
    return int(watched.failed or not server.started)


def _configured(settings: Settings, application: ASGIApplication) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        interface="asgi3",
        log_config=None,
        access_log=False,
        root_path=settings.root_path,
        proxy_headers=settings.proxy_headers,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        reload=settings.reload,
        workers=settings.workers,
        timeout_graceful_shutdown=PATIENCE if settings.reload else None,
    )


def _set_debug(loaded: Loaded, settings: Settings) -> None:
    if settings.development and isinstance(loaded.application, Straightway):
        loaded.application.debug = True


def _development_page(application: ASGIApplication, settings: Settings) -> "DevelopmentLayer | None":
    if not settings.development or settings.page == "off":
        return None
    from straightway.cli.development import layer_around  # which only development wants

    return layer_around(application, settings)


def _watchdog(page: "DevelopmentLayer | None") -> "Watchdog":
    from straightway.development.watchdog import Watchdog

    return Watchdog(page.note_block if page else None)


def documentation_of(application: ASGIApplication) -> str | None:
    """Return the path of the documentation, where there is some."""
    if not isinstance(application, Straightway) or application.openapi_url is None:
        return None
    return application.docs_url or application.redoc_url


def _stop_when_told(server: "Server", orders: Connection) -> None:
    """Wait for the end of the pipe: the parent closes it to stop this process, and so does its death."""
    try:
        orders.recv()
    except (EOFError, OSError):
        server.should_exit = True


class Server(uvicorn.Server):
    """uvicorn's server, which calls `ready` once it listens and the application has started."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        *,
        watchdog: "Watchdog | None" = None,
        page: "DevelopmentLayer | None" = None,
    ) -> None:
        super().__init__(config)
        self.ready = ready
        self.watchdog, self.page = watchdog, page
        self.signalled = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then listen, then say so."""
        try:
            await super().startup(sockets)
            _expect_open(sockets or [])
        except OSError:
            self.started = False
            await self.lifespan.shutdown()
            raise
        if self.watchdog is not None:
            self.watchdog.start()
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop in order; what takes its time then is nobody's fault, and pages that are open are let go of."""
        if self.watchdog is not None:
            self.watchdog.stop()
        if self.page is not None:
            self.page.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in order; or at once, where the application has not started and may never do so."""
        if self.signalled:
            super().handle_exit(sig, frame)
            return
        self.signalled = True
        self._stop(sig, frame)

    def _stop(self, sig: int, frame: FrameType | None) -> None:
        if self.started:
            # The parent's order to stop may have been quicker than the terminal's signal. That makes this the first
            # signal all the same; uvicorn would take it for the second, which does not wait for the lifespan.
            self.should_exit = False
            super().handle_exit(sig, frame)
        elif frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
            # It may be a callback that forgets the lock of a module: Python drops what is raised there.
            asyncio.get_running_loop().call_soon_threadsafe(self._stop, sig, None)
        else:
            raise KeyboardInterrupt


def _expect_open(sockets: Sequence[socket.socket]) -> None:
    """Notice that uvloop (0.23) has closed a socket that it could not listen on, without saying so."""
    if any(listener.fileno() == -1 for listener in sockets):
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


class WatchedLifespan:
    """An application whose failures at startup and shutdown are told in our words, not as a printed traceback."""

    def __init__(self, application: ASGIApplication, target: Target, tell: Callable[[Failure], None]) -> None:
        self.application = application
        self.target = target
        self.tell = tell
        self.failed = False

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """Hand requests on as they are; this is no coroutine function, so that they cost nothing here."""
        if scope["type"] == "lifespan":
            return self._lifespan(scope, receive, send)
        return self.application(scope, receive, send)

    async def _lifespan(self, scope: Any, receive: Any, send: Any) -> None:
        async def watched(message: Any) -> None:
            _, phase, outcome = message["type"].split(".")
            if outcome == "failed":
                # The protocol carries a text only. Frameworks send it while they handle the exception.
                self._failed(phase, sys.exception(), message.get("message", ""))
                message = {"type": message["type"]}
            await send(message)

        await self.application(scope, receive, watched)

    def _failed(self, phase: str, error: BaseException | None, text: str) -> None:
        if isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
            return
        self.failed = True
        if error is not None:
            self.tell(explain_failure(f"The {phase} of the application failed", error, self.target))
            return
        last = text.strip().splitlines()[-1:] or ["it gives no reason"]
        self.tell(
            Failure(
                f"The {phase} of the application failed: {last[0]}",
                instead="Correct its lifespan. (--verbose shows all it says.)",
                full=text,
            )
        )
