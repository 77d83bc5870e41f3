"""Python source, and sentences with code in them."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence

from straightway.describe.markup import Child, Markup, element


def source_of(text: str, label: str) -> Markup:
    """Return Python source with its words marked by what they are; `label` is what it is called."""
    return element("pre", element("code", *_coloured(text)), kind="source", tabindex="0", aria_label=label)


def with_code(text: str) -> Iterator[Child]:
    """Yield a text in which code stands between backticks, as in Markdown."""
    for index, piece in enumerate(text.split("`")):
        yield element("code", piece) if index % 2 else piece


def _coloured(text: str) -> Iterator[Child]:
    position = (1, 0)
    lines = text.splitlines(keepends=True)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        yield text
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
