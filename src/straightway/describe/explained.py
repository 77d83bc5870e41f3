"""An explanation as text: sections that say what a request meets, from the outermost layer to the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from straightway.describe.explanation import (
    Account,
    Argument,
    BodyStep,
    CallStep,
    Candidate,
    Endpoint,
    Origin,
    ReadStep,
    Step,
    Value,
)

_VERDICTS = {"taken": "taken", "order": "too late"}


@dataclass(frozen=True, slots=True)
class Explanation(Account):
    """What becomes of one request. Printing it gives the text, `dataclasses.asdict` the data."""

    def __str__(self) -> str:
        return as_text(self)


def as_text(account: Account) -> str:
    """Write an explanation for people. Control characters that a request or a declaration may hold are escaped."""
    return "\n".join(_printable(line) for line in _lines(account))


def _printable(line: str) -> str:
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an explanation: rows of cells under a title. A row of one cell is a sentence."""

    title: str
    rows: tuple[tuple[str, ...], ...]


def sections_of(account: Account) -> list[Section]:
    """Return the parts of an explanation that have something to say, without what is mounted and the compiled function."""
    endpoint = account.endpoint
    parts: list[tuple[str, Iterable[tuple[str, ...]]]] = [
        ("Routes", _routes(account)),
        ("Middleware, outermost first", _middleware(account)),
    ]
    if endpoint is not None:
        parts += [
            ("Steps", _steps(endpoint, of_request=bool(account.request))),
            ("Answer", _answer(endpoint)),
            ("Then", _closing(endpoint)),
            ("Security", _security(endpoint)),
            ("Problems it may answer with", _problems(endpoint)),
        ]
    parts += [
        ("Failures", _failures(account)),
        ("Limits", ((each.what, each.value, f"({each.where})") for each in account.limits)),
    ]
    found = [Section(title, tuple(rows)) for title, rows in parts]
    return [each for each in found if each.rows]


def _lines(account: Account) -> Iterator[str]:
    sections = sections_of(account)
    yield account.request
    yield f"  {account.summary}"
    for section in sections:
        if section.title in _BEFORE_MOUNTED:
            yield from _section(section.title, _columns(section.rows))
    if account.mounted is not None:
        yield ""
        yield "Mounted there"
        yield from (f"  {line}" if line else "" for line in _lines(account.mounted))
    for section in sections:
        if section.title not in _BEFORE_MOUNTED:
            yield from _section(section.title, _columns(section.rows))
    if account.source is not None:
        yield from _section("Compiled", account.source.splitlines())


_BEFORE_MOUNTED = frozenset({"Routes", "Middleware, outermost first"})


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}".rstrip() for line in lines)


def _columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Align the columns of rows; the last one, and a sentence, may be of any length."""
    table = [list(row) for row in rows]
    aligned = [row for row in table if len(row) > 1]
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in aligned), strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False))
        yield "  ".join([*cells, row[-1]]).rstrip()


def place(origin: Origin) -> str:
    """Write where something stands: relative to the current directory where it lies below, empty if not known."""
    if origin.file is None:
        return ""
    path = Path(origin.file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{shown.as_posix()}:{origin.line}"


def _named(origin: Origin) -> str:
    where = place(origin)
    return f"{origin.name} ({where})" if where else origin.name


def _routes(account: Account) -> Iterator[tuple[str, ...]]:
    yield from map(_route, account.candidates)
    if account.others:
        count = f"{account.others} {'more' if account.candidates else 'routes'}"
        yield (f"{count}: {'another path' if account.others == 1 else 'other paths'}",)


def _route(candidate: Candidate) -> tuple[str, ...]:
    return (
        _VERDICTS.get(candidate.verdict, candidate.verdict),
        ",".join(candidate.methods),
        candidate.path or "/",
        _named(candidate.origin),
        candidate.why,
    )


def _middleware(account: Account) -> Iterator[tuple[str, ...]]:
    for number, layer in enumerate(account.middleware, 1):
        where = place(layer.origin) if layer.origin else ""
        yield str(number), layer.name, where, _layer_words(layer.what, layer.options)


def _layer_words(what: str, options: Sequence[str]) -> str:
    return f"{what} ({', '.join(options)})" if options else what


def _steps(endpoint: Endpoint, *, of_request: bool) -> Iterator[tuple[str, ...]]:
    for step in endpoint.steps:
        yield from _step(step, of_request=of_request)


def _step(step: Step, *, of_request: bool) -> Iterator[tuple[str, ...]]:
    match step:
        case ReadStep():
            for index, value in enumerate(step.values):
                first = (str(step.number), "read") if index == 0 else ("", "")
                yield (*first, _value(value), _value_words(value, of_request=of_request))
        case BodyStep():
            yield str(step.number), "body", step.how, ""
        case CallStep():
            arguments = ", ".join(map(_argument, step.arguments))
            yield str(step.number), "call", f"{step.origin.name}({arguments})", _call_words(step)


def _value(value: Value) -> str:
    keys = " or ".join(f'{value.location}["{key}"]' for key in value.keys) or value.location
    name = "" if value.parameter in value.keys else f" as {value.parameter}"
    default = "" if value.default is None else f" = {value.default}"
    return f"{keys}{name} -> {value.type}{default}"


def _value_words(value: Value, *, of_request: bool) -> str:
    words = ["required"] if value.required else []
    words += value.notes
    if value.sent is not None:
        words.append(f"here {value.sent}")
    elif of_request and value.location == "query" and value.required and not value.notes:
        words.append("missing here")
    return " · ".join(words)


def _argument(argument: Argument) -> str:
    if argument.step is not None:
        return f"{argument.parameter}={argument.step}"
    return f"{argument.parameter}={argument.injected}"


def _call_words(step: CallStep) -> str:
    words = [where] if (where := place(step.origin)) else []
    words.append(step.runs if step.hop is None else f"{step.runs}, visit {step.hop}")
    if step.closes is not None:
        words.append(f"closes {step.closes}")
    if len(step.used_by) > 1:
        words.append(f"shared by {_listed(step.used_by)}")
    if step.at_once is not None:
        words.append(f"at most {step.at_once} at once")
    if step.instead_of is not None:
        words.append(f"overrides {_named(step.instead_of)}")
    if step.is_endpoint:
        words.append("the endpoint")
    return " · ".join(words)


def _listed(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _answer(endpoint: Endpoint) -> Iterator[tuple[str, ...]]:
    reply = endpoint.reply
    words = [str(reply.status)] if reply.status is not None else []
    words += [f"validated as {reply.model}"] if reply.model is not None else []
    yield (", ".join([*words, reply.made]),)
    yield from ((note,) for note in reply.notes)


def _closing(endpoint: Endpoint) -> Iterator[tuple[str, ...]]:
    calls = {step.number: step for step in endpoint.steps if isinstance(step, CallStep)}
    for number in endpoint.closing:
        yield "close", str(number), calls[number].origin.name, calls[number].closes or ""


def _security(endpoint: Endpoint) -> Iterator[tuple[str, ...]]:
    for each in endpoint.security:
        yield each.name, each.type, f"scopes {', '.join(each.scopes)}" if each.scopes else ""


def _problems(endpoint: Endpoint) -> Iterator[tuple[str, ...]]:
    for each in endpoint.problems:
        yield str(each.status), each.title, _named(each.origin)


def _failures(account: Account) -> Iterator[tuple[str, ...]]:
    for each in account.catches:
        yield each.raised, each.when, f"-> {_named(each.handler)}"
