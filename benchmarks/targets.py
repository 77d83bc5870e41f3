"""What is aimed at: how far one contender's figure may be from another's."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

OURS = "Straightway"
OURS_RSGI = f"{OURS}, RSGI"
FASTAPI = "FastAPI"
LIMIT = "limit"


class Kind(Enum):
    """How two figures are compared, and which way is good."""

    AT_LEAST = "≥"
    AT_MOST = "≤"
    ADDS_AT_MOST = "adds ≤"


@dataclass(frozen=True, slots=True)
class Target:
    """`first / second` (for ADDS_AT_MOST `first - second`) stays on one side of the bound."""

    kind: Kind
    first: str
    second: str
    bound: float

    def value(self, figures: Mapping[str, float]) -> float | None:
        """Return what was measured; None where one of the two is missing."""
        if self.first not in figures or self.second not in figures:
            return None
        first, second = figures[self.first], figures[self.second]
        return first - second if self.kind is Kind.ADDS_AT_MOST else first / second

    def is_met(self, figures: Mapping[str, float]) -> bool | None:
        """Tell whether the measured figures keep to it; None where they do not tell."""
        value = self.value(figures)
        if value is None:
            return None
        return value >= self.bound if self.kind is Kind.AT_LEAST else value <= self.bound

    def worded(self, unit: str) -> str:
        """Word the target for a table."""
        match self.kind:
            case Kind.ADDS_AT_MOST:
                return f"adds ≤ {self.bound:g} {unit}"
            case Kind.AT_LEAST if self.first == FASTAPI:
                return f"FastAPI ≥ {self.bound:g}×"
            case Kind.AT_LEAST:
                return f"≥ {self.bound:g}× {_named(self.second)}"
            case Kind.AT_MOST:
                return f"≤ {self.bound:g}× {_named(self.second)}"


def _named(contender: str) -> str:
    return {f"{OURS}, alone": "alone"}.get(contender, contender)


def ahead(times: float) -> Target:
    """Ask for FastAPI taking at least so many times what we take."""
    return Target(Kind.AT_LEAST, FASTAPI, OURS, times)


def near(times: float, other: str = LIMIT) -> Target:
    """Ask for us taking at most so many times what another takes."""
    return Target(Kind.AT_MOST, OURS, other, times)


def more(times: float, other: str = FASTAPI) -> Target:
    """Ask for us giving at least so many times what another gives: requests each second, say."""
    return Target(Kind.AT_LEAST, OURS, other, times)


def adds(most: float) -> Target:
    """Ask for us taking at most so much more than without what is measured."""
    return Target(Kind.ADDS_AT_MOST, OURS, f"{OURS}, alone", most)
