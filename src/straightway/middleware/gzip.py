"""Starlette's middleware that compresses responses."""

from starlette.middleware.gzip import GZipMiddleware

__all__ = ["GZipMiddleware"]
