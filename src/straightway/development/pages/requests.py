"""The list of recent requests."""

from __future__ import annotations

from collections.abc import Sequence

from straightway.describe.markup import Markup, element
from straightway.development.pages.layout import Frame, document, nothing
from straightway.development.pages.words import clock, counted, duration, status_of
from straightway.development.recorder import KEPT, Record


def requests_page(frame: Frame, records: Sequence[Record], wanted: str) -> Markup:
    """Return the list of those requests that have the wanted text in what is shown of them."""
    shown = [each for each in records if wanted.lower() in _text(each)]
    return document(
        frame,
        "Requests",
        "Requests",
        _bar(frame, records, shown, wanted),
        _list(frame, shown, wanted),
        live=True,
    )


def _text(record: Record) -> str:
    words = (
        record.method,
        f"{record.path}?{record.query}",
        status_of(record)[0],
        record.route,
        record.endpoint,
    )
    return " ".join(filter(None, words)).lower()


def _bar(frame: Frame, records: Sequence[Record], shown: Sequence[Record], wanted: str) -> Markup:
    failed = sum(status_of(each)[1] == "s5" for each in shown)
    words = counted(len(shown), "request")
    words = f"{len(shown)} of {counted(len(records), 'request')}" if wanted else words
    return element(
        "div",
        element(
            "div",
            element("h1", "Requests"),
            element(
                "p",
                f"{words}, {failed} failed" if failed else words,
                id="count",
                role="status",
                data_part="count",
            ),
            kind="title",
        ),
        element(
            "form",
            element("label", "Filter", for_="wanted"),
            element(
                "input",
                type="search",
                id="wanted",
                name="q",
                value=wanted,
                placeholder="POST, /orders, 500 …",
                autocomplete="off",
            ),
            element("button", "Filter", type="submit"),
            role="search",
            id="filter",
        ),
        element(
            "form",
            element("button", "Clear", type="submit", kind="quiet"),
            method="post",
            action=f"{frame.base}/clear",
        ),
        kind="bar",
    )


def _list(frame: Frame, shown: Sequence[Record], wanted: str) -> Markup:
    if shown:
        rows = (element("li", _row(frame, each)) for each in shown)
        return element("ol", *rows, kind="requests", id="requests", data_part="requests")
    words = (
        ("No request has this text: ", element("strong", wanted))
        if wanted
        else (
            "Requests appear here as they come in, the last ",
            str(KEPT),
            " of them. Send one to the application.",
        )
    )
    return element("div", nothing(*words), id="requests", data_part="requests")


def _raised(record: Record) -> Markup | None:
    if record.raised is None:
        return None
    return element(
        "span", record.raised.type, kind="mark-handled" if record.raised.is_answered else "mark-error"
    )


def _row(frame: Frame, record: Record) -> Markup:
    status, colour = status_of(record)
    marks = [
        element("span", "log ", element("b", len(record.lines)), kind="mark-log") if record.lines else None,
        _raised(record),
        element("span", "blocks", kind="mark-handled") if record.blocks else None,
    ]
    return element(
        "a",
        element("span", record.method, kind="method"),
        element(
            "span",
            record.path,
            element("span", f"?{record.query}", kind="query") if record.query else None,
            kind="path",
        ),
        element("span", status, kind=f"status {colour}"),
        element("span", duration(record.milliseconds), kind="ms"),
        element("span", record.endpoint or "no endpoint", *marks, kind="endpoint"),
        clock(record.started),
        href=f"{frame.base}/requests/{record.number}",
        id=f"request-{record.number}",
        kind="request",
    )
