"""What `explain` tells about one request, as data: frozen, and nothing in it but text, numbers and more of the same.

`dataclasses.asdict` makes JSON of it, `explained.py` text for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from straightway.plan import Location

Outcome = Literal[
    "endpoint",
    "websocket",
    "starlette endpoint",
    "mount",
    "redirect",
    "frontend",
    "method not allowed",
    "not found",
]
Verdict = Literal["taken", "method", "kind", "convertor", "path", "order", "matches"]
"""Why a route answers, or what it was not taken for."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Something that the user wrote: its name, and where it stands if that is known."""

    name: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route that the request might have been for."""

    methods: tuple[str, ...]
    """Those it answers; none for a mount, `WS` for a WebSocket."""
    path: str
    origin: Origin
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Value:
    """One argument that comes out of the request."""

    parameter: str
    location: Location
    keys: tuple[str, ...]
    """Tried in this order."""
    type: str
    required: bool
    default: str | None
    notes: tuple[str, ...] = ()
    sent: str | None = None
    """What the request that is explained has there, where it says so: its path and its query string."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What one parameter of a call is filled with: the result of a step, or an object that is injected by its type."""

    parameter: str
    step: int | None = None
    injected: str | None = None


@dataclass(frozen=True, slots=True)
class ReadStep:
    """Values of the request, validated together for one callable."""

    number: int
    values: tuple[Value, ...]
    hop: int | None = None
    kind: Literal["read"] = "read"


@dataclass(frozen=True, slots=True)
class BodyStep:
    """The reading of the body, before which nothing of it was received."""

    number: int
    how: str
    kind: Literal["body"] = "body"


@dataclass(frozen=True, slots=True)
class CallStep:
    """A call of a dependency or of the endpoint."""

    number: int
    origin: Origin
    arguments: tuple[Argument, ...]
    runs: Literal["on the loop", "in a thread"]
    hop: int | None
    """Calls with the same number run in one visit to a worker thread, one after the other."""
    used_by: tuple[int, ...]
    """The calls that take the result; more than one share it."""
    closes: (
        Literal["before the response is sent", "after the response was sent", "when the endpoint returns"]
        | None
    )
    at_once: int | None
    """How many requests may be in it at a time."""
    is_endpoint: bool
    instead_of: Origin | None = None
    """The dependency that `dependency_overrides` replaces by this one."""
    kind: Literal["call"] = "call"


Step = ReadStep | BodyStep | CallStep


@dataclass(frozen=True, slots=True)
class Reply:
    """How the return value of the endpoint becomes the answer."""

    status: int | None
    model: str | None
    made: str
    notes: tuple[str, ...] = ()
    is_stream: bool = False
    """Whether it is sent item by item, so that it has begun when a later item fails."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme, and the scopes that are required of it."""

    name: str
    type: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RaisedProblem:
    """Problem details that the endpoint, or what it depends on, may raise: what is documented of them."""

    status: int
    title: str
    type: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the plan of an endpoint does."""

    label: str
    origin: Origin
    steps: tuple[Step, ...]
    reply: Reply
    closing: tuple[int, ...]
    """The calls whose code after `yield` runs, in the order in which it runs."""
    validated: tuple[int, ...]
    """The steps whose errors are reported, in the order in which they are."""
    security: tuple[Scheme, ...]
    problems: tuple[RaisedProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """Something around the routes that every request passes."""

    name: str
    what: str
    origin: Origin | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catch:
    """A way to fail, and what answers then."""

    raised: str
    when: str
    handler: Origin
    is_own: bool
    """Whether the handler is the application's, not the framework's."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on what a request may send, and where it was set."""

    what: str
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Account:
    """What becomes of one request, from the outermost layer to the answer."""

    request: str
    outcome: Outcome
    summary: str
    candidates: tuple[Candidate, ...]
    others: int
    """How many more routes there are, with other paths."""
    middleware: tuple[Layer, ...] = ()
    endpoint: Endpoint | None = None
    mounted: Account | None = None
    """What the application that is mounted there does with the rest of the path."""
    catches: tuple[Catch, ...] = ()
    limits: tuple[Limit, ...] = ()
    source: str | None = None
    """The compiled function, where it was asked for."""
