"""Strings that a regular expression matches, for the plain ones that schemas contain.

Literals, classes, groups, alternatives and repetition are understood; for anything else (looking around, references)
there is no string, and the caller does without.
"""

import re
import string
from collections.abc import Callable
from random import Random

__all__ = ["matching"]

Maker = Callable[[Random], str]

CLASSES = {
    "d": string.digits,
    "w": string.ascii_letters + string.digits + "_",
    "s": " ",
    "D": string.ascii_letters,
    "W": "-.",
    "S": string.ascii_letters + string.digits,
}
ANY = string.ascii_letters + string.digits
UNBOUNDED = 4
"""How many more than the least number `*`, `+` and `{n,}` may repeat."""


class _UnknownError(Exception):
    """Say that there is something in the expression that is not understood here."""


def matching(pattern: str, random: Random) -> str | None:
    """Return a string that the expression finds a match in, or None where none could be made."""
    try:
        parser = _Parser(pattern)
        maker = parser.alternatives()
        if parser.rest():
            return None
        found = [maker(random) for _ in range(5)]
        return next((each for each in found if re.search(pattern, each)), None)
    except (_UnknownError, re.error, OverflowError):
        return None


class _Parser:
    """Reads an expression from left to right, and returns functions that make strings."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def rest(self) -> str:
        """Return what has not been read."""
        return self._pattern[self._position :]

    def alternatives(self) -> Maker:
        """Read branches between `|`, up to the end or a closing parenthesis."""
        branches = [self._sequence()]
        while self._skip("|"):
            branches.append(self._sequence())
        return lambda random: random.choice(branches)(random)

    def _sequence(self) -> Maker:
        parts: list[Maker] = []
        while self.rest() and self.rest()[0] not in "|)":
            parts.append(self._repeated(self._one()))
        return lambda random: "".join(part(random) for part in parts)

    def _one(self) -> Maker:
        match self._next():
            case "^" | "$":
                return lambda _: ""
            case ".":
                return _one_of(ANY)
            case "[":
                return _one_of(self._class())
            case "(":
                return self._group()
            case "\\":
                return self._escape()
            case "*" | "+" | "?" | "{":
                raise _UnknownError
            case literal:
                return lambda _: literal

    def _group(self) -> Maker:
        if self._skip("?") and not self._skip(":"):
            name = re.match(r"P?<\w+>", self.rest())
            if name is None:
                raise _UnknownError
            self._position += name.end()
        inner = self.alternatives()
        if not self._skip(")"):
            raise _UnknownError
        return inner

    def _escape(self) -> Maker:
        escaped = self._next()
        if escaped in "AZbz":
            return lambda _: ""
        if escaped in CLASSES:
            return _one_of(CLASSES[escaped])
        if escaped.isalnum():
            raise _UnknownError
        return lambda _: escaped

    def _class(self) -> str:
        negated = self._skip("^")
        members = ""
        while (first := self._next()) != "]" or not members:
            if first == "\\":
                escaped = self._next()
                members += CLASSES.get(escaped, escaped)
            elif self.rest()[:1] == "-" and self.rest()[1:2] not in {"]", ""}:
                self._position += 1
                members += "".join(map(chr, range(ord(first), ord(self._next()) + 1)))
            else:
                members += first
        return "".join(each for each in ANY + "-_ " if each not in members) if negated else members

    def _repeated(self, maker: Maker) -> Maker:
        least, most = self._bounds()
        if (least, most) == (1, 1):
            return maker
        self._skip("?")
        return lambda random: "".join(maker(random) for _ in range(random.randint(least, most)))

    def _bounds(self) -> tuple[int, int]:
        for mark, least, most in (("*", 0, UNBOUNDED), ("+", 1, 1 + UNBOUNDED), ("?", 0, 1)):
            if self._skip(mark):
                return least, most
        written = re.match(r"\{(\d+)(,(\d*))?\}", self.rest())
        if written is None:
            return 1, 1
        self._position += written.end()
        least = int(written[1])
        if written[2] is None:
            return least, least
        return least, int(written[3]) if written[3] else least + UNBOUNDED

    def _next(self) -> str:
        if not self.rest():
            raise _UnknownError
        self._position += 1
        return self._pattern[self._position - 1]

    def _skip(self, text: str) -> bool:
        if not self.rest().startswith(text):
            return False
        self._position += len(text)
        return True


def _one_of(characters: str) -> Maker:
    if not characters:
        raise _UnknownError
    return lambda random: random.choice(characters)
