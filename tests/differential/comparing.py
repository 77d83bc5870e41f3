"""Building a program on both frameworks, asking both, and telling what differs."""

import asyncio
import itertools
import json
import linecache
import sys
import types
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.differential.deviations import expected_in_answer, expected_in_document
from tests.differential.programs import Program
from tests.differential.questions import Question

PACKAGES = ("fastapi", "straightway")
_numbers = itertools.count()


@dataclass
class Outcome:
    """What one application did with one request."""

    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    events: list[str] = field(default_factory=list)
    error: str | None = None


class Difference(AssertionError):
    """Say what differs, with a program that shows it."""

    def __init__(
        self, what: str, program: Program, question: Question | None, outcomes: Sequence[object]
    ) -> None:
        lines = [what, "", program.text("fastapi"), "", f"# {question}"]
        lines += [f"# {name:12}{outcome}" for name, outcome in zip(PACKAGES, outcomes, strict=True)]
        super().__init__("\n".join(lines))


class Built:
    """A program as a module of one of the frameworks."""

    def __init__(self, program: Program, package: str) -> None:
        name = f"differential_{package}_{next(_numbers)}"
        text = program.text(package)
        self.module = types.ModuleType(name)
        self.error: Exception | None = None
        sys.modules[name] = self.module
        file = f"<{name}>"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(compile(text, file, "exec"), self.module.__dict__)  # noqa: S102  # the text is ours
        except Exception as error:  # noqa: BLE001  # that a declaration is refused is an outcome, too
            self.error = error
        finally:
            del linecache.cache[file]

    def document(self) -> Any:
        """Return the OpenAPI document, or the name of what making it raised."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self.module.app.openapi()
        except Exception as error:  # noqa: BLE001  # the same
            return f"{type(error).__name__}"

    def close(self) -> None:
        """Forget the module."""
        sys.modules.pop(self.module.__name__, None)

    async def ask(self, question: Question) -> Outcome:
        """Return what it does with a request."""
        outcome, events = Outcome(), self.module.EVENTS
        events.clear()
        messages = [{"type": "http.request", "body": question.body, "more_body": False}]
        gone = asyncio.Event()

        async def receive() -> Any:
            if messages:
                return messages.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                outcome.status = message["status"]
                headers = [
                    (name.decode().lower(), value.decode("latin-1")) for name, value in message["headers"]
                ]
                outcome.headers = sorted(headers)
            else:
                outcome.body += message.get("body", b"")

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                await self.module.app(question.scope(), receive, send)
        except Exception as error:  # noqa: BLE001  # an outcome
            outcome.error = type(error).__name__
        outcome.events = list(events)
        return outcome


def compared(program: Program, questions: Sequence[Question]) -> int:
    """Ask both applications; raise `Difference` for the first that there is; return how many requests were compared."""
    both = [Built(program, package) for package in PACKAGES]
    try:
        errors = [built.error for built in both]
        if any(errors):
            if not all(errors):
                raise Difference(
                    "only one refuses the declarations", program, None, [repr(each) for each in errors]
                )
            return 0
        _compare_documents(program, [built.document() for built in both])
        for question in questions:
            asyncio.run(_compare_answers(program, question, both))
        return len(questions)
    finally:
        for built in both:
            built.close()


async def _compare_answers(program: Program, question: Question, both: Sequence[Built]) -> None:
    theirs, ours = [await built.ask(question) for built in both]
    if theirs == ours or expected_in_answer(program, question, theirs, ours):
        return
    names = [name for name in vars(theirs) if getattr(theirs, name) != getattr(ours, name)]
    raise Difference(f"answers differ in {', '.join(names)}", program, question, [theirs, ours])


def _compare_documents(program: Program, documents: Sequence[Any]) -> None:
    theirs, ours = [expected_in_document(json.loads(json.dumps(each, default=repr))) for each in documents]
    if theirs != ours:
        where = list(itertools.islice(_differences(theirs, ours, ""), 5))
        raise Difference(f"documents differ: {where}", program, None, ["", ""])


def _differences(theirs: Any, ours: Any, at: str) -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in {**theirs, **ours}:
            yield from _differences(theirs.get(key, "absent"), ours.get(key, "absent"), f"{at}/{key}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from _differences(one, other, f"{at}/{index}")
    elif theirs != ours:
        yield f"{at}: {theirs!r} and {ours!r}"
