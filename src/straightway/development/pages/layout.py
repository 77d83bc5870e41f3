"""What stands around every part of the development page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from straightway.describe.markup import Child, Markup, element
from straightway.describe.pages import FAVICON

Tab = Literal["Requests", "Routes", "Explain", "Check"]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all parts have in common: where the page is, whose it is, and how many faults are known."""

    base: str
    title: str
    version: str
    """Of the style and the script: their addresses change when they do."""
    faults: int | None = None
    is_local: bool = True
    """Whether only this machine may see it."""


def document(frame: Frame, tab: Tab, title: str, *content: Child, live: bool = False) -> Markup:
    """Return a whole page; a `live` one asks for its content again when there is something new."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · {frame.title}"),
        element("link", rel="icon", href=FAVICON),
        element("link", rel="stylesheet", href=f"{frame.base}/static/page.css?v={frame.version}"),
        element("script", src=f"{frame.base}/static/page.js?v={frame.version}", defer=True),
    )
    body = element(
        "body",
        element("a", "Skip to the content", kind="skip", href="#content"),
        _header(frame, tab),
        element("main", *content, id="content", tabindex="-1"),
        element(
            "footer",
            element("p", ("Served by ", element("code", "straightway dev"), " only, ", _audience(frame))),
        ),
        data_events=f"{frame.base}/api/events" if live else None,
    )
    return Markup("<!DOCTYPE html>\n" + element("html", head, body, lang="en"))


def _audience(frame: Frame) -> str:
    return "and to this machine alone." if frame.is_local else "and to whoever reaches it on the network."


def _header(frame: Frame, tab: Tab) -> Markup:
    targets: tuple[tuple[Tab, str], ...] = (
        ("Requests", ""),
        ("Routes", "/routes"),
        ("Explain", "/explain"),
        ("Check", "/check"),
    )
    tabs = [
        element(
            "li",
            element(
                "a",
                name,
                (" ", _badge(frame.faults)) if name == "Check" and frame.faults else None,
                href=f"{frame.base}{path}",
                aria_current="page" if name == tab else None,
            ),
        )
        for name, path in targets
    ]
    brand = element(
        "p",
        element("span", kind="mark", aria_hidden="true"),
        element("span", frame.title, kind="application"),
        element("span", "development", kind="mode"),
        kind="brand",
    )
    return element("header", brand, element("nav", element("ul", *tabs), aria_label="Development page"))


def _badge(faults: int) -> Markup:
    return element("span", faults, element("span", " faults", kind="unseen"), kind="count")


def facts(*pairs: tuple[str, Child]) -> Markup:
    """Return a list of names and values, without the values that are None."""
    rows = (
        element("div", element("dt", name), element("dd", value))
        for name, value in pairs
        if value is not None
    )
    return element("dl", *rows, kind="facts")


def section(title: str, *content: Child, label: str | None = None) -> Markup:
    """Return a part under a heading; `label` is its name where the heading stands more than once."""
    return element("section", element("h2", title), *content, aria_label=label or title)


def nothing(*words: Child) -> Markup:
    """Return what is shown where there is nothing to show."""
    return element("p", *words, kind="nothing")
