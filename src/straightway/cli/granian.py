"""One process that serves with granian, through RSGI: the same course as with uvicorn, another server."""

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from straightway.application import Straightway
from straightway.cli.discovery import Target
from straightway.cli.loading import load
from straightway.cli.logs import adopt_root, configure_logs
from straightway.cli.messages import Failure, say
from straightway.cli.server import INTERRUPTED, documentation_of
from straightway.cli.settings import Settings
from straightway.cli.tracebacks import explain_failure
from straightway.logs.asgi import Logged
from straightway.logs.entries import log_failed
from straightway.logs.exchange import CANCELLED, LEFT, UNFINISHED
from straightway.logs.opaque import opaque_response
from straightway.logs.rsgi import LoggedProtocol
from straightway.runtime.rsgi import LazyScope, send_reply
from straightway.serve.failures import FailureLayer
from straightway.serve.rsgi import RSGIServer

__all__ = ["serve"]

UNTOUCHED = {"version": 1, "incremental": True, "handlers": {}, "loggers": {"_granian": {}}}
"""A configuration of logging that leaves handlers as they are; granian adds its level to it."""

LOOK_EVERY = 0.02
"""Seconds between two looks whether the server listens."""


def serve(
    settings: Settings,
    listener: socket.socket,
    *,
    ready: Callable[[str | None], None],
    tell: Callable[[Failure], None],
    orders: Connection | None = None,
) -> int:
    """Load the application, serve it where `listener` is bound, and return the exit code.

    The arguments are those of `server.serve`. granian opens a socket of its own beside the listener's.
    """
    configure_logs(settings)
    try:
        application = _straightway(settings.target)
    except Failure as failure:
        tell(failure)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    if settings.verbose:
        say(f"Serving with granian, through RSGI: {settings.target.module}")
    configure_logs(settings)
    adopt_root(settings)
    serving = _Serving(settings, application, listener.getsockname()[:2], tell)
    if orders is not None:
        threading.Thread(target=serving.stop_when_told, args=(orders,), daemon=True).start()
    with suppress(KeyboardInterrupt):
        return _run(serving.run(lambda: ready(documentation_of(application))))
    return INTERRUPTED


def _straightway(target: Target) -> Straightway:
    loaded = load(target)
    application: object = loaded.application
    if isinstance(application, Straightway):
        return application
    raise Failure(
        f"--server granian serves a Straightway application, and {loaded.import_string} is none",
        instead=f"Serve it with uvicorn, or with granian itself: granian --interface asgi {loaded.import_string}",
    )


def _answering(settings: Settings, application: Straightway) -> RSGIServer:
    trusted = settings.forwarded_allow_ips or "127.0.0.1"
    logged: Any = Logged(application, access=settings.access_log)  # uvicorn has types of its own for ASGI's
    proxied: Any = ProxyHeadersMiddleware(logged, trusted) if settings.proxy_headers else None
    return LoggedRSGIServer(
        application,
        access=settings.access_log,
        root_path=settings.root_path,
        layered=logged,
        proxied=proxied,
    )


class LoggedRSGIServer(RSGIServer):
    """An application that is logged, also where nothing of ASGI is between granian and an endpoint."""

    def __init__(self, app: Straightway, *, access: bool, **options: Any) -> None:
        super().__init__(app, **options)
        self._access = access

    async def straight(self, native: Any, scope: LazyScope, protocol: Any, stack: FailureLayer) -> None:
        """Answer a request by the compiled function of its endpoint, and log it."""
        logged = LoggedProtocol(scope, scope.rsgi, protocol, is_logged=self._access)
        try:
            await super().straight(native, scope, logged, stack)
        except ClientDisconnect:
            logged.end(LEFT)
        except Exception as error:  # noqa: BLE001  # it is logged, and has been answered
            log_failed(logged.subject(), scope, error)
            if logged.status is None:  # whatever was to answer it has failed too
                await send_reply(opaque_response(scope), scope, logged)
            # granian knows no way to break off a response: one that has begun ends here.
            logged.end(UNFINISHED)
        except BaseException:
            logged.end(CANCELLED)
            raise
        else:
            logged.end()


def _run(main: Coroutine[Any, Any, int]) -> int:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def _before(task: "asyncio.Future[Any]", event: asyncio.Event) -> bool:
    """Wait for a task; give it up and return False if the event comes first."""
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        return True
    task.cancel()
    return False


def _leave() -> NoReturn:
    """End the process at once: granian's threads wait for the requests that are open, however long they take."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


class _Serving:
    """The course of one server: the application starts, granian serves until it is told to stop, the application stops."""

    def __init__(
        self,
        settings: Settings,
        application: Straightway,
        address: tuple[str, int],
        tell: Callable[[Failure], None],
    ) -> None:
        self._settings, self._application, self._tell = settings, application, tell
        self._address = address
        self._stopped = asyncio.Event()
        self._hurried = asyncio.Event()
        """A second signal has come: requests that are open are not waited for."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop_when_told(self, orders: Connection) -> None:
        """Wait for the end of the pipe, then stop."""
        with suppress(EOFError, OSError):
            orders.recv()
        if self._loop is None:  # nobody waits yet
            self._stopped.set()
        else:
            self._loop.call_soon_threadsafe(self._stopped.set)

    async def run(self, ready: Callable[[], None]) -> int:
        """Serve until a signal or an order; return the exit code."""
        from granian.log import LogLevels
        from granian.server.embed import Server

        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._signalled)
        answering = _answering(self._settings, self._application)
        startup = asyncio.ensure_future(self._went_well("startup", answering.start))
        if not await _before(startup, self._stopped):
            return INTERRUPTED
        if not startup.result():
            return 1
        host, port = self._address
        server = Server(
            answering,
            host,
            port,
            log_level=LogLevels.info if self._settings.verbose else LogLevels.warning,
            log_dictconfig=UNTOUCHED,
            log_access=False,
        )
        served = asyncio.ensure_future(server.serve())
        if await self._listens(served):
            ready()
            await self._stopped.wait()
            server.stop()  # type: ignore[no-untyped-call]  # granian's
        is_done = await _before(served, self._hurried)
        went_well = await self._went_well("shutdown", answering.stop)
        if not is_done:
            _leave()
        return 0 if went_well and served.exception() is None else 1

    def _signalled(self) -> None:
        (self._hurried if self._stopped.is_set() else self._stopped).set()

    async def _listens(self, served: "asyncio.Future[None]") -> bool:
        while not served.done() and not self._stopped.is_set():
            with suppress(OSError):
                _, writer = await asyncio.open_connection(*self._address)
                writer.close()
                return True
            await asyncio.sleep(LOOK_EVERY)
        return False

    async def _went_well(self, phase: str, do: Callable[[], Any]) -> bool:
        try:
            await do()
        except Exception as error:  # noqa: BLE001  # whatever the user's lifespan raised
            self._tell(
                explain_failure(f"The {phase} of the application failed", error, self._settings.target)
            )
            return False
        return True
