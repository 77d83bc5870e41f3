"""Text of strangers made harmless: what a client sends can neither end a log line nor command a terminal.

Whatever Python calls unprintable is written as an escape: control characters of both sets (C0, C1), the separators of
lines and paragraphs, what reverses the direction of text, private and unassigned characters, lone surrogates.
"""

from __future__ import annotations

import re

__all__ = ["escaped", "path_shown", "sendable", "shown"]

LONGEST_PATH = 200
"""Characters of a path that are shown; the rest is counted."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def escaped(text: str, *, keep: str = "") -> str:
    r"""Return the text with every unprintable character as an escape (`\x1b`, `\u202e`), but for those in `keep`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in keep else _escape(each) for each in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def path_shown(path: str) -> str:
    """Return a path as one word of bounded length: what is no plain character of a path is percent-encoded again."""
    rest = len(path) - LONGEST_PATH
    if rest > 0:
        path = path[:LONGEST_PATH]
    if not path.isprintable() or " " in path or "%" in path:
        path = "".join(each if each.isprintable() and each not in " %" else _encoded(each) for each in path)
    return f"{path}...(+{rest})" if rest > 0 else path


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def sendable(text: str) -> str:
    """Return the text without lone surrogates, which UTF-8 has no bytes for."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def shown(value: object) -> str:
    """Return the value as text, also where it refuses to become one."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # of the application
        return f"<{type(value).__qualname__} object that cannot be shown>"
