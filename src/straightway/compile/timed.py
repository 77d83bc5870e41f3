"""A plan to the function that notes how long each step takes: compiled only for requests that the development page shows.

The ordinary function has none of it. Where telemetry records the same request, both have their say in one function.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

from straightway.analyse.places import place_of
from straightway.analyse.shortcuts import runs_in_thread
from straightway.compile.handler import Carrier, Writer, file_name
from straightway.compile.source import Code, Name, Source, build, code
from straightway.plan import Body, Call, Lookup, Plan, Read, ReadBody, Step
from straightway.runtime.timings import Part, Reached, Where, timings_of


def compile_timed(plan: Plan, carrier: Carrier, *, traced: bool = False) -> Any:
    """Return the function that runs `plan` for requests that have `Timings` in their scope."""
    source, function = write_timed(plan, carrier, traced=traced)
    return build(source, function, file_name(plan, "timed"))


def write_timed(plan: Plan, carrier: Carrier, *, traced: bool = False) -> tuple[Source, Name]:
    """Return the text of the timed function, not yet executed, and its name."""
    out = Source()
    writer = _traced_and_timed() if traced else TimedWriter
    return out, writer(out, plan, carrier).written()


class TimedWriter(Writer):
    """Writes what the ordinary writer does, and around each step that it begins and ends."""

    def _inside_stacks(self) -> None:
        self._begin()
        if self.carrier == "asgi":
            self.out.line("send = v_timings.sending(send)")
        with self._noting_failure_of_step():
            super()._inside_stacks()

    def _request_handler(self) -> None:
        self._begin()
        with self._noting_failure_of_step():
            super()._request_handler()

    def _begin(self) -> None:
        place = place_of(self.endpoint.call, "")
        reached = Reached(self.plan.label, _name(self.endpoint), place.file, place.line)
        self.out.line("v_timings = {}(scope, {})", timings_of, self.out.bind(reached, "reached"))

    @contextmanager
    def _noting_failure_of_step(self) -> Generator[None]:
        with self.out.block("try:"):
            yield
        with self.out.block("except BaseException as error:"):
            self.out.line("v_timings.failed(error)")
            self.out.line("raise")

    def _new_tasks(self) -> Code:
        return code(self.out, "v_timings.background_tasks()")

    def _thread(self, number: int, steps: list[Step]) -> None:
        self.out.line("v_timings.waits()")
        super()._thread(number, steps)

    def _step(self, step: Step, *, in_thread: bool) -> None:
        if isinstance(step, Call):
            super()._step(step, in_thread=in_thread)
            return
        with self._timing(_part_of(step, in_thread=in_thread)):
            super()._step(step, in_thread=in_thread)

    def _call(self, step: Call, *, in_thread: bool) -> None:
        with self._timing(_part_of(step, in_thread=in_thread)):
            super()._call(step, in_thread=in_thread)
        if step.is_endpoint and not self.plan.websocket:
            answer = Part("answer", "make the answer")
            self.out.line("v_timings.begin({})", self.out.bind(answer, "answer"))

    def _closing(self, step: Call) -> Part | None:
        place = place_of(step.call, "")
        where: Where = "thread" if step.kind == "generator" else "loop"
        return Part("close", _name(step), where, place.file, place.line, step.number)

    @contextmanager
    def _timing(self, part: Part) -> Generator[None]:
        self.out.line("v_timings.begin({})", self.out.bind(part, f"step_{part.number}"))
        yield
        self.out.line("v_timings.end()")


@cache
def _traced_and_timed() -> type[Writer]:
    from straightway.compile.traced import TracedWriter  # imports opentelemetry, which is there by now

    class TracedAndTimedWriter(TimedWriter, TracedWriter):
        """Tells telemetry and the development page."""

    return TracedAndTimedWriter


def _part_of(step: Step, *, in_thread: bool) -> Part:
    match step:
        case Read() | ReadBody():
            where: Where = "thread" if in_thread else "loop"
            return Part("read", ", ".join(map(_key, step.lookups)), where, number=step.number)
        case Body():
            return Part("body", "receive the body", number=step.number)
        case Call():
            place = place_of(step.call, "")
            return Part(
                "endpoint" if step.is_endpoint else "call",
                _name(step),
                "thread" if in_thread or runs_in_thread(step) or step.kind == "thread" else "loop",
                place.file,
                place.line,
                step.number,
            )


def _key(lookup: Lookup) -> str:
    return f"{lookup.location} {lookup.keys[0]}"


def _name(step: Call) -> str:
    name: str = getattr(step.call, "__qualname__", type(step.call).__qualname__)
    return name.replace("<locals>.", "")
