"""One request: how it was answered, what took how long, and what was logged meanwhile."""

from __future__ import annotations

from urllib.parse import urlencode

from straightway.describe.markup import Markup, element, joined
from straightway.development.pages.layout import Frame, document, facts, nothing, section
from straightway.development.pages.source import source_of, with_code
from straightway.development.pages.words import clock, counted, duration, size, status_of
from straightway.development.recorder import LINES, Line, Raised, Record, Step
from straightway.development.watchdog import Blocked
from straightway.runtime.timings import Kind

_KINDS: dict[Kind, str] = {
    "entry": "before the endpoint",
    "read": "read and validate",
    "body": "body",
    "call": "dependency",
    "endpoint": "endpoint",
    "answer": "answer",
    "thread": "waiting",
    "send": "send",
    "close": "close dependency",
    "task": "background task",
}
_WIDTH = 1000
"""Of the drawing, in its own units."""


def request_page(frame: Frame, record: Record, route: int | None) -> Markup:
    """Return all that is known of a request; `route` is the place of its route in the list."""
    status, colour = status_of(record)
    heading = element(
        "div",
        element("p", element("a", "All requests", href=frame.base), kind="back"),
        element(
            "h1",
            element("span", record.method, kind="method"),
            " ",
            element(
                "span",
                record.path,
                element("span", f"?{record.query}", kind="query") if record.query else None,
                kind="path",
            ),
        ),
        element(
            "p",
            element("span", status, kind=f"status {colour}"),
            element("span", duration(record.milliseconds), kind="ms"),
            element("a", "Explain this request", href=_explain(frame, record)),
            element("a", "Plan of its route", href=f"{frame.base}/routes/{route}")
            if route is not None
            else None,
            kind="outcome",
        ),
        kind="heading",
    )
    content = element(
        "div",
        heading,
        _raised(record.raised),
        *map(_block, record.blocks),
        section("Steps", _steps(record)),
        section("Log lines", _lines(record)),
        section("Facts", _facts(record)),
        section(
            "Request headers", facts(*((name, element("code", value)) for name, value in record.headers))
        ),
        id="request",
        data_part="request",
    )
    title = f"{record.method} {record.path}"
    return document(frame, "Requests", title, content, live=not record.is_over)


def _explain(frame: Frame, record: Record) -> str:
    target = f"{record.path}?{record.query}" if record.query else record.path
    asked = urlencode({"request": f"{record.method} {target}", "source": "1"}, errors="replace")
    return f"{frame.base}/explain?{asked}"


def _raised(raised: Raised | None) -> Markup | None:
    if raised is None:
        return None
    return element(
        "section",
        element("h2", raised.type),
        element("p", raised.message, kind="message") if raised.message else None,
        element("p", "Raised at ", element("code", raised.place)) if raised.place else None,
        element(
            "p",
            "A handler has answered it." if raised.is_answered else "Nothing has handled it.",
            kind="muted",
        ),
        kind="raised" if not raised.is_answered else "raised handled",
        aria_label="Exception",
    )


def _block(blocked: Blocked) -> Markup:
    return element(
        "section",
        element("h2", f"Blocked the event loop for {blocked.milliseconds} ms"),
        element("p", "No other request was answered meanwhile: ", element("code", blocked.place)),
        source_of(blocked.line, "The line that blocked") if blocked.line else None,
        element("p", *with_code(blocked.remedy)) if blocked.remedy else None,
        kind="raised handled",
        aria_label="Event loop",
    )


def _steps(record: Record) -> Markup:
    if not record.steps:
        return nothing("No compiled endpoint has answered this, so there are no steps to tell.")
    total = max([record.milliseconds or 0, *(each.start + each.milliseconds for each in record.steps), 0.001])
    steps = (element("li", _step(each, total), kind=f"step k-{each.kind}") for each in record.steps)
    return joined(
        (
            element("ol", *steps, kind="steps"),
            element("p", f"0 – {duration(total)}", kind="scale muted", aria_hidden="true"),
        )
    )


def _step(step: Step, total: float) -> list[Markup | None]:
    what = "wait for a worker thread" if step.kind == "thread" else step.what
    start = min(step.start / total * _WIDTH, _WIDTH - 3)
    bar = element(
        "svg",
        element("rect", kind="track", x=0, y=0, width=_WIDTH, height=8),
        element(
            "rect",
            kind="took",
            x=round(start, 1),
            y=0,
            width=round(max(step.milliseconds / total * _WIDTH, 3), 1),
            height=8,
        ),
        viewBox=f"0 0 {_WIDTH} 8",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )
    return [
        element(
            "span",
            element("span", what, kind="what"),
            element("span", _KINDS[step.kind], kind="kind"),
            element("span", "in a thread", kind="kind thread") if step.where == "thread" else None,
            kind="name",
        ),
        element("span", duration(step.milliseconds), kind="ms"),
        bar,
        element("span", element("code", step.place), kind="place") if step.place else None,
        element("span", step.error, kind="error") if step.error else None,
    ]


def _lines(record: Record) -> Markup:
    if not record.lines:
        return nothing("Nothing was logged.")
    rows = (element("li", *_line(each), kind=f"line l-{each.level.lower()}") for each in record.lines)
    more = record.lines_left_out
    return joined(
        (
            element("ol", *rows, kind="lines"),
            nothing(f"{counted(more, 'line')} more: {LINES} are kept.") if more else None,
        )
    )


def _line(line: Line) -> list[Markup]:
    return [
        element("span", line.level.lower(), kind="level"),
        element("span", f"{line.logger} · {duration(line.at)}", kind="from"),
        element("span", line.text, kind="text"),
    ]


def _facts(record: Record) -> Markup:
    place = element("code", record.place) if record.place else None
    return facts(
        (
            "Answered by",
            joined((element("code", record.endpoint), " ", place)) if record.endpoint else "no endpoint",
        ),
        ("Route", element("code", record.route) if record.route else None),
        ("Time until the answer was sent", duration(record.milliseconds)),
        ("Time after that", duration(record.afterwards) if record.afterwards is not None else None),
        ("Began", clock(record.started)),
        ("Client", record.client),
        ("Request id", element("code", record.request_id) if record.request_id else None),
        ("Received", size(record.received)),
        ("Sent", joined((size(record.sent), f" of {record.content_type}" if record.content_type else ""))),
    )
