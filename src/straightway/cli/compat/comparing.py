"""The course of a comparison: load on both, compare the documents, send the requests, compare the answers.

What differs is looked at again: FastAPI gets the same requests once more, in a new process, and what differs between
its own two runs (times, random identifiers, what an earlier run left in a database) is not held against anybody.
"""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from straightway.cli.compat.answers import Point, differing
from straightway.cli.compat.deliberate import reason_for_answer, reason_for_document
from straightway.cli.compat.documents import document_changes
from straightway.cli.compat.frameworks import Framework, not_found
from straightway.cli.compat.mistakes import INVENTED_METHOD, routing_requests, unusual_requests
from straightway.cli.compat.operations import Operation, operations_of, undocumented
from straightway.cli.compat.requests import valid_requests
from straightway.cli.compat.side import MissingFrameworkError, Side
from straightway.cli.compat.wire import Answer, Facts, Sent, Warned
from straightway.cli.discovery import Target
from straightway.cli.messages import Failure, shown

__all__ = ["Comparison", "Finding", "Wishes", "compare"]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", INVENTED_METHOD)
ALL_METHODS = ("POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "DELETE", INVENTED_METHOD)

SHARE_OF_UNUSUAL = 4
"""How many unusual requests there are at most for each ordinary one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user asked for. `rerun` is the command typed, for messages."""

    rerun: str
    methods: tuple[str, ...] = SAFE_METHODS
    only: tuple[str, ...] = ()
    requests: int = 10
    seed: int = 1
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 5.0
    before: str | None = None
    document_only: bool = False


@dataclass(slots=True)
class Finding:
    """Something that differs, and the requests that showed it. `reason` is why it does so on purpose."""

    kind: str
    words: str
    operation: str | None = None
    requests: list[Sent] = field(default_factory=list)
    reason: str | None = None
    excerpt: Sequence[str] = ()


@dataclass(slots=True)
class Comparison:
    """What was compared, and what was found: `differences` decide; the others are told."""

    fastapi: Facts
    straightway: Facts | None = None
    operations: int = 0
    requests: int = 0
    differences: list[Finding] = field(default_factory=list)
    deliberate: list[Finding] = field(default_factory=list)
    incomparable: list[Finding] = field(default_factory=list)
    not_called: list[str] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)


def compare(
    fastapi: Framework,
    straightway: Framework,
    target: Target,
    wishes: Wishes,
    announce: Callable[[], None] = lambda: None,
) -> Comparison:
    """Compare an application on two frameworks; raise `Failure` where FastAPI itself cannot run it.

    `announce` is called before the first endpoint is.
    """
    _prepare(wishes)
    with Side(fastapi, target) as first:
        try:
            comparison = Comparison(first.facts())
        except MissingFrameworkError as missing:
            raise not_found(fastapi, str(missing), wishes.rerun) from None
        sent = _requests(comparison, wishes)
        if sent:
            announce()
        theirs = [] if wishes.document_only else _on_fastapi(first, sent, wishes)
        stopped = first.stopped
    _prepare(wishes)
    ours = _on_straightway(comparison, straightway, target, sent, wishes, stopped)
    if _differing(sent, theirs, ours) or any(each.kind == "start" for each in comparison.differences):
        again = _again(fastapi, target, sent, wishes)
        _sort(comparison, sent, theirs, ours, again)
    return comparison


def _on_fastapi(side: Side, sent: Sequence[Sent], wishes: Wishes) -> list[Answer]:
    try:
        return list(side.answers(sent, wishes.seconds))
    except Failure as failure:
        # It was imported well; that it does not start with FastAPI either has to be said.
        what = f"On FastAPI, with which this compares: {failure.what}"
        raise Failure(what, excerpt=failure.excerpt, instead=failure.instead, full=failure.full) from failure


def _prepare(wishes: Wishes) -> None:
    """Run what the user wants to be run before each of the runs, such as emptying a database."""
    if wishes.before is None:
        return
    done = subprocess.run(wishes.before, shell=True, check=False, stdout=subprocess.DEVNULL)  # noqa: S602  # it is the user's own command line
    if done.returncode:
        raise Failure(
            f"The command given by --before ended with code {done.returncode}: {wishes.before}",
            instead="Correct it; what it wrote is above.",
        )


