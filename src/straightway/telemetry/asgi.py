"""Which connections of an application are recorded: asked with each of them, answered in the cheapest way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.telemetry.activity import EXCLUDED, TELEMETRY, activity
from straightway.telemetry.configuration import Settings
from straightway.telemetry.data import HOOK, hook_in

if TYPE_CHECKING:
    from straightway.telemetry.recorder import Providers, Recorder


class NativeTelemetry:
    """Records the connections of one application, as its settings and the providers there are want it.

    Ask the gate first: while there is no provider there is nothing to record with.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack: ASGIApp | None = None
        self._providers: Providers | None = None
        self._recorder: Recorder | None = None

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, recorded or not."""
        kind = scope["type"]
        recorder = None
        if kind in {"http", "websocket"} and TELEMETRY not in scope and EXCLUDED not in scope:
            recorder = self._recorder_for(app)
        if recorder is not None and kind == "websocket" and not recorder.records_websockets:
            recorder = None
        exclude = self._settings.exclude
        if recorder is None:
            await app(scope, receive, send)
        elif exclude is not None and exclude(scope):
            await _excluded(app, scope, receive, send)
        else:
            await _recorded(recorder, app, scope, receive, send)

    def _recorder_for(self, stack: ASGIApp) -> Recorder | None:
        """Return what to record with; worked out anew when a provider or the layers have changed."""
        if not self._settings.records:
            return None
        from straightway.telemetry.recorder import providers_of, recorder_of

        providers, known = providers_of(self._settings), self._providers
        if (
            known is None
            or stack is not self._stack
            or providers.tracer is not known.tracer
            or providers.meter is not known.meter
            or providers.logger is not known.logger
        ):
            self._recorder = recorder_of(self._settings, providers, stack)
            self._stack, self._providers = stack, providers
        return self._recorder


async def _excluded(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a connection that is not to be recorded, by mounted applications neither."""
    from opentelemetry import context

    scope[EXCLUDED] = True
    # A request within a request: what is known of the outer one is not this one's.
    token = None if hook_in() is None else context.attach(context.set_value(HOOK, None))
    try:
        await app(scope, receive, send)
    finally:
        if token is not None:
            context.detach(token)
        scope.pop(EXCLUDED, None)


async def _recorded(recorder: Recorder, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    from opentelemetry import context

    from straightway.telemetry.connection import Connection
    from straightway.telemetry.operations import run_task

    activity.run_task, activity.on = run_task, True
    connection = Connection(recorder, scope)

    async def receiving() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            connection.disconnected = True
        return message

    async def sending(message: Message) -> None:
        is_last = connection.note_sent(message)
        await send(message)
        if is_last:
            connection.finish()

    token = context.attach(connection.context)
    scope[TELEMETRY] = connection
    try:
        if connection.is_http:
            await app(scope, receiving, sending)
        else:
            await app(scope, receive, send)
    except BaseException as error:
        connection.failed(error)
        raise
    finally:
        connection.close()
        scope.pop(TELEMETRY, None)
        context.detach(token)
