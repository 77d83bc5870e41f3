"""Starlette's middleware that refuses requests for hosts the application does not serve."""

from starlette.middleware.trustedhost import TrustedHostMiddleware

__all__ = ["TrustedHostMiddleware"]
