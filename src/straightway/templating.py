"""Starlette's Jinja2 templates; the package jinja2 must be installed."""

from straightway.errors import MissingDependencyError

try:
    from starlette.templating import Jinja2Templates
except ImportError as error:
    raise MissingDependencyError("Jinja2Templates requires the package jinja2") from error

__all__ = ["Jinja2Templates"]
