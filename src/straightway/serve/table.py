"""Which route answers a request: the table over a router's list of routes.

Routes that are what they seem are looked up; a mount, a host or a route with a `matches` of its own is asked in its
turn, as a barrier between the routes before and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Match, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.compile.paths import Entry, PathTable
from straightway.runtime.answering import STARTED
from straightway.serve.contexts import RouteContext
from straightway.serve.inclusion import original_of, routers_of
from straightway.serve.limits import FormLimits, limit_body, limit_forms
from straightway.serve.passage import Passage
from straightway.serve.planned import UNWATCHED, Watched, overrides_of, watched_by
from straightway.serve.routes import APIRoute
from straightway.serve.websocket_routes import APIWebSocketRoute
from straightway.telemetry.activity import activity, connection_of


def route_path(scope: Scope) -> str:
    """Return the path below `root_path`, which is what routes match."""
    path: str = scope["path"]
    root_path: str = scope.get("root_path", "")
    if not root_path or not path.startswith(root_path):
        return path
    rest = path[len(root_path) :]
    return rest if not rest or rest[0] == "/" else path


class Target:
    """What is done for a request that matched a route."""

    __slots__ = (
        "__weakref__",
        "direct",
        "endpoint",
        "form_limits",
        "inclusion",
        "limit",
        "native",
        "provider",
        "route",
    )

    def __init__(self, route: Any, form_limits: FormLimits | None) -> None:
        self.route = route
        self.form_limits = form_limits
        self.endpoint = route.endpoint
        self.inclusion = _inclusion_of(route)
        self.limit: int | None = getattr(route, "max_body_size", None)
        provider: Any = getattr(route, "dependency_overrides_provider", None)
        self.provider: Any = provider if hasattr(provider, "dependency_overrides") else _NO_OVERRIDES
        self.direct: ASGIApp | None = None
        """The application that answers while no dependency is overridden, once it exists."""
        self.native: Any = None
        """The function that answers through RSGI while no dependency is overridden, once it exists; False for none."""
        if isinstance(route, APIRoute):
            route.is_target_of(self)

    def handler(self) -> ASGIApp:
        """Return the application that answers; compiled on first use, and for dependency overrides."""
        if self.provider.dependency_overrides:
            return self._made()
        if self.direct is None:
            self.direct = self._made()
        return self.direct

    def native_handler(self) -> Any:
        """Return the function that answers through RSGI, a false value where only ASGI will do."""
        if self.provider.dependency_overrides:
            return None
        if self.native is None:
            route = self.route
            is_plain = isinstance(route, APIRoute) and route.is_compiled and self.limit is None
            self.native = is_plain and route.native_handler()
        return self.native

    def forget(self) -> None:
        """Forget the functions that answer, as the application of the route has been replaced."""
        self.direct = self.native = None

    def watched(self, scope: Scope, watched: Watched) -> ASGIApp:
        """Return the application that answers a request whose steps somebody wants to know."""
        if (connection := connection_of(scope)) is not None:
            connection.reached(self.route.path_format)
        return self._made(watched)

    def _made(self, watched: Watched = UNWATCHED) -> ASGIApp:
        route = self.route
        if isinstance(route, APIRoute) and route.is_compiled:
            app = route.handler_for(overrides_of(route), watched)
        elif isinstance(route, WebSocketRoute):
            # PERF: one Python call less for each message, benchmarks (websocket-text); nobody asks whether one answered.
            app = route.handle
        else:
            app = _noting(route.handle)
        return limit_forms(limit_body(app, self.limit), self.form_limits)


def _inclusion_of(route: BaseRoute) -> Scope | None:
    """Return what packages look up in the scope about an included route, one object for all requests; else None."""
    original = original_of(route)
    return None if original is route else {"effective_route_context": RouteContext(original, route)}


class _NoOverrides:
    dependency_overrides: ClassVar[Mapping[Any, Any]] = {}


_NO_OVERRIDES = _NoOverrides()


class Table:
    """The routes of one kind of connection, in order: lookups and barriers.

    `form_limits` are the router's: they hold for routes that did not get them when they were declared, too.
    """

    def __init__(
        self,
        routes: Sequence[BaseRoute],
        kind: str,
        form_limits: FormLimits | None = None,
        *,
        otherwise: Callable[[Table, Scope], ASGIApp],
    ) -> None:
        self.form_limits = form_limits
        self._otherwise = otherwise
        """What gives the answer where no route has any."""
        self.parts: list[PathTable | BaseRoute] = []
        entries: list[Entry] = []
        for order, route in enumerate(routes):
            if _is_for_other(route, kind):
                continue
            asked = tuple(each for each in routers_of(route) if each.is_asked)
            if is_plain(route) and not asked:
                entries.append(_entry(order, route, form_limits))
                continue
            self._close(entries)
            entries = []
            self.parts.append(Passage(route, asked) if asked else route)
        self._close(entries)
        opening = self.parts[0] if self.parts else None
        self.opening = opening if isinstance(opening, PathTable) else PathTable(())
        """The routes before the first barrier, which most requests are for."""
        self._without_parameters = self.opening.without_parameters

    def _close(self, entries: list[Entry]) -> None:
        if entries:
            self.parts.append(PathTable(entries))

    def find(self, scope: Scope) -> ASGIApp:
        """Return what answers the request and note in the scope what matched.

        PERF: with the first look and the notes in one function, a request costs 0.2 microseconds less on 3.11,
        benchmarks (hello).
        """
        path = route_path(scope) if scope.get("root_path") else scope["path"]
        method = scope.get("method")
        known = self._without_parameters.get(path)
        found = self.opening.first(path, method) if known is None else known.get(method)
        if found is None:
            other = self._searched(path, method, scope)
            if not isinstance(other, tuple):
                return other or self._otherwise(self, scope)
            found = other
        target: Target = found[0]
        parameters = found[1]
        scope["route"] = target.route
        scope["endpoint"] = target.endpoint
        if target.inclusion is not None:
            scope["fastapi"] = target.inclusion
        if "path_params" in scope:  # those of mounts further out
            parameters = {**scope["path_params"], **parameters}
        scope["path_params"] = {**parameters}
        if activity.on and (watched := watched_by(scope)) is not UNWATCHED:
            return target.watched(scope, watched)
        if target.direct is None or target.provider.dependency_overrides:
            return target.handler()
        return target.direct

    def _searched(
        self, path: str, method: str | None, scope: Scope
    ) -> ASGIApp | tuple[Target, dict[str, Any]] | None:
        """Return the target of a route with its path parameters, another application that answers, or None.

        A path that exists for other methods is answered with 405 and the methods there are (RFC 9110, 15.5.6).
        """
        allowed: list[str] = []
        partial: tuple[BaseRoute, Scope] | None = None
        for part in self.parts:
            if isinstance(part, PathTable):
                for entry, captured in part.candidates(path):
                    if entry.methods is not None and method not in entry.methods:
                        allowed.extend(sorted(entry.methods))
                    elif (parameters := _taken(entry, captured)) is not None:
                        return entry.target, parameters
                continue
            match, child_scope = matched(part, scope)
            if match is Match.FULL:
                return limit_forms(_asked(part, child_scope, scope), self.form_limits)
            if match is Match.PARTIAL and partial is None and not allowed:
                partial = part, child_scope
        if partial is not None:
            return _refused(partial, scope)
        return self._not_allowed(scope, allowed) if allowed else None

    def _not_allowed(self, scope: Scope, allowed: list[str]) -> ASGIApp:
        if activity.on:
            note_route(scope, self.first_with_path(scope))
        return method_not_allowed(allowed)

    def first_with_path(self, scope: Scope) -> BaseRoute | None:
        """Return the first route that has the path, for whatever method."""
        path = route_path(scope)
        for part in self.parts:
            if not isinstance(part, PathTable):
                if matched(part, scope)[0] is not Match.NONE:
                    return part
            elif found := part.candidates(path):
                route: BaseRoute = found[0][0].target.route
                return route
        return None


class Tables(dict[str, Table]):
    """The tables of a router for "http" and "websocket" connections, each made when it is first asked for."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], Table]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, kind: str) -> Table:
        """Make the table of the routes as they are now."""
        table = self[kind] = self._make(kind)
        return table


