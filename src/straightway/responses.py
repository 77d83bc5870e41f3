"""Responses: Starlette's, the stream of events, and two that faster serialisation has made superfluous."""

from importlib import import_module
from types import ModuleType
from typing import Any

from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from typing_extensions import deprecated

from straightway.errors import DeclarationError, StraightwayDeprecationWarning
from straightway.sse import EventSourceResponse

__all__ = [
    "EventSourceResponse",
    "FileResponse",
    "HTMLResponse",
    "JSONResponse",
    "ORJSONResponse",
    "PlainTextResponse",
    "RedirectResponse",
    "Response",
    "StreamingResponse",
    "UJSONResponse",
]


def _installed(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None


orjson = _installed("orjson")
ujson = _installed("ujson")


@deprecated(
    "ORJSONResponse is deprecated: with a return type or a response model, Pydantic writes the JSON as fast",
    category=StraightwayDeprecationWarning,
)
class ORJSONResponse(JSONResponse):
    """Write JSON with orjson, which also takes NumPy arrays and keys that are not strings."""

    def render(self, content: Any) -> bytes:
        """Return the content as JSON."""
        if orjson is None:
            raise _missing("orjson", "ORJSONResponse")
        written: bytes = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
        return written


@deprecated(
    "UJSONResponse is deprecated: with a return type or a response model, Pydantic writes the JSON faster",
    category=StraightwayDeprecationWarning,
)
class UJSONResponse(JSONResponse):
    """Write JSON with ujson."""

    def render(self, content: Any) -> bytes:
        """Return the content as JSON."""
        if ujson is None:
            raise _missing("ujson", "UJSONResponse")
        written: str = ujson.dumps(content, ensure_ascii=False)
        return written.encode("utf-8")


def _missing(package: str, response_class: str) -> DeclarationError:
    return DeclarationError(
        f"{package} must be installed to use {response_class}",
        instead=f"pip install {package}, or leave response_class out",
    )
