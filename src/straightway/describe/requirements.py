"""What an operation asks of a request, gathered from its whole dependency tree: parameters and security schemes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from straightway.analyse.dependant import Dependant, oauth_scopes
from straightway.analyse.steps import cache_key
from straightway.fields import ModelField
from straightway.security.base import SecurityBase


@dataclass(frozen=True, slots=True)
class Requirements:
    """The parameters by location, and the nodes that are security schemes with the scopes they require."""

    path_params: list[ModelField] = field(default_factory=list)
    query_params: list[ModelField] = field(default_factory=list)
    header_params: list[ModelField] = field(default_factory=list)
    cookie_params: list[ModelField] = field(default_factory=list)
    security_dependencies: list[tuple[Dependant, list[str]]] = field(default_factory=list)

    @property
    def parameters(self) -> list[ModelField]:
        """All parameters, in the order in which the document lists them."""
        return [*self.path_params, *self.query_params, *self.header_params, *self.cookie_params]


def requirements_of(dependant: Dependant) -> Requirements:
    """Gather the requirements of an endpoint; what one call would answer counts once."""
    found = Requirements()
    for node in _distinct(dependant, set()):
        found.path_params.extend(node.path_params)
        found.query_params.extend(node.query_params)
        found.header_params.extend(node.header_params)
        found.cookie_params.extend(node.cookie_params)
        scheme: object = node.call
        if node is not dependant and isinstance(scheme, SecurityBase):
            found.security_dependencies.append((node, oauth_scopes(node)))
    return found


def get_flat_params(dependant: Dependant) -> list[ModelField]:
    """Return the parameters of the tree by location: path, query, header, cookie; bodies are left out."""
    return requirements_of(dependant).parameters


def _distinct(dependant: Dependant, seen: set[Any]) -> Iterator[Dependant]:
    """Yield the tree's nodes, each before its dependencies."""
    yield dependant
    for each in dependant.dependencies:
        key = cache_key(each)
        if key not in seen:
            seen.add(key)
            yield from _distinct(each, seen)