def matched(route: BaseRoute, scope: Scope) -> tuple[Match, Scope]:
    """Ask a route that is not looked up; a convertor of a mount that refuses is no match."""
    try:
        return route.matches(scope)
    except ValueError:
        if type(route).matches is Mount.matches:  # as in _taken(); what other classes raise is theirs
            return Match.NONE, {}
        raise


def _asked(part: BaseRoute, child_scope: Scope, scope: Scope) -> ASGIApp:
    """Note in the scope what a route that was asked has said, and return what answers."""
    route = child_scope.get("route", part)
    scope.update({"route": part, **child_scope})
    note_route(scope, route)
    if (inclusion := _inclusion_of(route)) is not None:
        scope["fastapi"] = {**inclusion, **child_scope.get("fastapi", {})}
    return limit_body(_noting(part.handle), getattr(route, "max_body_size", None))


def _taken(entry: Entry, captured: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the path parameters; None where a convertor refuses: a number that has more digits than Python converts."""
    try:
        return entry.parameters(captured) if captured else {}
    except ValueError:
        return None


def _refused(partial: tuple[BaseRoute, Scope], scope: Scope) -> ASGIApp:
    """Return what a route does that matched in all but the method."""
    route, child_scope = partial
    scope.update({"route": route, **child_scope})
    note_route(scope, route)
    return _noting(route.handle)


def note_route(scope: Scope, route: BaseRoute | None) -> None:
    """Record which route a request has reached, in a recorded connection."""
    connection = connection_of(scope)
    path_format = getattr(route, "path_format", None)
    if connection is None or path_format is None:
        return
    if isinstance(route, Mount):
        connection.reached_mount(path_format)
    else:
        connection.reached(path_format)


def _entry(order: int, route: Any, form_limits: FormLimits | None) -> Entry:
    methods = getattr(route, "methods", None)
    return Entry(
        order=order,
        path=_template(route),
        methods=frozenset(methods) if methods else None,
        convertors=route.param_convertors,
        target=Target(route, form_limits),
    )


def _template(route: Any) -> str:
    path: str = route.path
    return path


def is_plain(route: BaseRoute) -> bool:
    """Tell whether the route matches by its path template and methods alone, and may be looked up."""
    if not isinstance(route, Route | WebSocketRoute):
        return False
    base = next(
        each for each in (APIRoute, APIWebSocketRoute, Route, WebSocketRoute) if isinstance(route, each)
    )
    return type(route).matches is base.matches and (not route.path or route.path.startswith("/"))


def _is_for_other(route: BaseRoute, kind: str) -> bool:
    """Tell whether the route can never match this kind of connection."""
    if not isinstance(route, Route | WebSocketRoute):
        return False
    never = bool(route.path) and not route.path.startswith("/") and _is_plain_class(route)
    return never or isinstance(route, WebSocketRoute) is not (kind == "websocket")


def _is_plain_class(route: BaseRoute) -> bool:
    return type(route) in {Route, WebSocketRoute, APIRoute, APIWebSocketRoute}


def method_not_allowed(allowed: Sequence[str]) -> ASGIApp:
    """Return the application that refuses the method and lists those that are allowed."""
    headers = {"Allow": ", ".join(dict.fromkeys(allowed))}

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if "app" in scope:
            raise HTTPException(status_code=405, headers=headers)
        await PlainTextResponse("Method Not Allowed", status_code=405, headers=headers)(scope, receive, send)

    return refuse


def _noting(app: ASGIApp) -> ASGIApp:
    """Return an application that notes in the scope when its response starts, as compiled ones do."""

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope[STARTED] = True
            await send(message)

        await app(scope, receive, note)

    return noting
