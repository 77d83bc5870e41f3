"""The plan: what one endpoint does with a request, as data.

A plan is a short program in single-assignment form. Its steps stand in running order; step *n* fills
slot *n*, and later steps name earlier ones by number. `analyse` writes plans; `compile`, `describe` and
`explain` only read them. Nothing here has behaviour.

    GET /items/{item_id}
      0  Read   headers["x-token"]
      1  Call   get_db(token=0)                    thread, closes after the response
      2  Read   path["item_id"], query["limit"]
      3  Call   read_item(db=1, item_id=2, limit=2)   thread
      =  Item as JSON, 200
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from straightway.errors import Place
from straightway.fields import IncEx, ModelField

Location = Literal["path", "query", "header", "cookie", "body"]
CallKind = Literal["loop", "thread", "generator", "async generator"]
Special = Literal["request", "websocket", "connection", "response", "background_tasks"]
"""What is injected by type; a plan says "request" or "websocket" for a connection."""
Lifetime = Literal["function", "request"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Where one value is looked for: a location, the keys to try in order, and what the value is."""

    field: ModelField
    location: Location
    keys: tuple[str, ...]
    many: bool = False
    """Take every value sent under the key (the type is a sequence), not just one."""
    form: bool = False
    """The body is a form: an empty string counts as not sent."""
    json_sequence: bool = False
    """The value is a sequence that is sent as one text of JSON: there, too, an empty text counts as not sent."""
    file_bytes: bool = False
    """An uploaded file is read into bytes."""
    group: Group | None = None
    """The value is a model whose fields are looked up one by one in the same location."""

    @property
    def loc(self) -> tuple[str, str]:
        """Where an error about this value is reported."""
        return (self.location, self.keys[0])


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a grouped model: the keys it is sent under and the key the model validates it by."""

    keys: tuple[str, ...]
    model_keys: tuple[str, ...]
    many: bool
    file_bytes: bool = False
    json_sequence: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A model spread over a location: `?limit=1&offset=2` as `Page(limit=1, offset=2)`."""

    members: tuple[Member, ...]
    refused: frozenset[str] = frozenset()
    """Spellings that are never passed on (a header's underscore form)."""
    renamed: tuple[tuple[str, str], ...] = ()
    """(key the model validates by, key the client knows) where the two differ."""
    optional: bool = False
    """The parameter may be None: nothing sent means not given."""
    union: ModelField | None = None
    """Where the parameter is a union of models: a field that reads what was sent as each of them in turn."""
    takes_extras: bool = False
    """The model allows or forbids extra keys, so any key counts as given."""


@dataclass(frozen=True, slots=True)
class Read:
    """Validate the path, query, header and cookie values of one callable, together."""

    number: int
    lookups: tuple[Lookup, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """Read and parse the request body, once."""

    number: int
    kind: Literal["json", "form"]
    strict_content_type: bool = True
    form_limits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadBody:
    """Validate the body values of one callable from the parsed body."""

    number: int
    body: int | None
    """Slot of the parsed body; None where there is none to read (a WebSocket)."""
    lookups: tuple[Lookup, ...]
    embed: bool
    form: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Call a dependency or the endpoint with what earlier steps produced."""

    number: int
    call: Callable[..., Any]
    kind: CallKind
    reads: tuple[int, ...] = ()
    """Slots that hold a dictionary of keyword arguments."""
    takes: tuple[tuple[str, int], ...] = ()
    """(parameter, slot of an earlier call)."""
    specials: tuple[tuple[str, Special], ...] = ()
    scopes: tuple[str, tuple[str, ...]] | None = None
    """(parameter, security scopes) where the callable asks for `SecurityScopes`."""
    lifetime: Lifetime | None = None
    """When a generator's code after `yield` runs."""
    concurrency: Any = None
    needs: tuple[int, ...] = ()
    """Slots that must hold valid values, or the call is skipped."""
    is_endpoint: bool = False


Step = Read | Body | ReadBody | Call


@dataclass(frozen=True, slots=True)
class Answer:
    """How the endpoint's return value becomes a response."""

    kind: Literal["value", "json lines", "events", "stream"]
    status_code: int | None = None
    response_class: Any = None
    """The class chosen by the user, or None: JSON straight to bytes."""
    field: ModelField | None = None
    include: IncEx = None
    exclude: IncEx = None
    by_alias: bool = True
    exclude_unset: bool = False
    exclude_defaults: bool = False
    exclude_none: bool = False
    item: ModelField | None = None
    """What each item of a stream is validated as."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one endpoint needs, in running order."""

    label: str
    """`GET /items/{item_id}`."""
    place: Place | None
    steps: tuple[Step, ...]
    report: tuple[int, ...]
    """Slots of reads in the order in which their errors are reported; a shared one may stand twice."""
    answer: Answer
    websocket: bool = False
