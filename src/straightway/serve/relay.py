"""Run an application up to its response, let its middleware look at that, send it, run the application on.

An application ends its response with a call of `send()`, and has things to do after it: background tasks, the ends of
dependencies. A middleware function that awaits the response must go on at just that moment. The usual answer is a
second task and a queue. Here the application stays in the task and the context of its middleware: it is a coroutine
that a `Relay` drives by hand, step by step, and leaves alone where it calls `send()` with something to look at.

The application *offers* messages. Each holds the call of `send()` that offered it until the next message is *taken*.
The relay *advances* the application to its next offer, *passes on* everything unseen, *finishes* an application whose
response was sent, and *abandons* one whose middleware failed.

What the application waits for is a future, which would go to the event loop through us. Up to the response the relay
waits beside it instead, on a future of its own: offers may come from other tasks (those of a task group that the
application has opened, say), and must wake the task that drives. From then on nothing is between application and loop.

Cancellation reaches the task where it waits, so it is handed on to what the application waits for, as
`asyncio.Task.cancel()` does it. Errors of a middleware that has its response already cancel the application.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import coroutine
from typing import Any, ParamSpec

import anyio.to_thread
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PARTS_OF_BODY = frozenset(
    {
        "http.response.body",
        "http.response.pathsend",
        "http.response.zerocopysend",
        "http.response.trailers",
    }
)

Steps = Generator[Any, Any, None]
Held = asyncio.Future[None]
P = ParamSpec("P")


def _awaitable(steps: Callable[P, Steps]) -> Callable[P, Awaitable[None]]:
    # The types of `types.coroutine` keep both what it takes and what it returns, and mypy picks one by the place.
    return coroutine(steps)


class Relay:
    """One run of an application: `start` and `info` are what it said of its response, messages bring the rest."""

    # Defaults on the class, not in the constructor: most responses come in one piece and change few of them.
    start: Message | None = None
    info: Any = None
    ended = False
    """The last message of the response has been taken."""
    closed = False
    """The response has been sent: what is still offered is not wanted."""
    finished = False
    """The application has returned, or raised."""
    _passing: Send | None = None
    _told_gone = False
    _abandoned = False
    # A sender in the coroutine that we drive is held by not driving it, one in another task by a future.
    _held: Held | None = None
    _driver: asyncio.Task[Any] | None = None
    _error: BaseException | None = None
    _pending: asyncio.Future[Any] | None = None
    _waiter: Held | None = None
    _supplier: asyncio.Task[Any] | None = None
    _consumer: asyncio.Task[Any] | None = None
    _wanted: Held | None = None

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, apart: bool) -> None:
        run: Awaitable[None] = app(scope, receive, self.send)
        self._steps = (_in_a_task(run) if apart else run).__await__()
        self._scope = scope
        self._send = send
        self._offers: deque[tuple[Message, bool, Held | None]] = deque()
        """Messages, whether the response ends with each, and what holds those who sent them."""

    # What the application calls

    def send(self, message: Message) -> Coroutine[Any, Any, None]:
        """Take a message of the application; return when the next one is wanted."""
        # PERF: one coroutine for each message instead of two, 0.2 microseconds on 3.11, benchmarks (http-middleware).
        is_offered = self.start is not None and message["type"] in PARTS_OF_BODY
        return self._offer(message) if is_offered else self._note(message)

    async def _note(self, message: Message) -> None:
        if self._passing is not None:
            await self._passing(message)
        elif message["type"] == "http.response.start":
            self.start = message
            if self._waiter is not None:
                self._wake()
        elif message["type"] == "http.response.debug":
            self.info = message["info"]
        else:
            # Early hints and pushes need no look; a body without a start is for the server to complain about.
            await self._send(message)

    async def _offer(self, message: Message) -> None:
        if self._passing is not None:
            await self._passing(message)
            return
        last = self.is_last(message)
        if not self.closed:
            if asyncio.current_task() is self._driver:
                self._offers.append((message, last, None))
                await Pause(self)
            else:
                held = asyncio.get_running_loop().create_future()
                self._offers.append((message, last, held))
                self._wake()
                await held
        if self._abandoned:
            raise asyncio.CancelledError
        # If the response was sent without this, the client has gone as far as the application can tell. For servers
        # since ASGI 2.4 that is an error, for those before it is silence.
        if self.closed and not last and _raises_when_gone(self._scope):
            self._told_gone = True
            raise ClientGoneError

    def is_last(self, message: Message) -> bool:
        """Whether the response ends with this message."""
        match message["type"]:
            case "http.response.pathsend":
                return True
            case "http.response.trailers":
                return not message.get("more_trailers", False)
            case _:
                trailers = self.start is not None and self.start.get("trailers", False)
                return not trailers and not message.get("more_body", False)

    # What the middleware calls

    async def begin(self, driver: asyncio.Task[Any] | None) -> None:
        """Run the application in this task, `driver`, until it has begun a response.

        Raises what the application raises, and `RuntimeError` if it ends without a response.
        """
        await self._advance(driver, to_start=True)
        if self.start is None:
            raise RuntimeError("No response returned.")

    def take_whole(self) -> Message | None:
        """Return the message that is all the rest of the response, if there is one and it is known already."""
        if self._offers and self._offers[0][1]:
            return self._first_offer()
        if self.finished and not self._offers:
            self.ended = True
            return {"type": "http.response.body", "body": b""}
        return None

    async def take(self) -> Message | None:
        """Return the next message after the start, running the application for it; None where it has ended."""
        if not self.ended and not self._offers:
            self._release()
            task = asyncio.current_task()
            await (self._wait_for_supply() if self.is_supplied else self._advance(task, to_start=False))
        return None if self.ended or not self._offers else self._first_offer()

    @property
    def is_supplied(self) -> bool:
        """Whether another task runs the application for this one."""
        return self._supplier is not None and asyncio.current_task() is not self._supplier

    async def pass_on(self, send: Send) -> None:
        """Send all further messages by `send` as the application does, and run it to its end."""
        while self._offers:
            await send(self._first_offer())
        self._passing = send
        self._release()
        await self._run_out()

    async def supply(self, consumer: Coroutine[Any, Any, None]) -> None:
        """Run `consumer` in another task, and the application here as far as that one takes messages.

        For whoever iterates the body in a task or a cancel scope of its own: the application's would not survive it.
        """
        self._supplier = asyncio.current_task()
        self._consumer = task = _task_of(consumer)
        task.add_done_callback(self._wake)
        try:
            while not task.done():
                await self._supply_once()
        finally:
            self._supplier = None
            await _end(task)
        task.result()

    async def finish(self) -> None:
        """Run the application to its end, its response having been sent."""
        if not self.finished:
            self._close()
            try:
                await self._run_out()
            except Exception as error:
                if not self._told_gone or not _is_client_gone(error):
                    raise

    async def abandon(self, error: BaseException) -> bool:
        """Cancel the application because of `error`; return whether that was a cancellation which it has caught."""
        if self.finished:
            return False
        self._abandoned = True
        self._close()
        cancelled = error if isinstance(error, asyncio.CancelledError) else asyncio.CancelledError()
        if self._pending is None or not self._pending.cancel(*cancelled.args):
            self._error = cancelled
        try:
            await self._run_out()
        except asyncio.CancelledError:
            return False
        return cancelled is error

    # Senders that wait

    def _first_offer(self) -> Message:
        if self._held is not None:
            self._release()
        message, self.ended, self._held = self._offers.popleft()
        return message

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None and not held.done():
            held.set_result(None)

    def _close(self) -> None:
        self.closed = True
        while self._offers:
            self._first_offer()
        if self._held is not None:
            self._release()

    def _wake(self, _: object = None) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # Another task that takes

    async def _wait_for_supply(self) -> None:
        self._wanted = wanted = asyncio.get_running_loop().create_future()
        self._wake()
        await wanted

    async def _supply_once(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            self._waiter = waiter = asyncio.get_running_loop().create_future()
            await waiter
            return
        try:
            await self._advance(self._supplier, to_start=False)
        except Exception as error:  # noqa: BLE001  # it is raised where the message was wanted
            if not wanted.done():
                wanted.set_exception(error)
        if not wanted.done():
            wanted.set_result(None)

    # How the application is driven

    @_awaitable
    def _advance(self, driver: asyncio.Task[Any] | None, *, to_start: bool) -> Steps:
        """Drive the application to its next offer; `to_start` also until it waits, having begun its response."""
        if self._driver is not None:
            raise RuntimeError("The body of the response is already being read")
        self._driver = driver
        try:
            while not self._offers and not self.finished:
                if self._pending is None:
                    waits_for = self._resume()
                    if waits_for is not self:
                        yield from self._wait_at_first(waits_for)
                elif (to_start and self._has_begun()) or self._has_lost_consumer():
                    return
                else:
                    yield from self._wait_beside(self._pending, hands_on=to_start)
        finally:
            self._driver = None

    def _has_begun(self) -> bool:
        # Not while the application has this task wait for a worker thread, for the first part of its body say: AnyIO
        # lends a task one thread at a time, and the middleware may want it.
        return self.start is not None and not _waits_for_thread(self._driver)

    def _has_lost_consumer(self) -> bool:
        return self._consumer is not None and self._consumer.done()

    @_awaitable
    def _run_out(self) -> Steps:
        """Drive the application to its end."""
        while not self.finished:
            pending, self._pending = self._pending, None
            if pending is not None and not pending.done():
                pending._asyncio_future_blocking = True  # noqa: SLF001  # how a coroutine tells its task to wait
                yield from self._yielded(pending)
            else:
                waits_for = self._resume()
                if waits_for is not self:
                    yield from self._yielded(waits_for)

    def _resume(self) -> Any:
        """Run the application until it waits, and return for what: for us, having made an offer, or at its end."""
        error, self._error = self._error, None
        try:
            return self._steps.send(None) if error is None else self._steps.throw(error)
        except StopIteration:
            self.finished = True
            return self
        except BaseException:
            self.finished = True
            raise

    def _wait_at_first(self, waits_for: Any) -> Steps:
        if getattr(waits_for, "_asyncio_future_blocking", False):
            waits_for._asyncio_future_blocking = False  # noqa: SLF001  # it is us who wait, and not yet
            self._pending = waits_for
        else:
            yield from self._yielded(waits_for)

    def _yielded(self, waits_for: Any) -> Steps:
        try:
            yield waits_for
        except BaseException as error:  # noqa: BLE001  # the application's next step raises it
            self._error = error

    def _wait_beside(self, pending: asyncio.Future[Any], *, hands_on: bool) -> Steps:
        """Wait until `pending` is done or another task wakes us; `hands_on` cancellation to it."""
        if not pending.done():
            self._waiter = waiter = asyncio.get_running_loop().create_future()
            pending.add_done_callback(self._wake)
            try:
                yield from waiter
            except asyncio.CancelledError as error:
                if not hands_on:
                    raise
                if not pending.cancel(*error.args):
                    self._error = error
            finally:
                self._waiter = None
                pending.remove_done_callback(self._wake)
        if pending.done():
            self._pending = None


class Pause:
    """What an application waits for in `send()`: its relay, who knows that and leaves it alone."""

    __slots__ = ("_relay",)

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def __await__(self) -> Any:  # which an iterator is enough for
        # PERF: an iterator instead of a generator, 0.2 microseconds on 3.11, benchmarks (http-middleware).
        return iter((self._relay,))


class ClientGoneError(OSError):
    """Say that nobody is there any more to send to."""

    def __init__(self) -> None:
        super().__init__("The response was sent without the rest of this body")


async def _in_a_task(run: Awaitable[None]) -> None:
    async def awaited() -> None:
        await run

    await _task_of(awaited())


def _task_of(run: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Return a new task in the same context; before Python 3.12, which tells us what that is, in a copy of it."""
    task: Any = asyncio.current_task()
    context = task.get_context() if hasattr(task, "get_context") else None
    return asyncio.create_task(run, context=context)


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel the task, if it has not ended, and wait for it: however often we are cancelled meanwhile."""
    while not task.done():
        task.cancel()
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    if not task.cancelled():
        task.exception()  # so that it counts as retrieved, where another one is on its way


def _waits_for_thread(task: asyncio.Task[Any] | None) -> bool:
    return task in anyio.to_thread.current_default_thread_limiter().statistics().borrowers


def _raises_when_gone(scope: Scope) -> bool:
    version = scope.get("asgi", {}).get("spec_version", "2.0")
    return tuple(map(int, version.split("."))) >= (2, 4)


def _is_client_gone(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_is_client_gone(one) for one in error.exceptions)
    return isinstance(error, ClientGoneError | ClientDisconnect)
