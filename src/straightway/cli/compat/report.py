"""The outcome of a comparison: as text for people, and as JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from straightway.cli.compat.comparing import Comparison, Finding, Wishes
from straightway.cli.compat.documents import Unquoted, shortly
from straightway.cli.compat.mistakes import INVENTED_METHOD
from straightway.cli.compat.wire import Sent
from straightway.cli.messages import Failure

__all__ = ["as_json", "as_text", "failure_as_json", "verdict_of"]

RED, GREEN, YELLOW = "31", "32", "33"
FEW = 3
"""How many requests are shown for a difference, and how many things are named in a list."""

ON_PURPOSE = "No difference, since docs/compatibility.md announces it"
UNSTABLE = "Not comparable"


def verdict_of(comparison: Comparison) -> str:
    """Return the outcome in a word."""
    return "different" if comparison.differences else "same"


def as_text(comparison: Comparison, wishes: Wishes, *, colours: bool, verbose: bool) -> str:
    """Tell a person what was compared and found."""

    def paint(text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if colours else text

    lines = [_opening(comparison, wishes), *_cautions(comparison)]
    examples = None if verbose else FEW
    for title, colour, told in (
        ("Differences", RED, list(_listed(comparison.differences, examples))),
        (ON_PURPOSE, YELLOW, list(_by_reason(comparison.deliberate, verbose=verbose))),
        (UNSTABLE, YELLOW, list(_listed(comparison.incomparable, examples if verbose else 0))),
    ):
        if told:
            lines += ["", paint(f"{title}:", colour), *told]
    lines += _left_out(comparison, wishes)
    return "\n".join([*lines, "", paint(*_closing(comparison))])


def _opening(comparison: Comparison, wishes: Wishes) -> str:
    theirs = comparison.fastapi.versions["FastAPI"]
    ours = comparison.straightway.versions["Straightway"] if comparison.straightway else None
    frameworks = f"FastAPI {theirs} and Straightway{f' {ours}' if ours else ''}"
    if wishes.document_only:
        return f"Compared the OpenAPI documents of {frameworks}."
    return (
        f"Compared {frameworks}: the OpenAPI documents, and the answers to {comparison.requests} requests "
        f"for {comparison.operations} operations (seed {wishes.seed})."
    )


def _cautions(comparison: Comparison) -> Iterator[str]:
    if comparison.straightway is None:
        return
    for name, version in comparison.fastapi.versions.items():
        other = comparison.straightway.versions.get(name, version)
        if version != other:
            yield f"{name} is {version} beside FastAPI and {other} beside Straightway; that may be what differs."
    if not comparison.fastapi.versions["FastAPI"].startswith("0.165."):
        yield "Straightway implements FastAPI 0.165; what differs may have changed between these versions."


def _listed(findings: Sequence[Finding], examples: int | None) -> Iterator[str]:
    for finding in findings:
        subject = f"{finding.operation}: " if finding.operation else ""
        yield f"  {subject}{finding.words}"
        yield from (f"  {line}" for line in finding.excerpt)
        requests = finding.requests[:examples]
        yield from (f"      {_request(each)}" for each in requests)
        if requests and len(finding.requests) > len(requests):
            yield f"      ... {len(finding.requests) - len(requests)} more requests, shown by --verbose"


def _by_reason(findings: Sequence[Finding], *, verbose: bool) -> Iterator[str]:
    for reason in dict.fromkeys(finding.reason for finding in findings):
        alike = [finding for finding in findings if finding.reason == reason]
        yield f"  differs on purpose: {reason}"
        if verbose:
            yield from (f"    {line}" for line in _listed(alike, None))
        else:
            names = dict.fromkeys(
                finding.operation or finding.words.partition(" is ")[0] for finding in alike
            )
            yield f"      {_few(list(names))}"


def _few(names: Sequence[str]) -> str:
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def _request(sent: Sent) -> str:
    body = f"  {shortly(Unquoted(sent.body.decode('utf-8', 'backslashreplace')))}" if sent.body else ""
    return f"{sent.method} {shortly(Unquoted(sent.target))}  ({sent.about}){body}"


def _left_out(comparison: Comparison, wishes: Wishes) -> Iterator[str]:
    if comparison.not_called:
        yield ""
        yield f"Not called: {_few(comparison.not_called)}. {_how_to_call(wishes)}"
    if comparison.not_compared:
        yield ""
        yield f"Not compared: {', '.join(comparison.not_compared)}."


def _how_to_call(wishes: Wishes) -> str:
    called = ", ".join(method for method in wishes.methods if method != INVENTED_METHOD)
    return f"Only {called} are called; --all-methods calls the others too: use a database that you can lose."


def _closing(comparison: Comparison) -> tuple[str, str]:
    if comparison.differences:
        number = len(comparison.differences)
        return f"{number} difference{'s' if number > 1 else ''} between FastAPI and Straightway.", RED
    return "No difference between FastAPI and Straightway.", GREEN


def as_json(comparison: Comparison, wishes: Wishes) -> str:
    """Write everything for a program."""
    straightway = comparison.straightway
    content = {
        "verdict": verdict_of(comparison),
        "fastapi": dict(comparison.fastapi.versions),
        "straightway": dict(straightway.versions) if straightway else None,
        "seed": wishes.seed,
        "operations": comparison.operations,
        "requests": comparison.requests,
        "differences": [_finding(each) for each in comparison.differences],
        "deliberate": [_finding(each) for each in comparison.deliberate],
        "not_comparable": [_finding(each) for each in comparison.incomparable],
        "not_called": comparison.not_called,
        "not_compared": comparison.not_compared,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _finding(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {"kind": finding.kind, "words": finding.words}
    if finding.operation is not None:
        result["operation"] = finding.operation
    if finding.reason is not None:
        result["reason"] = finding.reason
    if finding.requests:
        result["requests"] = [_sent(each) for each in finding.requests]
    return result


def _sent(sent: Sent) -> dict[str, Any]:
    return {
        "method": sent.method,
        "target": sent.target,
        "about": sent.about,
        "headers": dict(sent.headers),
        "body": sent.body.decode("utf-8", "backslashreplace"),
    }


def failure_as_json(failure: Failure) -> str:
    """Write for a program why nothing could be compared."""
    content = {
        "verdict": "not compared",
        "error": failure.what,
        "excerpt": list(failure.excerpt),
        "instead": failure.instead,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
