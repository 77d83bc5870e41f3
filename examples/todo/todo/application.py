"""Put the application together: settings in, application out; nothing is global."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypedDict

from sqlalchemy import Engine

from straightway import Straightway
from straightway.middleware import Middleware
from straightway.middleware.cors import CORSMiddleware
from straightway.routing import APIRoute
from todo import __version__
from todo.database import open_database
from todo.errors import add_error_handlers
from todo.middleware import REQUEST_ID, BodyLimitMiddleware, FailureMiddleware, RequestIdMiddleware
from todo.routers import auth, health, todos, users
from todo.settings import Settings

logger = logging.getLogger("todo")


class State(TypedDict):
    """What every request finds in `request.state`."""

    settings: Settings
    engine: Engine


def create_app(settings: Settings) -> Straightway:
    """Build the API for these settings; the database is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(_: Straightway) -> AsyncGenerator[State]:
        if settings.has_default_secret:
            logger.warning("TODO_SECRET_KEY is not set: anyone can sign a token for this server")
        engine = open_database(settings.database_url)
        try:
            yield {"settings": settings, "engine": engine}
        finally:
            engine.dispose()

    app = Straightway(
        title="Todo",
        summary="Keep a list of things to do.",
        version=__version__,
        lifespan=lifespan,
        middleware=middleware(settings),
        generate_unique_id_function=operation_id,
    )
    add_error_handlers(app)
    for router in (health.router, users.router, auth.router, todos.router):
        # On the routers, not on the application: there the refusal would be sent outside our middleware, as plain
        # text without a request id. BodyLimitMiddleware refuses what is announced, this limit what is streamed.
        app.include_router(router, max_body_size=settings.max_body_size)
    return app


def middleware(settings: Settings) -> list[Middleware]:
    """List the middleware, outermost first."""
    return [
        Middleware(RequestIdMiddleware),
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID],
            expose_headers=["Location", REQUEST_ID],
        ),
        # Inside CORS: a browser may only read a 500 or a 413 that carries its headers.
        Middleware(FailureMiddleware),
        Middleware(BodyLimitMiddleware, max_body_size=settings.max_body_size),
    ]


def operation_id(route: APIRoute) -> str:
    """Name an operation like its function, which is what generated clients call."""
    return route.name
