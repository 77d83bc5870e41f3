"""What is known about an exception that nothing has handled, as data: frozen, and all text in it safe to show.

`failing.failure_of` makes it, `failure_page.py` and `failure_text.py` show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from straightway.describe.explanation import Origin
from straightway.describe.user_code import Owner

Relation = Literal["", "cause", "context", "member"]
"""How an exception belongs to the one before it: raised from it, while it was handled, or in the same group."""
State = Literal["done", "failed", "not run"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of source."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A local variable, written in short."""

    name: str
    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A call that was under way: where, whose code it is, and the source around the line."""

    file: str
    line: int | None
    function: str
    owner: Owner
    source: str = ""
    """The line itself."""
    excerpt: tuple[Line, ...] = ()
    marked: tuple[int, int] | None = None
    """From which character of the line to which the expression stands that failed."""
    variables: tuple[Variable, ...] = ()
    repeated: int = 0
    """How many more times it called itself."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception: of the chain of causes, or of a group."""

    type: str
    module: str
    message: str
    notes: tuple[str, ...]
    relation: Relation
    frames: tuple[Frame, ...]
    """The outermost first."""
    hidden: int = 0
    """How many frames in the middle were left out."""
    members: tuple[Raised, ...] = ()
    left_out: int = 0
    """How many further members of the group there are."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and a value of the request."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, as far as it was read."""

    method: str
    url: str
    http_version: str
    client: str
    headers: tuple[Entry, ...]
    query: tuple[Entry, ...]
    path_params: tuple[Entry, ...]
    cookies: tuple[Entry, ...]
    body: str
    """Empty where nothing was sent, or nothing read."""
    body_note: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of the plan, and how far the request came with it."""

    number: int
    text: str
    place: str
    state: State
    result: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that nothing has handled, and the request that met it."""

    chain: tuple[Raised, ...]
    """The exception first, then what it was raised from, and so on."""
    left_out: int
    """How many further exceptions of the chain there are."""
    focus: tuple[Frame, ...]
    """The user's own frames, the innermost first."""
    asked: Asked
    label: str
    """Method and path of the route, such as `GET /items/{item_id}`; empty where none was reached."""
    endpoint: Origin | None
    steps: tuple[Progress, ...]
    stage: str
    """What was going on, in words."""
    remedy: str
    request_id: str
