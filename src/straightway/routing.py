"""Routers and routes, and the names that FastAPI offers beside them."""

from starlette.routing import BaseRoute as BaseRoute
from starlette.routing import Match as Match
from starlette.routing import Mount as Mount
from starlette.routing import NoMatchFound as NoMatchFound
from starlette.routing import Route as Route
from starlette.routing import WebSocketRoute as WebSocketRoute
from starlette.routing import compile_path as compile_path
from starlette.routing import get_name as get_name
from starlette.routing import websocket_session as websocket_session

from straightway.serve.lifespan import Lifespan as Lifespan
from straightway.serve.lifespan import merge_lifespan_context as merge_lifespan_context
from straightway.serve.router import APIRouter as APIRouter
from straightway.serve.routes import APIRoute as APIRoute
from straightway.serve.sessions import request_response as request_response
from straightway.serve.websocket_routes import APIWebSocketRoute as APIWebSocketRoute
