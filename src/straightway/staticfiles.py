"""Starlette's application that serves the files of a directory."""

from starlette.staticfiles import StaticFiles

__all__ = ["StaticFiles"]
