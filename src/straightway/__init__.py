"""Straightway: typed Python functions as an HTTP API, each understood once and compiled into one function."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette import status as status

    from straightway.application import Straightway as Straightway
    from straightway.background import BackgroundTasks as BackgroundTasks
    from straightway.datastructures import UploadFile as UploadFile
    from straightway.errors import HTTPException as HTTPException
    from straightway.errors import WebSocketException as WebSocketException
    from straightway.param_functions import Body as Body
    from straightway.param_functions import Cookie as Cookie
    from straightway.param_functions import Depends as Depends
    from straightway.param_functions import File as File
    from straightway.param_functions import Form as Form
    from straightway.param_functions import Header as Header
    from straightway.param_functions import Path as Path
    from straightway.param_functions import Query as Query
    from straightway.param_functions import Security as Security
    from straightway.problems import Problem as Problem
    from straightway.requests import Request as Request
    from straightway.responses import Response as Response
    from straightway.routing import APIRouter as APIRouter
    from straightway.websockets import WebSocket as WebSocket
    from straightway.websockets import WebSocketDisconnect as WebSocketDisconnect

__version__ = "0.1.0"

_HOMES = {
    "APIRouter": "straightway.routing",
    "BackgroundTasks": "straightway.background",
    "Body": "straightway.param_functions",
    "Cookie": "straightway.param_functions",
    "Depends": "straightway.param_functions",
    "File": "straightway.param_functions",
    "Form": "straightway.param_functions",
    "HTTPException": "straightway.errors",
    "Header": "straightway.param_functions",
    "Path": "straightway.param_functions",
    "Problem": "straightway.problems",
    "Query": "straightway.param_functions",
    "Request": "straightway.requests",
    "Response": "straightway.responses",
    "Security": "straightway.param_functions",
    "Straightway": "straightway.application",
    "UploadFile": "straightway.datastructures",
    "WebSocket": "straightway.websockets",
    "WebSocketDisconnect": "straightway.websockets",
    "WebSocketException": "straightway.errors",
}

__all__ = [
    "APIRouter",
    "BackgroundTasks",
    "Body",
    "Cookie",
    "Depends",
    "File",
    "Form",
    "HTTPException",
    "Header",
    "Path",
    "Problem",
    "Query",
    "Request",
    "Response",
    "Security",
    "Straightway",
    "UploadFile",
    "WebSocket",
    "WebSocketDisconnect",
    "WebSocketException",
    "__version__",
    "status",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that the command line starts without the framework."""
    if name == "status":
        return import_module("starlette.status")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
