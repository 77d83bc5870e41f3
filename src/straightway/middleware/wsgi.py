"""Starlette's adapter for WSGI applications, which Starlette has deprecated in favour of a2wsgi."""

from starlette.middleware.wsgi import WSGIMiddleware

__all__ = ["WSGIMiddleware"]
