"""Starlette's middleware that sends clients of http to https and of ws to wss."""

from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware

__all__ = ["HTTPSRedirectMiddleware"]
