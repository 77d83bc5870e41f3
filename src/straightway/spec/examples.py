"""The Example Object, which is a dictionary and no model: parameters take it as it is."""

# the names are the specification's

from typing import Any

from pydantic import AnyUrl, ConfigDict, with_config
from typing_extensions import TypedDict

__all__ = ["Example"]


@with_config(ConfigDict(extra="allow"))
class Example(TypedDict, total=False):
    """One sample value with the words that introduce it."""

    summary: str | None
    description: str | None
    value: Any | None
    externalValue: AnyUrl | None
