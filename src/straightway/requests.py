"""Starlette's request classes."""

from starlette.requests import HTTPConnection, Request

__all__ = ["HTTPConnection", "Request"]
