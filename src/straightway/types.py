"""Types that annotations in applications and in this package have in common."""

from collections.abc import Callable
from enum import Enum
from types import UnionType
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel
from pydantic.main import IncEx

__all__ = ["DecoratedCallable", "DependencyCacheKey", "IncEx", "ModelNameMap", "UnionType"]

DecoratedCallable = TypeVar("DecoratedCallable", bound=Callable[..., Any])
"""What a decorator takes and returns unchanged."""

ModelNameMap: TypeAlias = dict[type[BaseModel] | type[Enum], str]
"""The name of each model and enumeration among the schemas of an OpenAPI document."""

DependencyCacheKey: TypeAlias = tuple[Callable[..., Any] | None, tuple[str, ...], str]
"""What two uses of a dependency have in common when they share one call: callable, OAuth2 scopes, scope."""
