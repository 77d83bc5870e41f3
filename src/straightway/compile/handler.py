"""Plan to function: `compile_plan` is the only door.

One plan can be compiled for five carriers, which differ only in where bytes come from and where they go:

- "asgi": `async (scope, receive, send) -> None`, the ordinary one; sends for itself.
- "rsgi": `async (scope, protocol) -> None`, the same for servers that speak RSGI; for plans that `answers_rsgi`.
- "request": `async (request) -> Response`, for `APIRoute.get_route_handler`, which users wrap.
- "websocket": `async (websocket) -> None`.
- "values": `async (request, body, response, background_tasks) -> (result, errors)`, for packages that answer themselves
  and hand over a parsed body; nothing is raised for what does not validate.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from typing import Any, Literal

from anyio import CancelScope
from anyio.lowlevel import checkpoint_if_cancelled
from starlette.requests import Request

from straightway.analyse.shortcuts import grouped, reads_straight, sends_directly
from straightway.background import BackgroundTasks
from straightway.compile.answers import emit_check, emit_reply, emit_sending, emit_sending_inside
from straightway.compile.calls import are_left_together, emit_call
from straightway.compile.reads import (
    emit_body,
    emit_body_bytes,
    emit_form,
    emit_read,
    emit_read_body,
    emit_read_form,
    emit_sources,
    emit_straight_read,
    parsed,
    reads_plainly,
    slot,
)
from straightway.compile.source import Code, Name, Source, build, code, global_name, joined
from straightway.compile.transports import ASGI, RSGI
from straightway.errors import EndpointContext, Place
from straightway.plan import Body, Call, Lifetime, Plan, Read, ReadBody, Step
from straightway.runtime import answering, checking, lifetimes, reading
from straightway.runtime.threads import run_in_thread
from straightway.runtime.timings import Part
from straightway.wording import COMPILED

Carrier = Literal["asgi", "rsgi", "request", "websocket", "values"]


def compile_plan(plan: Plan, carrier: Carrier = "asgi") -> Any:
    """Return the function that runs `plan`; its text shows in tracebacks and in `inspect.getsource`."""
    source, function = write(plan, carrier)
    return build(source, function, file_name(plan))


def write(plan: Plan, carrier: Carrier = "asgi") -> tuple[Source, Name]:
    """Return the text of the compiled function, not yet executed, and its name."""
    out = Source()
    return out, Writer(out, plan, carrier).written()


def _endpoint(plan: Plan) -> Call:
    last = plan.steps[-1]
    if not isinstance(last, Call):
        raise TypeError("a plan ends with the call of its endpoint")
    return last


def file_name(plan: Plan, kind: str = "") -> str:
    """Return the file name of what is compiled: method and path, the endpoint, and what `kind` of function it is."""
    call = _endpoint(plan).call
    endpoint = f"{getattr(call, '__module__', '')}.{getattr(call, '__qualname__', type(call).__name__)}"
    return f"{COMPILED}{plan.label} {endpoint}{kind and f', {kind}'}>"


def context_of(plan: Plan) -> EndpointContext:
    """Return what validation exceptions say about where the endpoint is."""
    place = plan.place or Place()
    context: EndpointContext = {"path": plan.label}
    if place.function is not None:
        context["function"] = place.function
    if place.file is not None and place.line is not None:
        context.update({"file": place.file, "line": place.line})
    return context


class Writer:
    """Writes one function: what it needs first, then its steps, then the answer."""

    def __init__(self, out: Source, plan: Plan, carrier: Carrier) -> None:
        self.out, self.plan = out, plan
        self.carrier: Carrier = carrier
        self.endpoint = _endpoint(plan)
        self.transport = RSGI if carrier == "rsgi" else ASGI
        self.context = context_of(plan)
        self.context_name = out.bind(self.context, "context")
        calls = [step for step in plan.steps if isinstance(step, Call)]
        self.specials = {special for call in calls for _, special in call.specials}
        self.lifetimes = {call.lifetime for call in calls if call.lifetime}
        self.async_generators = any(call.lifetime and call.kind == "async generator" for call in calls)
        self.body = next((step for step in plan.steps if isinstance(step, Body)), None)
        self.is_form = self.body is not None and self.body.kind == "form"
        self.has_request = "request" in self.specials or self.is_form
        self.has_stacks = bool(self.lifetimes) or plan.answer.kind == "events"
        self.fallible = any(isinstance(step, Read | ReadBody) for step in plan.steps)
        self.straight = carrier in {"asgi", "rsgi", "request"} and reads_straight(plan.steps)
        self.result = slot(self.endpoint.number)
        self.sends = carrier in {"asgi", "rsgi"}
        self.sends_directly = self.sends and sends_directly(
            plan.answer, injects_response="response" in self.specials
        )
        self.together = self._left_together(calls)

    def _left_together(self, calls: list[Call]) -> set[Lifetime]:
        """Return the lifetimes whose stack this function opens, and which have nothing but generators for threads."""
        if self.carrier in {"request", "values"}:
            return set()
        together: set[Lifetime] = set()
        if are_left_together([call for call in calls if call.lifetime == "function"]):
            together.add("function")
        if (
            are_left_together([call for call in calls if call.lifetime == "request"])
            and self.plan.answer.kind != "events"
            and not self.async_generators  # whose shield is on that stack
        ):
            together.add("request")
        return together

    def written(self) -> Name:
        """Write the function and return its name."""
        function = global_name(getattr(self.endpoint.call, "__name__", "endpoint"))
        self.out.names[function] = None
        self._function(function)
        del self.out.names[function]
        return function

    def _function(self, name: Name) -> None:
        out = self.out
        match self.carrier:
            case "asgi":
                with out.block("async def {}(scope, receive, send):", name), self._remembering():
                    self._inside_stacks()
            case "rsgi":
                with out.block("async def {}(scope, protocol):", name), self._remembering():
                    self._inside_stacks()
            case "request":
                with out.block("async def {}(request):", name):
                    out.line("scope = request.scope")
                    self._request_handler()
            case "websocket":
                with out.block("async def {}(websocket):", name):
                    out.line("scope = websocket.scope")
                    self._inside_stacks()
            case "values":
                with out.block("async def {}(request, body, response, background_tasks):", name):
                    out.line("scope = request.scope")
                    self._solver()

    @contextmanager
    def _remembering(self) -> Generator[None]:
        """Keep what was read of the request for exception handlers, which may want the body again."""
        out = self.out
        if self.has_request:
            kind = reading.BodyFirstRequest if self.body is not None and not self.is_form else Request
            out.line("request = {}(scope, receive, send)", kind)
        elif self.body is not None:
            out.line("body = None")
        if self.body is None and not self.has_request:
            yield
            return
        with out.block("try:"):
            yield
        with out.block("except Exception:"):
            kept = (
                Name("request")
                if self.has_request
                else code(out, "{}(scope, {}, body)", self.transport.remembered, self.transport.ends)
            )
            out.line("scope[{}] = {}", reading.REQUEST, kept)
            out.line("raise")

    def _inside_stacks(self) -> None:
        """Write the body of a function that opens and closes its own stacks."""
        out = self.out
        with ExitStack() as blocks:
            if self.is_form:
                blocks.enter_context(out.block("async with {}(scope) as files:", lifetimes.Files))
            if self.has_stacks:
                self._inside_request_stack()
                return
            self._steps()
            self._end()

    def _inside_request_stack(self) -> None:
        out = self.out
        out.line("sent = False")
        with out.block("async with {}() as request_stack:", self._stack("request")):
            self._shield()
            if "function" in self.lifetimes:
                self._inside_function_stack()
                self._send_reply()
            elif self.sends_directly:
                self._steps()
                background = self._background()
                emit_sending_inside(out, self.plan.answer, self.result, self.transport, background=background)
            else:
                self._complete_reply()
                self._send_reply()
            out.line("sent = True")
        self._cancel()
        with out.block("if not sent:"):
            out.line("raise {}()", lifetimes.not_awaited)

    def _inside_function_stack(self) -> None:
        out = self.out
        out.line("complete = False")
        with out.block("async with {}() as function_stack:", self._stack("function")):
            self._complete_reply()
            out.line("complete = True")
        self._cancel()
        with out.block("if not complete:"):
            out.line("raise {}()", lifetimes.not_awaited)

    def _stack(self, lifetime: Lifetime) -> type[AsyncExitStack | lifetimes.ThreadStack]:
        return lifetimes.ThreadStack if lifetime in self.together else AsyncExitStack

    def _complete_reply(self) -> None:
        self._steps()
        if self.sends:
            self._reply()

    def _request_handler(self) -> None:
        """Write the body of a function whose caller has opened the stacks, and sends the response."""
        out = self.out
        if self.is_form:
            out.line("files = {}(scope)", lifetimes.file_stack)
        if self.has_stacks:
            out.line("request_stack, function_stack = {}(scope)", lifetimes.stacks)
            self._shield()
        self._steps()
        self._reply()
        out.line("return reply")

    def _solver(self) -> None:
        """Write the body of a function whose caller has opened the stacks, read the body, and makes the response."""
        out = self.out
        if self.plan.websocket:
            out.line("websocket = request")
        if self.has_stacks:
            out.line("request_stack, function_stack = {}(scope)", lifetimes.stacks)
            self._shield()
        self._steps()
        out.line("return {}, []", self.result)

    def _shield(self) -> None:
        if self.async_generators:
            self.out.line("shield = request_stack.enter_context({}())", CancelScope)

    def _cancel(self) -> None:
        """Write the place where a cancellation that waited for clean-up is delivered."""
        if self.async_generators:
            self.out.line("await {}()", checkpoint_if_cancelled)

    def _steps(self) -> None:
        out = self.out
        if "response" in self.specials and self.carrier != "values":
            out.line("response = {}()", answering.injected_response)
        if "background_tasks" in self.specials and self.carrier != "values":
            out.line("background_tasks = {}", self._new_tasks())
        if self.fallible:
            out.line("errors = None")
        emit_sources(out, self.plan.steps, self.transport)
        for number, (threaded, steps) in enumerate(grouped(self.plan.steps)):
            if threaded:
                self._thread(number, steps)
            else:
                self._step(steps[0], in_thread=False)

    def _new_tasks(self) -> Code:
        return code(self.out, "{}()", BackgroundTasks)

    def _thread(self, number: int, steps: list[Step]) -> None:
        """Write a run of synchronous steps as one function for one worker thread."""
        out = self.out
        name = Name(f"in_thread_{number}")
        produced = [slot(step.number) for step in steps]
        with out.block("def {}():", name):
            shared = [*produced, Name("errors")] if self.fallible else produced
            out.line("nonlocal {}", joined(", ", [Code(each) for each in shared]))
            for step in steps:
                self._step(step, in_thread=True)
        out.line("{} = None", joined(" = ", [Code(each) for each in produced]))
        out.line("await {}({})", run_in_thread, name)

    def _step(self, step: Step, *, in_thread: bool) -> None:
        out = self.out
        match step:
            case Read():
                emit_read(out, step)
            case Body():
                self._body_step(step)
            case ReadBody():
                self._read_body_step(step)
            case Call():
                if step.is_endpoint and self.fallible:
                    self._raise_errors()
                self._call(step, in_thread=in_thread)
                if step.is_endpoint and not self.plan.websocket:
                    emit_check(out, self.plan.answer, self.result, self.context_name)

    def _body_step(self, step: Body) -> None:
        out = self.out
        has_request = self.has_request or self.carrier == "request"
        if self.carrier == "values":
            out.line("{} = body", slot(step.number))
        elif self.is_form:
            emit_form(out, step, self.plan.steps)
        elif self.straight:
            emit_body_bytes(out, self.transport, has_request=has_request)
        else:
            emit_body(out, step, self.transport, has_request=has_request, context=self.context_name)

    def _read_body_step(self, step: ReadBody) -> None:
        if step.form:
            emit_read_form(self.out, step, plainly=self.carrier != "values" and reads_plainly(step))
        elif self.straight and self.body is not None:
            emit_straight_read(self.out, step, self.body, self.context, self.transport)
        else:
            emit_read_body(self.out, step)

    def _call(self, step: Call, *, in_thread: bool) -> None:
        closing = self._closing(step)
        emit_call(self.out, step, in_thread=in_thread, together=self.together, closing=closing)

    def _closing(self, step: Call) -> Part | None:  # noqa: ARG002  # which is for writers that time it
        """Return as what the end of a generator is noted; None, as nobody wants to know."""
        return None

    def _raise_errors(self) -> None:
        out = self.out
        with out.block("if errors is not None:"):
            report = out.bind(self.plan.report, "report")
            if self.carrier == "values":
                out.line("return {{}}, {}(errors, {})", checking.reported, report)
                return
            if self.plan.websocket:
                out.line(
                    "raise {}(errors, {}, {}, scope)", answering.websocket_error, report, self.context_name
                )
                return
            out.line(
                "raise {}(errors, {}, {}, {}, scope)",
                answering.request_error,
                report,
                self._parsed_body(),
                self.context_name,
            )

    def _parsed_body(self) -> Name | Code:
        """Return the parsed body as a validation error shows it."""
        if self.body is None:
            return code(self.out, "None")
        return parsed(self.out, self.body, self.context_name) if self.straight else slot(self.body.number)

    def _end(self) -> None:
        """Write the answer of a function without stacks."""
        if self.carrier == "websocket":
            return
        if self.sends_directly:
            background = self._background()
            emit_sending(self.out, self.plan.answer, self.result, self.transport, background=background)
            return
        self._reply()
        self._send_reply()

    def _send_reply(self) -> None:
        if self.sends:
            self.out.line("await {}(reply, scope, {})", self.transport.send_reply, self.transport.ends)

    def _reply(self) -> None:
        injected = Name("response") if "response" in self.specials else code(self.out, "None")
        emit_reply(
            self.out,
            self.plan.answer,
            self.result,
            injected=injected,
            background=self._background(),
            context=self.context,
        )

    def _background(self) -> Name | Code:
        return Name("background_tasks") if "background_tasks" in self.specials else code(self.out, "None")