def _requests(comparison: Comparison, wishes: Wishes) -> list[Sent]:
    """Make the requests from FastAPI's documents, and note what is left out."""
    documents: dict[str, Mapping[str, Any]] = {}
    for prefix, document in comparison.fastapi.documents.items():
        if isinstance(document, str):
            raise Failure(
                f"On FastAPI the OpenAPI document cannot be made: {document}",
                instead="Correct that first: requests are made from the document.",
            )
        documents[prefix] = document
    operations = operations_of(documents)
    routes = [(route.path, route.methods) for route in comparison.fastapi.routes]
    every = [*operations, *undocumented(routes, operations)]
    wanted = [each for each in every if _is_wanted(each.path, wishes.only)]
    if wishes.only and not wanted:
        raise Failure(
            f"There is no operation at or below {' or '.join(wishes.only)}",
            instead=f"Paths begin as in the document, such as {every[0].path}."
            if every
            else "Leave out --only.",
        )
    called = [each for each in wanted if each.method in wishes.methods]
    comparison.not_compared = _unsendable(comparison.fastapi, documents)
    if wishes.document_only:
        return []
    comparison.operations = len(called)
    comparison.not_called = [each.title for each in wanted if each.method not in wishes.methods]
    sent = [*_of_operations(called, wishes), *_around(wanted, wishes)]
    comparison.requests = len(sent)
    return sent


def _is_wanted(path: str, only: Sequence[str]) -> bool:
    return not only or any(path == each or path.startswith(f"{each.rstrip('/')}/") for each in only)


def _of_operations(operations: Sequence[Operation], wishes: Wishes) -> Iterator[Sent]:
    for operation in operations:
        # Nothing is known about what is in no document; a request says as much as twenty.
        number = wishes.requests if operation.document else 1
        yield from valid_requests(operation, number, wishes.seed, wishes.headers)
        yield from unusual_requests(operation, number * SHARE_OF_UNUSUAL, wishes.seed, wishes.headers)


def _around(operations: Sequence[Operation], wishes: Wishes) -> Iterator[Sent]:
    """Other methods are tried last: where they are allowed, they may delete what others ask for."""
    return routing_requests(operations, wishes.methods, wishes.seed)


def _unsendable(facts: Facts, documents: Mapping[str, Any]) -> list[str]:
    sockets = [f"WebSocket {route.path}" for route in facts.routes if "WebSocket" in route.kind]
    mounts = [
        f"what is mounted at {route.path}"
        for route in facts.routes
        if route.kind in {"Mount", "Host"} and route.path not in documents
    ]
    documented = {
        (prefix + path, method.upper())
        for prefix, document in documents.items()
        for path, item in document.get("paths", {}).items()
        for method in item
    }
    hidden = [
        f"{method} {route.path}, which is not documented"
        for route in facts.routes
        for method in route.methods
        if "GET" not in route.methods and (route.path, method) not in documented
    ]
    return sockets + mounts + hidden


def _on_straightway(
    comparison: Comparison,
    framework: Framework,
    target: Target,
    sent: Sequence[Sent],
    wishes: Wishes,
    stopped: str | None,
) -> list[Answer]:
    """Load and ask the other side. That it fails to start, or dies, is a difference; the answers until then count."""
    answers: list[Answer] = []
    try:
        with Side(framework, target) as side:
            comparison.straightway = side.facts()
            _compare_facts(comparison, comparison.fastapi, comparison.straightway)
            if not wishes.document_only:
                # One by one: what came before a failure is kept.
                answers.extend(side.answers(sent, wishes.seconds))
                _compare_shutdown(comparison, stopped, side.stopped)
    except Failure as failure:
        words = f"on FastAPI it works, on Straightway: {failure.what}"
        comparison.differences.append(Finding("start", words, excerpt=failure.excerpt))
    return answers


