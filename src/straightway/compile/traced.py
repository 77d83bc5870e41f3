"""A plan to the function that answers requests which telemetry records: a second compilation, with what it has to say.

The ordinary function has none of it. Here every request has an object, its body is parsed before it is validated, and
the endpoint's arguments are gathered before it is called: extensions may look at all three.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from straightway.compile.calls import arguments, emit_call
from straightway.compile.handler import Carrier, Writer, file_name
from straightway.compile.reads import slot
from straightway.compile.source import Name, Source, build, code
from straightway.plan import Body, Call, Plan, Step
from straightway.telemetry.operations import function_name, request_operations, websocket_operations


def compile_traced(plan: Plan, carrier: Carrier) -> Any:
    """Return the function that runs `plan` for connections that have a record in their scope."""
    source, function = write_traced(plan, carrier)
    return build(source, function, file_name(plan, "traced"))


def write_traced(plan: Plan, carrier: Carrier) -> tuple[Source, Name]:
    """Return the text of the traced function, not yet executed, and its name."""
    out = Source()
    return out, TracedWriter(out, plan, carrier).written()


class TracedWriter(Writer):
    """Writes what the ordinary writer does, and between its steps what telemetry is told."""

    def __init__(self, out: Source, plan: Plan, carrier: Carrier) -> None:
        super().__init__(out, plan, carrier)
        self.has_request = not plan.websocket
        self.straight = self.sends_directly = False
        self.streams = plan.answer.kind != "value"

    def _steps(self) -> None:
        begin = websocket_operations if self.plan.websocket else request_operations
        connection = Name("websocket" if self.plan.websocket else "request")
        name = function_name(self.endpoint.call)
        self.out.line("v_operations = {}(scope, {}, {})", begin, connection, name)
        with self._noting_failure():
            super()._steps()

    @contextmanager
    def _noting_failure(self) -> Generator[None]:
        with self.out.block("try:"):
            yield
        with self.out.block("except BaseException as error:"):
            self.out.line("v_operations.failed(error)")
            self.out.line("raise")

    def _step(self, step: Step, *, in_thread: bool) -> None:
        super()._step(step, in_thread=in_thread)
        if isinstance(step, Body):
            self.out.line("v_operations.body({})", slot(step.number))

    def _call(self, step: Call, *, in_thread: bool) -> None:
        if not step.is_endpoint:
            super()._call(step, in_thread=in_thread)
            return
        out = self.out
        out.line("v_values = dict({})", arguments(out, step))
        if self.streams:
            out.line("v_operations.solved(v_values)")
        else:
            out.line("v_operations.endpoint(v_values)")
        emit_call(out, step, in_thread=in_thread, together=self.together, passed=code(out, "**v_values"))
        if self.plan.websocket:
            out.line("v_operations.end()")
        elif not self.streams:
            out.line("v_operations.answered({})", self.result)

    def _reply(self) -> None:
        with self._noting_failure():
            super()._reply()
        self.out.line("v_operations.end()")

    def _end(self) -> None:
        if self.carrier == "websocket":
            return
        self._reply()
        self._send_reply()
