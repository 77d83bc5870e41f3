import dataclasses
import os
from collections import OrderedDict
from typing import NamedTuple

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

from straightway.describe.secrets import Masker
from straightway.describe.values import LONGEST, printable, secrets_in, shown_value

NOTHING = Masker()


class Point(NamedTuple):
    """A named tuple."""

    x: int
    y: int


class Account(BaseModel):
    """A model with secrets."""

    name: str
    password: str
    answer: SecretStr = SecretStr("0000")


class Settings(BaseSettings):
    """Settings with one."""

    secret_key: str = "in-the-settings"
    debug: bool = True


@dataclasses.dataclass
class Connection:
    """A dataclass with one, and a field that is not shown."""

    host: str
    api_key: str
    hidden: str = dataclasses.field(default="h", repr=False)


class Plain:
    """An object that keeps one as an attribute."""

    def __init__(self):
        self.token = "in-an-attribute"


class Raising:
    """Fails when it is written."""

    def __repr__(self):
        raise RuntimeError


class Ending:
    """Ends the program when it is written."""

    def __repr__(self):
        raise SystemExit


class Huge:
    """Takes 100 megabytes."""

    def __repr__(self):
        return "x" * 100_000_000


class Wrong:
    """Writes itself as a number."""

    def __repr__(self):
        return 3  # type: ignore[return-value]


class Odd(str):
    """A text that fails when it is written."""

    __slots__ = ()

    def __repr__(self):
        raise ValueError

    def __str__(self):
        raise ValueError


async def coroutine_function():
    """Do nothing."""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1, "1"),
        ("a\nb", "'a\\nb'"),
        (b"\xff", "b'\\xff'"),
        ([1, (2,), {"a": {3}}], "[1, (2,), {'a': {3}}]"),
        (OrderedDict(a=1), "OrderedDict({'a': 1})"),
        (Point(1, 2), "Point(x=1, y=2)"),
        (Account(name="ada", password="x"), "Account(name='ada', password=***, answer=SecretStr('***'))"),
        (Connection("h", "k"), "Connection(host='h', api_key=***)"),
        (Settings(), "Settings(secret_key=***, debug=True)"),
        (Plain(), "<Plain object>"),
        (len, "<function len>"),
        (Plain, "<class Plain>"),
        (os, "<module os>"),
        (Raising(), "<Raising whose repr() failed: RuntimeError>"),
        (Ending(), "<Ending whose repr() failed: SystemExit>"),
        (Wrong(), "<Wrong whose repr() failed: TypeError>"),
        (Odd("odd"), "'odd'"),
        (10**5000, "<integer of 16,610 bits>"),
        (set(), "set()"),
        ({"password": "x", "n": {"token": "t"}}, "{'password': ***, 'n': {'token': ***}}"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_written_as_python_would(value, shown):
    """Values look as in Python, without addresses and secrets; what fails says so in its place."""
    assert shown_value(value, NOTHING) == shown


def test_a_coroutine_says_that_it_was_not_awaited():
    """The most common surprise among local variables explains itself."""
    coroutine = coroutine_function()

    assert shown_value(coroutine, NOTHING) == "<coroutine of coroutine_function(), which was not awaited>"
    coroutine.close()


def test_whatever_a_value_is_it_stays_short():
    """Large, wide, deep and circular values end somewhere."""
    circular: list[object] = []
    circular.append(circular)
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]

    for value in (
        Huge(),
        "x" * 10**7,
        list(range(10**6)),
        dict.fromkeys(range(1000), "y" * 1000),
        deep,
        [[[["z" * 9999] * 50] * 50] * 50],
    ):
        assert len(shown_value(value, NOTHING)) < LONGEST + 60
    assert shown_value(circular, NOTHING) == "[<list>]"


def test_control_characters_and_directions_are_escaped():
    """What would change how the rest of a line is shown, or cannot be encoded, is not let through."""
    assert printable("a\x1b[31m\u202eb\ud800\0") == "a\\x1b[31m\\u202eb\\ud800\\x00"
    assert printable("one\ntwo\tü") == "one\ntwo\tü"


def test_secrets_are_found_in_structures():
    """By the names of fields, keys and attributes, and by their types."""
    found = secrets_in(
        {
            "accounts": [Account(name="ada", password="pw-1")],
            "plain": Plain(),
            "s": Settings(),
            "passwords": ["p", "q"],
        }
    )

    values = {each.get_secret_value() if isinstance(each, SecretStr) else each for each in found}
    assert values == {"pw-1", "0000", "in-an-attribute", "in-the-settings", "p", "q"}


def test_a_secret_is_not_cut_into_a_part_of_itself():
    """Masking comes before shortening: no beginning of a secret is left at the end of a text."""
    masker = Masker(["0123456789abcdef"])

    shown = shown_value("x" * (LONGEST - 5) + "0123456789abcdef" + "y" * 1000, masker)

    assert "0123" not in shown
