"""Explanations: of a request that somebody types, and of each route."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from straightway.describe.explained import Explanation, Section, sections_of
from straightway.describe.explanation import Account
from straightway.describe.markup import Child, Markup, element, joined
from straightway.describe.user_code import shown_file
from straightway.development.pages.layout import Frame, document, facts, nothing, section
from straightway.development.pages.source import source_of
from straightway.development.pages.words import counted
from straightway.serve.listing import Listed


def explain_page(
    frame: Frame, request: str, explanation: Explanation | None, *, source: bool, mistake: str | None = None
) -> Markup:
    """Return the form, and below it what becomes of the request that was typed."""
    form = element(
        "form",
        element("label", "Method and path", for_="request"),
        element(
            "input",
            type="text",
            id="request",
            name="request",
            value=request,
            placeholder="POST /orders/5?dry=1",
            required=True,
            autocomplete="off",
            autocapitalize="off",
            spellcheck="false",
            aria_describedby="hint",
            aria_invalid="true" if mistake else None,
        ),
        element("button", "Explain", type="submit"),
        element(
            "label",
            element("input", type="checkbox", name="source", value="1", checked=source),
            " Show the compiled function",
            kind="choice",
        ),
        element(
            "p",
            "GET may be left out, WS stands for a WebSocket. Nothing of the application is run.",
            id="hint",
            kind="muted",
        ),
        kind="ask",
        action=f"{frame.base}/explain",
    )
    parts: list[Child] = [element("h1", "Explain a request"), form]
    if mistake is not None:
        parts.append(element("p", mistake, kind="raised", role="alert"))
    if explanation is not None:
        parts.append(
            element(
                "div",
                element("p", explanation.summary, kind="summary"),
                _parts(explanation),
                kind="explanation",
            )
        )
    return document(frame, "Explain", request or "Explain", *parts)


def routes_page(frame: Frame, routes: Sequence[Listed]) -> Markup:
    """Return the list of routes, in the order in which they are tried."""
    title = element(
        "div",
        element("h1", "Routes"),
        element("p", f"{counted(len(routes), 'route')}, in the order in which they are tried", kind="muted"),
        kind="title",
    )
    rows = (element("li", _route(frame, index, each)) for index, each in enumerate(routes))
    shown = (
        element("ol", *rows, kind="routes")
        if routes
        else nothing("There is no route, or the application is of another kind.")
    )
    return document(frame, "Routes", "Routes", title, shown)


def _route(frame: Frame, index: int, route: Listed) -> Markup:
    needs = [*route.dependencies, *route.security]
    return element(
        "a",
        element("span", ",".join(route.methods) or "any", kind="method"),
        element("span", route.path, kind="path"),
        element("span", route.origin.name, kind="endpoint"),
        element("span", _place(route), kind="place"),
        element("span", "needs ", ", ".join(needs), kind="needs") if needs else None,
        href=f"{frame.base}/routes/{index}",
        kind=f"route depth-{min(route.depth, 3)}",
    )


def _place(route: Listed) -> str:
    return "" if route.origin.file is None else f"{shown_file(route.origin.file)}:{route.origin.line}"


def route_page(frame: Frame, route: Listed, explanation: Explanation) -> Markup:
    """Return the plan of a route, and its compiled function."""
    methods = ",".join(route.methods) or "any"
    return document(
        frame,
        "Routes",
        f"{methods} {route.path}",
        element("p", element("a", "All routes", href=f"{frame.base}/routes"), kind="back"),
        element("h1", element("span", methods, kind="method"), " ", element("span", route.path, kind="path")),
        element("p", explanation.summary, kind="summary"),
        facts(
            ("Name", route.name or None),
            ("Declared at", element("code", _place(route)) if _place(route) else None),
            ("Dependencies", ", ".join(route.dependencies) or None),
            ("Security", ", ".join(route.security) or None),
            ("Limits", ", ".join(route.limits) or None),
        ),
        _parts(explanation),
    )


def _parts(account: Account, depth: int = 0) -> Markup:
    """Return the sections of an explanation, and those of the application that is mounted there."""
    where = ", mounted" * depth
    parts = [_section(each, where) for each in sections_of(account)]
    if account.mounted is not None:
        summary = element("p", account.mounted.summary, kind="summary")
        inner = _parts(account.mounted, depth + 1)
        parts.append(section("Mounted there", summary, inner, label=f"Mounted there{where}"))
    if account.source is not None:
        title = "Compiled function"
        parts.append(section(title, source_of(account.source, "Source"), label=f"{title}{where}"))
    return joined(parts)


def _section(part: Section, where: str) -> Markup:
    columns = max(map(len, part.rows))
    rows = (element("li", *_cells(each), kind="sentence" if len(each) == 1 else None) for each in part.rows)
    table = element("ul", *rows, kind=f"rows columns-{columns}")
    return section(part.title, table, label=f"{part.title}{where}")


def _cells(row: Sequence[str]) -> Iterator[Markup]:
    for cell in row:
        yield element("span", cell, kind=None if cell else "empty")
