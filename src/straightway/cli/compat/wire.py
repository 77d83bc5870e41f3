"""What passes between the command and its two sides: requests, answers, and what a side says about itself, as JSON."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Answer", "Facts", "Route", "Sent", "Warned"]

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request. `operation` is the endpoint it is for, `about` says what is right or wrong with it.

    `target` is what stands in the request line: path and query, percent-encoded.
    """

    operation: str
    about: str
    method: str
    target: str
    headers: Pairs = ()
    body: bytes = b""

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {
            "operation": self.operation,
            "about": self.about,
            "method": self.method,
            "target": self.target,
            "headers": self.headers,
            "body": b64encode(self.body).decode("ascii"),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Sent":
        """Make a request of what `to_json` returned."""
        headers = _pairs(found["headers"])
        body = b64decode(found["body"])
        return cls(found["operation"], found["about"], found["method"], found["target"], headers, body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `raised` is an exception that reached the server, as `Type: message`.

    `status` is None where no response began. `complete` is false where it was still going on when time was up.
    """

    status: int | None
    headers: Pairs = ()
    body: bytes = b""
    complete: bool = True
    raised: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {
            "status": self.status,
            "headers": self.headers,
            "body": b64encode(self.body).decode("ascii"),
            "complete": self.complete,
            "raised": self.raised,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Answer":
        """Make an answer of what `to_json` returned."""
        headers = _pairs(found["headers"])
        body = b64decode(found["body"])
        return cls(found["status"], headers, body, found["complete"], found["raised"])


@dataclass(frozen=True, slots=True)
class Route:
    """A route as the application lists it; `methods` is empty for what has none, such as WebSockets and mounts."""

    path: str
    methods: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning given while the application was loaded; `place` is file and line."""

    category: str
    message: str
    place: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a side says about itself once the application is loaded.

    `documents` are OpenAPI documents by the prefix under which their application is mounted, "" for the application
    itself; one that could not be made is a sentence instead.
    """

    versions: Mapping[str, str]
    documents: Mapping[str, dict[str, Any] | str]
    routes: tuple[Route, ...] = ()
    warnings: tuple[Warned, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {
            "versions": dict(self.versions),
            "documents": dict(self.documents),
            "routes": [(route.path, route.methods, route.kind) for route in self.routes],
            "warnings": [(each.category, each.message, each.place) for each in self.warnings],
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Facts":
        """Make facts of what `to_json` returned."""
        routes = tuple(Route(path, tuple(methods), kind) for path, methods, kind in found["routes"])
        warnings = tuple(Warned(*each) for each in found["warnings"])
        return cls(found["versions"], found["documents"], routes, warnings)


def _pairs(found: Any) -> Pairs:
    return tuple((name, value) for name, value in found)
