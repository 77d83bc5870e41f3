"""Starlette's middleware that lets browsers call the application from other origins."""

from starlette.middleware.cors import CORSMiddleware

__all__ = ["CORSMiddleware"]
