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


def _lines(account: Account) -> Iterator[str]:
    yield account.request
    yield f"  {account.summary}"
    yield from _section("Routes", _routes(account))
    yield from _section("Middleware, outermost first", _middleware(account))
    if account.mounted is not None:
        yield ""
        yield "Mounted there"
        yield from (f"  {line}" if line else "" for line in _lines(account.mounted))
    if account.endpoint is not None:
        yield from _section("Steps", _steps(account.endpoint))
        yield from _section("Answer", _answer(account.endpoint))
        yield from _section("Then", _closing(account.endpoint))
        yield from _section("Security", _security(account.endpoint))
        yield from _section("Problems it may answer with", _problems(account.endpoint))
    yield from _section("Failures", _failures(account))
    yield from _section(
        "Limits", _columns((each.what, each.value, f"({each.where})") for each in account.limits)
    )
    if account.source is not None:
        yield from _section("Compiled", account.source.splitlines())


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}".rstrip() for line in found)


def _columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Align the columns of rows; the last one may be of any length."""
    table = [list(row) for row in rows]
    if not table:
        return []
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in table
    ]


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


def _routes(account: Account) -> Iterator[str]:
    yield from _columns(_route(each) for each in account.candidates)
    if account.others:
        count = f"{account.others} {'more' if account.candidates else 'routes'}"
        yield f"{count}: {'another path' if account.others == 1 else 'other paths'}"


def _route(candidate: Candidate) -> tuple[str, ...]:
    return (
        _VERDICTS.get(candidate.verdict, candidate.verdict),
        ",".join(candidate.methods),
        candidate.path or "/",
        _named(candidate.origin),
        candidate.why,
    )


def _middleware(account: Account) -> Iterator[str]:
    rows = [
        (
            str(number),
            layer.name,
            place(layer.origin) if layer.origin else "",
            _layer_words(layer.what, layer.options),
        )
        for number, layer in enumerate(account.middleware, 1)
    ]
    yield from _columns(rows)


def _layer_words(what: str, options: Sequence[str]) -> str:
    return f"{what} ({', '.join(options)})" if options else what


def _steps(endpoint: Endpoint) -> list[str]:
    return _columns(row for step in endpoint.steps for row in _step(step))


def _step(step: Step) -> Iterator[tuple[str, ...]]:
    match step:
        case ReadStep():
            for index, value in enumerate(step.values):
                first = (str(step.number), "read") if index == 0 else ("", "")
                yield (*first, _value(value), _value_words(value))
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


def _value_words(value: Value) -> str:
    words = ["required"] if value.required else []
    words += value.notes
    if value.sent is not None:
        words.append(f"here {value.sent}")
    elif value.location == "query" and value.required and not value.notes:
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


def _answer(endpoint: Endpoint) -> Iterator[str]:
    reply = endpoint.reply
    words = [str(reply.status)] if reply.status is not None else []
    words += [f"validated as {reply.model}"] if reply.model is not None else []
    yield ", ".join([*words, reply.made])
    yield from reply.notes


def _closing(endpoint: Endpoint) -> list[str]:
    calls = {step.number: step for step in endpoint.steps if isinstance(step, CallStep)}
    return _columns(
        ("close", str(number), calls[number].origin.name, calls[number].closes or "")
        for number in endpoint.closing
    )


def _security(endpoint: Endpoint) -> list[str]:
    return _columns(
        (each.name, each.type, f"scopes {', '.join(each.scopes)}" if each.scopes else "")
        for each in endpoint.security
    )


def _problems(endpoint: Endpoint) -> list[str]:
    return _columns((str(each.status), each.title, _named(each.origin)) for each in endpoint.problems)


def _failures(account: Account) -> list[str]:
    return _columns((each.raised, each.when, f"-> {_named(each.handler)}") for each in account.catches)
