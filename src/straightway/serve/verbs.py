"""`get`, `post`, … `trace`: written once, for routers and applications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from typing_extensions import Unpack

from straightway.declare.keywords import spell_out
from straightway.declare.options import DEFAULTS, ApiRouteOptions, RouteOptions, checked_options, filled
from straightway.serve.refusals import check_path_argument

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Verbs:
    """The decorators that declare an endpoint for one HTTP method (RFC 9110, section 9, and RFC 5789).

    Each returns the function as it was. `options` are described in `RouteOptions`; an unknown one is a TypeError.
    """

    @spell_out(ApiRouteOptions, DEFAULTS)
    def api_route(self, path: str, **options: Unpack[ApiRouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint for several methods."""
        raise NotImplementedError

    @spell_out(RouteOptions, DEFAULTS)
    def get(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that reads."""
        return self._verb("GET", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def put(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that replaces."""
        return self._verb("PUT", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def post(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that creates or does."""
        return self._verb("POST", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def delete(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that removes."""
        return self._verb("DELETE", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def options(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that says what can be done."""
        return self._verb("OPTIONS", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def head(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that answers with headers alone."""
        return self._verb("HEAD", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def patch(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that changes."""
        return self._verb("PATCH", path, options)

    @spell_out(RouteOptions, DEFAULTS)
    def trace(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint that echoes the request."""
        return self._verb("TRACE", path, options)

    def _verb(self, method: str, path: str, options: RouteOptions) -> Callable[[Endpoint], Endpoint]:
        check_path_argument(method.lower(), path)
        given = checked_options(method.lower(), options, RouteOptions)
        return self.api_route(path, **filled({"methods": [method], **given}, ApiRouteOptions))