def _compare_shutdown(comparison: Comparison, fastapi: str | None, straightway: str | None) -> None:
    if fastapi != straightway:
        words = (
            f"shutdown raises {fastapi or 'nothing'} on FastAPI and {straightway or 'nothing'} on Straightway"
        )
        comparison.differences.append(Finding("start", words))


def _compare_facts(comparison: Comparison, fastapi: Facts, straightway: Facts) -> None:
    for prefix, theirs in fastapi.documents.items():
        ours = straightway.documents.get(prefix, "there is none")
        where = f"application mounted at {prefix}: " if prefix else ""
        if isinstance(ours, str) or isinstance(theirs, str):
            words = f"{where}the document cannot be made on Straightway: {ours}"
            comparison.differences.append(Finding("document", words))
            continue
        for change, words in document_changes(theirs, ours):
            reason = reason_for_document(change)
            finding = Finding("document", where + words, reason=reason)
            (comparison.deliberate if reason else comparison.differences).append(finding)
    _compare_warnings(comparison, fastapi, straightway)


def _compare_warnings(comparison: Comparison, fastapi: Facts, straightway: Facts) -> None:
    for name, here, there in (("FastAPI", fastapi, straightway), ("Straightway", straightway, fastapi)):
        known = {_warning_key(each) for each in there.warnings}
        for each in here.warnings:
            if _warning_key(each) not in known:
                file, _, line = each.place.rpartition(":")
                text = f"warning only on {name}: {shown(file)}:{line}: {each.category}: {each.message}"
                comparison.differences.append(Finding("warning", text))


def _warning_key(warned: Warned) -> tuple[str, str]:
    """The frameworks word their warnings differently, and give them in files of their own."""
    category = warned.category.replace("FastAPI", "").replace("Straightway", "")
    inside = any(f"/{name}/" in warned.place.replace("\\", "/") for name in ("fastapi", "straightway"))
    return category, "framework" if inside else warned.place


def _differing(sent: Sequence[Sent], theirs: Sequence[Answer], ours: Sequence[Answer]) -> bool:
    return any(differing(one, other) for _, one, other in zip(sent, theirs, ours, strict=False))


def _again(framework: Framework, target: Target, sent: Sequence[Sent], wishes: Wishes) -> list[Answer]:
    """Run on FastAPI once more. Where that fails now, the other side is not to blame for failing after the first run."""
    _prepare(wishes)
    try:
        with Side(framework, target) as side:
            side.facts()
            return [] if wishes.document_only else list(side.answers(sent, wishes.seconds))
    except Failure as failure:
        raise Failure(
            f"It ran on FastAPI once, and not again: {failure.what}",
            excerpt=failure.excerpt,
            instead="The first run has left something behind. Have it reset before each run: --before COMMAND",
            full=failure.full,
        ) from failure


def _sort(
    comparison: Comparison,
    sent: Sequence[Sent],
    theirs: Sequence[Answer],
    ours: Sequence[Answer],
    again: Sequence[Answer],
) -> None:
    """Put each difference where it belongs, together with its like on the same operation."""
    seen: dict[tuple[Any, ...], Finding] = {}
    # The other side may have died on the way; what came until then counts.
    for request, one, other, repeated in zip(sent, theirs, ours, again, strict=False):
        unstable = differing(one, repeated)
        for point in differing(one, other):
            reason = reason_for_answer(request, point, one, other)
            findings, words = _where(comparison, point, unstable, reason)
            statuses = (one.status, other.status) if point.place == "status" else ()
            key = (request.operation, point.place, id(findings), reason, statuses)
            if key not in seen:
                seen[key] = Finding("answer", words, request.operation, reason=reason)
                findings.append(seen[key])
            seen[key].requests.append(request)


def _where(
    comparison: Comparison, point: Point, unstable: Sequence[Point], reason: str | None
) -> tuple[list[Finding], str]:
    if any(each.covers(point) for each in unstable):
        place = point.words.partition(" is ")[0]
        return comparison.incomparable, f"{place} differs between two runs of FastAPI itself"
    return (comparison.deliberate if reason else comparison.differences), point.words
