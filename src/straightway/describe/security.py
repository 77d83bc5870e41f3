"""The security schemes of an operation: what each is, and which scopes are required of it."""

from __future__ import annotations

from typing import Any

from straightway.describe.requirements import Requirements
from straightway.encoders import jsonable_encoder


def security_of(requirements: Requirements) -> tuple[dict[str, Any], list[dict[str, list[str]]]]:
    """Return the components by name of the schemes, and one requirement for each name in the order met."""
    schemes: dict[str, Any] = {}
    scopes: dict[str, list[str]] = {}
    for node, required in requirements.security_dependencies:
        scheme: Any = node.call
        name = scheme.scheme_name
        schemes[name] = jsonable_encoder(scheme.model, by_alias=True, exclude_none=True)
        scopes[name] = list(dict.fromkeys([*scopes.get(name, ()), *required]))
    return schemes, [{name: required} for name, required in scopes.items()]
