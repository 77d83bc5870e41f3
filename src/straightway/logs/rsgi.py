"""One request on its way through an endpoint that is compiled for RSGI: granian's protocol, with an id and a line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

from starlette.types import Scope

from straightway.logs.entries import Ended, Subject, log_ended, subject_of
from straightway.logs.request_id import REQUEST_ID, current_request_id, request_id_from

__all__ = ["LoggedProtocol"]

Headers = list[tuple[str, str]]

_HEADER = "x-request-id"


class LoggedProtocol:
    """What granian's `HTTPProtocol` offers to an endpoint; responses get the id, and a line where `is_logged`.

    The scope and the context get the id too.
    """

    __slots__ = ("_began", "_is_logged", "_protocol", "_request_id", "scope", "status")

    def __init__(self, scope: Scope, rsgi: Any, protocol: Any, *, is_logged: bool) -> None:
        self._began = perf_counter()
        self.scope, self._protocol, self._is_logged = scope, protocol, is_logged
        self._request_id = scope[REQUEST_ID] = request_id_from(rsgi.headers.get(_HEADER))
        current_request_id.set(self._request_id)
        self.status: int | None = None
        """What the response has started with."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer in one piece."""
        self.status = status
        self._protocol.response_bytes(status, self._with_id(headers), body)
        self.end()

    def response_stream(self, status: int, headers: Headers) -> Any:
        """Begin to answer in pieces; `end` is called when there are no more."""
        self.status = status
        return self._protocol.response_stream(status, self._with_id(headers))

    def _with_id(self, headers: Headers) -> Headers:
        for name, _ in headers:
            if len(name) == len(_HEADER) and name.lower() == _HEADER:
                return headers
        return [*headers, (_HEADER, self._request_id)]

    def end(self, note: str = "") -> None:
        """Log the request, unless that has been done or is not wanted."""
        if not self._is_logged:
            return
        self._is_logged = False
        log_ended(Ended(self.subject(), (perf_counter() - self._began) * 1000, self.status, note=note))

    def subject(self) -> Subject:
        """Return what there is to say of the request itself. Nothing is traced where an endpoint is called like this."""
        _ = self.scope["client"]  # such a scope is made key by key, when it is asked with brackets
        return subject_of(self.scope, self._request_id, None)

    def __call__(self) -> Any:
        """Read the whole body."""
        return self._protocol()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._protocol)

    def client_disconnect(self) -> Any:
        """Wait until the client has left."""
        return self._protocol.client_disconnect()
