"""Middleware, one kind per module; `Middleware` says which to use with which arguments."""

from starlette.middleware import Middleware

__all__ = ["Middleware"]
