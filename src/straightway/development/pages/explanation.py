"""Explanations: of a request that somebody types, and of each route."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence

from straightway.describe.explained import Explanation, Section, sections_of
from straightway.describe.explanation import Account
from straightway.describe.markup import Child, Markup, element, joined
from straightway.describe.user_code import shown_file
from straightway.development.pages.layout import Frame, document, facts, nothing, section
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


def _parts(account: Account) -> Markup:
    parts = [_section(each) for each in sections_of(account)]
    if account.mounted is not None:
        mounted = account.mounted
        parts.append(section("Mounted there", element("p", mounted.summary, kind="summary"), _parts(mounted)))
    if account.source is not None:
        code = element("code", *_coloured(account.source))
        parts.append(
            section(
                "Compiled function", element("pre", code, kind="source", tabindex="0", aria_label="Source")
            )
        )
    return joined(parts)


def _section(part: Section) -> Markup:
    columns = max(map(len, part.rows))
    rows = (element("li", *_cells(each), kind="sentence" if len(each) == 1 else None) for each in part.rows)
    return section(part.title, element("ul", *rows, kind=f"rows columns-{columns}"))


def _cells(row: Sequence[str]) -> Iterator[Markup]:
    for cell in row:
        yield element("span", cell, kind=None if cell else "empty")


def _coloured(source: str) -> Iterator[Child]:
    """Yield Python source with its words marked by what they are."""
    position = (1, 0)
    lines = source.splitlines(keepends=True)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        yield source
        return
    for token in tokens:
        yield _between(lines, position, token.start)
        position = token.end
        kind = _kind(token)
        yield element("span", token.string, kind=kind) if kind else token.string


def _between(lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]] if start[0] <= len(lines) else ""
    within = [lines[start[0] - 1][start[1] :], *lines[start[0] : end[0] - 1]]
    return "".join([*within, lines[end[0] - 1][: end[1]] if end[0] <= len(lines) else ""])


def _kind(token: tokenize.TokenInfo) -> str | None:
    match token.type:
        case tokenize.NAME if keyword.iskeyword(token.string):
            return "t-word"
        case tokenize.STRING:
            return "t-text"
        case tokenize.NUMBER:
            return "t-number"
        case tokenize.COMMENT:
            return "t-comment"
        case _:
            return None
