"""A failure as a page: self-contained, without scripts, and whatever it shows is text.

Nothing is loaded, not even from this server.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import groupby

from straightway.describe.failure import Entry, Failure, Frame, Progress, Raised, Variable
from straightway.describe.failure_style import style
from straightway.describe.failure_text import as_text, headline, where
from straightway.describe.markup import Markup, element, joined

__all__ = ["LARGEST", "page_of"]

LARGEST = 300_000
"""Bytes that a page may have. What would go beyond is left out, section by section."""

_STATES = {"done": "✓ done", "failed": "✗ failed", "not run": "not run"}
_OWNERS = {"user": "", "framework": "framework", "library": "library", "compiled": "compiled endpoint"}
_RELATIONS = {
    "cause": "It was raised from this one",
    "context": "It was raised while this one was being handled",
    "member": "In the group",
}


def page_of(failure: Failure) -> str:
    """Write the page."""
    title = headline(failure.chain[0]).split("\n")[0][:120]
    start = joined(
        [
            Markup('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'),
            Markup(
                '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
            ),
            Markup('<link rel="icon" href="data:,">'),
            element("title", f"{title} – {failure.asked.method} {failure.asked.url}"[:240]),
            Markup(f"<style>{style()}</style></head><body>"),
            _header(failure),
            Markup('<main><div class="within">'),
        ]
    )
    end = Markup(f"</div></main>{_footer()}</body></html>\n")
    return start + "".join(_fitting(_sections(failure), LARGEST - _size(start) - _size(end))) + end


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _fitting(sections: Iterable[tuple[str, Markup]], room: int) -> Iterator[Markup]:
    for title, section in sections:
        size = _size(section)
        if size > room - 1000:
            yield element(
                "section",
                element("h2", title),
                element("p", "Left out: it is too large to be shown.", kind="quiet"),
            )
            continue
        room -= size
        yield section


def _header(failure: Failure) -> Markup:
    raised, asked = failure.chain[0], failure.asked
    frame = failure.focus[0] if failure.focus else None
    module = None if raised.module == "builtins" else element("small", f"{raised.module}.")
    return element(
        "header",
        element(
            "div",
            element(
                "p",
                element("span", "500", kind="status"),
                " ",
                element("span", f"{asked.method} {asked.url}", kind="code"),
                None
                if not failure.request_id
                else element("span", " · request ", element("code", failure.request_id)),
                kind="asked",
            ),
            element("h1", module, raised.type),
            element("p", raised.message, kind="message", tabindex="0") if raised.message else None,
            *(element("p", note, kind="note") for note in raised.notes),
            None
            if frame is None
            else element(
                "p",
                "in ",
                element("code", f"{frame.function}()"),
                " at ",
                element("code", where(frame)),
                kind="at",
            ),
            _advice(failure.remedy),
            kind="within",
        ),
    )


def _advice(remedy: str) -> Markup | None:
    if not remedy:
        return None
    return element("div", element("h2", "What to do"), element("p", remedy), kind="advice", role="note")


def _sections(failure: Failure) -> Iterator[tuple[str, Markup]]:
    """Yield title and markup of each section, the most wanted first."""
    if failure.focus:
        yield "Your code", _own_code(failure)
    if failure.chain[0].members or failure.chain[1:]:
        yield "Causes", _causes(failure)
    yield "How far the request came", _steps(failure)
    yield "Request", _request(failure)
    yield "All calls", _calls(failure)
    yield (
        "As text",
        element(
            "section",
            element("h2", "As text"),
            element(
                "details",
                element("summary", "To copy into a message or an issue"),
                _text(as_text(failure), "The failure as text"),
            ),
        ),
    )


def _own_code(failure: Failure) -> Markup:
    first, *others = failure.focus
    raised = failure.chain[0]
    innermost = raised.frames[-1] if raised.frames else first
    is_elsewhere = innermost.owner != "user" and first in raised.frames
    note = (
        element(
            "p", f"It was raised further in, by {innermost.function}() at {where(innermost)}.", kind="quiet"
        )
        if is_elsewhere
        else None
    )
    if not first.source:
        note = element("p", "None of your lines was running. This is the endpoint:", kind="quiet")
    return element(
        "section",
        element("h2", "Your code"),
        note,
        element("div", _place(first), _excerpt(first), _variables(first.variables), kind="frame"),
        *(_folded(frame) for frame in others),
    )


def _place(frame: Frame) -> Markup:
    repeated = f" · called itself {frame.repeated:,} more times" if frame.repeated else ""
    return element(
        "p", element("span", where(frame), kind="file"), f" in {frame.function}{repeated}", kind="place"
    )


def _folded(frame: Frame) -> Markup:
    repeated = f" · {frame.repeated:,} more times" if frame.repeated else ""
    return element(
        "details",
        element(
            "summary",
            "called by ",
            element("span", where(frame), kind="file"),
            f" in {frame.function}{repeated}",
        ),
        _excerpt(frame),
        _variables(frame.variables),
    )


def _excerpt(frame: Frame) -> Markup:
    if not frame.excerpt:
        return element("p", "The source is not there.", kind="quiet")
    rows = [_row(frame, line.number, line.text) for line in frame.excerpt]
    return element("pre", *rows, tabindex="0", role="region", aria_label=f"Source around {where(frame)}")


def _row(frame: Frame, number: int, text: str) -> Markup:
    if number != frame.line:
        return element("span", element("span", str(number), kind="number"), text or " ", kind="row")
    shown = [text]
    if frame.marked is not None:
        start, end = frame.marked
        shown = [text[:start], element("mark", text[start:end]), text[end:]]
    told = element("span", "this line: ", kind="hidden") if frame.source else None
    return element(
        "span",
        element("span", str(number), kind="number"),
        told,
        *shown,
        kind="row failing" if frame.source else "row",
    )


def _variables(variables: tuple[Variable, ...]) -> Markup | None:
    if not variables:
        return None
    rows = [
        element(
            "tr",
            element(
                "th",
                each.name,
                " ",
                element("span", each.type, kind="type") if each.type else None,
                scope="row",
            ),
            element("td", each.text, kind="value"),
        )
        for each in variables
    ]
    return element("table", element("caption", "Local variables"), element("tbody", *rows))


def _causes(failure: Failure) -> Markup:
    first, *causes = failure.chain
    left_out = f"and {failure.left_out} more before them" if failure.left_out else None
    return element(
        "section",
        element("h2", "In the group" if first.members and not causes else "Causes"),
        *_members(first),
        *(_cause(each) for each in causes),
        element("p", left_out, kind="quiet") if left_out else None,
    )


def _members(raised: Raised) -> Iterator[Markup]:
    for member in raised.members:
        yield _cause(member)
    if raised.left_out:
        yield element("p", f"and {raised.left_out} more in the group", kind="quiet")


def _cause(raised: Raised) -> Markup:
    own = [frame for frame in reversed(raised.frames) if frame.owner == "user"]
    return element(
        "div",
        element("p", _RELATIONS.get(raised.relation, ""), kind="quiet"),
        element("h3", raised.type),
        element("p", raised.message, kind="message", tabindex="0") if raised.message else None,
        *(element("p", note, kind="note") for note in raised.notes),
        *(element("div", _place(frame), _excerpt(frame), kind="frame") for frame in own[:1]),
        *_members(raised),
        _folded_calls(raised),
        kind="cause",
    )


def _steps(failure: Failure) -> Markup:
    place = ""
    if failure.endpoint is not None and failure.endpoint.file is not None:
        place = f" ({failure.endpoint.file}:{failure.endpoint.line})"
    answered = f"{failure.label} is answered by {failure.endpoint.name}{place}." if failure.endpoint else ""
    return element(
        "section",
        element("h2", "How far the request came"),
        element("p", " ".join(filter(None, [answered, failure.stage])), kind="quiet"),
        element("ol", *map(_step, failure.steps), kind="steps") if failure.steps else None,
    )


def _step(step: Progress) -> Markup:
    more = " · ".join(filter(None, [step.place, step.note]))
    return element(
        "li",
        element("span", _STATES[step.state], kind="state"),
        element(
            "div",
            element("div", f"{step.number}  {step.text}", kind="what"),
            element("div", f"= {step.result}", kind="result") if step.result else None,
            element("div", more, kind="more") if more else None,
        ),
        kind=step.state.replace(" ", "-"),
    )


def _request(failure: Failure) -> Markup:
    asked = failure.asked
    sent = f"HTTP/{asked.http_version}" if asked.http_version else ""
    client = f"from {asked.client}" if asked.client else ""
    return element(
        "section",
        element("h2", "Request"),
        element("p", element("code", f"{asked.method} {asked.url}")),
        element("p", " ".join(filter(None, [sent, client])), kind="quiet"),
        _entries("Path parameters", asked.path_params),
        _entries("Query", asked.query),
        _entries("Headers", asked.headers),
        _entries("Cookies", asked.cookies),
        element("h3", "Body"),
        element("p", asked.body_note, kind="quiet"),
        _text(asked.body, "Body of the request") if asked.body else None,
    )


def _entries(title: str, entries: tuple[Entry, ...]) -> Markup | None:
    if not entries:
        return None
    rows = [
        element("tr", element("th", each.name, scope="row"), element("td", each.text, kind="value"))
        for each in entries
    ]
    return element("table", element("caption", title), element("tbody", *rows))


def _text(text: str, label: str) -> Markup:
    return element("pre", text, kind="text", tabindex="0", role="region", aria_label=label)


def _calls(failure: Failure) -> Markup:
    return element("section", element("h2", "All calls"), _folded_calls(failure.chain[0]))


def _folded_calls(raised: Raised) -> Markup | None:
    if not raised.frames:
        return None
    count = len(raised.frames) + raised.hidden
    rows: list[Markup] = []
    for number, frame in enumerate(raised.frames):
        if raised.hidden and number == len(raised.frames) // 2:
            rows.append(element("li", f"… {raised.hidden:,} calls between are left out", kind="quiet"))
        rows.append(_called(frame))
    return element(
        "details",
        element(
            "summary",
            f"{count:,} {'call' if count == 1 else 'calls, the outermost first'}{_counted(raised.frames)}",
        ),
        element("ol", *rows, kind="calls"),
    )


def _counted(frames: tuple[Frame, ...]) -> str:
    owners = sorted(frame.owner for frame in frames)
    counts = {owner: len(list(group)) for owner, group in groupby(owners)}
    words = [
        f"{counts[owner]} of {name}"
        for owner, name in (("user", "yours"), ("framework", "the framework"), ("library", "libraries"))
        if owner in counts
    ]
    return f" ({', '.join(words)})" if words else ""


def _called(frame: Frame) -> Markup:
    tag = _OWNERS[frame.owner]
    repeated = f" and {frame.repeated:,} more times" if frame.repeated else ""
    return element(
        "li",
        element("span", where(frame), kind="file"),
        f" in {frame.function}{repeated} ",
        element("span", tag, kind="tag") if tag else None,
        element("span", frame.source, kind="source") if frame.source else None,
        kind=frame.owner,
    )


def _footer() -> Markup:
    python = ".".join(map(str, sys.version_info[:3]))
    versions = " · ".join(
        f"{name.capitalize()} {version(name)}" for name in ("straightway", "starlette", "pydantic")
    )
    return element(
        "footer",
        element(
            "div",
            element("p", f"{versions} · Python {python}"),
            element(
                "p",
                "You see this page because debug is on. Values that look secret are shown as ***. In production the answer is “Internal Server Error”, and the log has the traceback.",
            ),
            kind="within",
        ),
    )
