"""Which functions of `fastapi.routing` an agent has replaced, and what stands in their places."""

from __future__ import annotations

from typing import Any

MAKER = "get_request_handler"
STAGES = ("solve_dependencies", "run_endpoint_function", "serialize_response")
"""What a handler does in turn: the arguments, the endpoint's return value, and JSON of that."""

originals: dict[str, Any] = {}
"""Our functions, by name; empty where there is no module `fastapi.routing`."""
replaced: dict[str, Any] = {}
"""What is not ours."""


def is_staged() -> bool:
    """Tell whether handlers have to go through the stages one by one, because one of them is not ours."""
    return any(name in replaced for name in STAGES)


def current(name: str) -> Any:
    """Return what stands in the place of a function now."""
    return replaced[name] if name in replaced else originals[name]
