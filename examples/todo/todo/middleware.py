"""What happens around every request, written as plain ASGI: nothing is buffered and no task is started."""

import logging
import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from todo.errors import refusal

logger = logging.getLogger("todo")

REQUEST_ID = "X-Request-ID"
# What a proxy sends goes into our log and back to the client: no spaces, no line breaks, no novels.
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")


class RequestIdMiddleware:
    """Give the request the id that a proxy chose, or a new one, and repeat it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if ACCEPTED_REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        await self.app(scope, receive, send_with_id)


class FailureMiddleware:
    """Log an exception that nobody handled, and answer without a word about it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_and_remember(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_remember)
        except Exception:
            if started:
                raise  # the server closes the connection, which is all that can still be said
            logger.exception("Unhandled exception in request %s", scope["state"]["request_id"])
            await refusal(500)(scope, receive, send)


class BodyLimitMiddleware:
    """Refuse a body that is announced as too large, before anything of it is read."""

    def __init__(self, app: ASGIApp, max_body_size: int) -> None:
        self.app = app
        self.max_body_size = max_body_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and self._is_too_large(Headers(scope=scope).get("content-length", "")):
            await refusal(413)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_too_large(self, content_length: str) -> bool:
        return content_length.isdecimal() and int(content_length) > self.max_body_size
