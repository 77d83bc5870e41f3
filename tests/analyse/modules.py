"""Modules made of text: annotations that are postponed, names that only type checkers see, syntax of later Pythons."""

from __future__ import annotations

from textwrap import dedent
from types import ModuleType


def module(text: str, **names: object) -> ModuleType:
    """Return a new module with this source, in which `names` are defined."""
    made = ModuleType("written_for_a_test")
    vars(made).update(names)
    code = compile(dedent(text), "written_for_a_test.py", "exec", dont_inherit=True)
    exec(code, vars(made))  # noqa: S102  # the text stands in a test
    return made
