"""The style of the page that shows a failure, and the headers that let in nothing else."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

__all__ = ["headers", "style"]


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style sheet of the page."""
    return files("straightway.describe").joinpath("failure_page.css").read_text("utf-8")


@lru_cache(maxsize=1)
def headers() -> dict[str, str]:
    """Return the headers that go with the page: nothing may be loaded, framed, sent, kept or guessed."""
    hashed = b64encode(sha256(style().encode()).digest()).decode()
    return {
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{hashed}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
