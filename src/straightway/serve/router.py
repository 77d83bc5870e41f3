"""`APIRouter`: an ordered list of routes with common options, which can be part of other routers."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import Unpack

from straightway.analyse.places import place_of
from straightway.datastructures import Default
from straightway.declare.depends import Depends
from straightway.declare.keywords import advising, spell_out
from straightway.declare.options import (
    DEFAULTS,
    LAYERED,
    AddRouteOptions,
    ApiRouteOptions,
    FormLimits,
    IncludeOptions,
    RouteArguments,
    checked_options,
    combine,
    filled,
)
from straightway.errors import Place, calling_place
from straightway.problems.problem import Problem
from straightway.problems.raising import checked_problems
from straightway.serve import frontend as frontends
from straightway.serve.events import Events
from straightway.serve.frontend_routes import frontend_app
from straightway.serve.inclusion import Inclusion, RouteList, check_prefix, place_of_routes
from straightway.serve.lifespan import DefaultLifespan, lifespan_context
from straightway.serve.limits import checked_form_limits, checked_max_body_size
from straightway.serve.passage import PASSAGE
from straightway.serve.redirects import slash_redirect
from straightway.serve.refusals import (
    check_lifespan,
    check_path,
    check_path_argument,
    check_router,
)
from straightway.serve.refused_inclusions import check_inclusion
from straightway.serve.refused_options import check_options
from straightway.serve.routes import APIRoute
from straightway.serve.table import Table, Tables
from straightway.serve.verbs import Endpoint, Verbs
from straightway.serve.websocket_routes import APIWebSocketRoute
from straightway.telemetry.configuration import Settings
from straightway.utils import generate_unique_id


class APIRouter(Verbs, Events, Router):
    """Collects endpoints under a common prefix and common options, and serves them.

    `routes` is a flat list of real routes with full paths, those of included routers among them. It may be changed
    like any list; requests see the change.
    """

    @advising("APIRouter.__init__")
    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[str | Enum] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] = Default(JSONResponse),
        responses: Mapping[int | str, dict[str, Any]] | None = None,
        callbacks: Sequence[BaseRoute] | None = None,
        routes: Sequence[BaseRoute] | None = None,
        redirect_slashes: bool = True,
        default: ASGIApp | None = None,
        dependency_overrides_provider: Any = None,
        route_class: type[APIRoute] = APIRoute,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
        lifespan: Any = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        generate_unique_id_function: Callable[[APIRoute], str] = Default(generate_unique_id),
        strict_content_type: bool = Default(True),
        max_body_size: int | None = None,
        form_limits: FormLimits | None = None,
        raises: Sequence[type[Problem]] | None = None,
    ) -> None:
        check_options({"dependencies": dependencies, "responses": responses}, calling_place)
        if lifespan is not None:
            check_lifespan(lifespan)
        self._parents: list[tuple[weakref.ref[APIRouter], Inclusion]] = []
        self._inclusions: list[Inclusion] = []
        self._frontends: list[frontends.Frontend] = []
        self._stale = False
        self.tables = Tables(self.table_for)
        self._routes = RouteList((), self._changed)
        self.on_startup = list(on_startup or ())
        self.on_shutdown = list(on_shutdown or ())
        context = DefaultLifespan(self) if lifespan is None else lifespan_context(lifespan)
        super().__init__(routes=routes, redirect_slashes=redirect_slashes, default=default, lifespan=context)
        if prefix:
            check_prefix(prefix)
        self.prefix = prefix
        self.tags = list(tags or ())
        self.dependencies = list(dependencies or ())
        self.default_response_class = default_response_class
        self.responses = dict(responses or {})
        self.callbacks = list(callbacks or ())
        self.dependency_overrides_provider = dependency_overrides_provider
        self.route_class = route_class
        self.deprecated = deprecated
        self.include_in_schema = include_in_schema
        self.generate_unique_id_function = generate_unique_id_function
        self.strict_content_type = strict_content_type
        self.max_body_size = checked_max_body_size(max_body_size)
        self.form_limits = checked_form_limits(form_limits)
        self.raises = checked_problems(raises)

    # The list of routes

    @property
    def routes(self) -> list[BaseRoute]:  # an attribute in Starlette
        """All routes in the order in which they are tried."""
        if self._stale:
            self._refresh()
        return self._routes

    @routes.setter
    def routes(self, routes: Iterable[BaseRoute]) -> None:
        self._routes = RouteList(routes, self._changed)
        self._changed()

    def _changed(self) -> None:
        """Forget what was derived from the routes, here and in all routers that include this one."""
        self.tables = Tables(self.table_for)
        self.routes_version = getattr(self, "routes_version", 0) + 1
        for reference, _ in self._parents:
            parent = reference()
            if parent is not None:
                parent._stale = True  # noqa: SLF001  # a router, too
                parent._changed()  # noqa: SLF001  # the same

    def _refresh(self) -> None:
        """Bring the routes of included routers up to date, where they stand in the list."""
        self._stale = False
        routes = list(self._routes)
        for inclusion in self._inclusions:
            before = {id(made) for _, made in inclusion.made.values()}
            dropped = before - {id(each) for each in routes}
            routes = [each for each in routes if id(each) not in before]
            made = [each for each in inclusion.routes() if id(each) not in dropped]
            index = place_of_routes(routes, inclusion)
            routes[index:index] = made
        list.__setitem__(self._routes, slice(None), routes)

    # Declaring

    @spell_out(AddRouteOptions, DEFAULTS)
    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], **options: Unpack[AddRouteOptions]
    ) -> None:
        """Add a route for `endpoint`, the router's own options laid under those given.

        Raises `DeclarationError` for a mistake in the function's declaration, TypeError for an unknown option.
        """
        given = checked_options("add_api_route", options, AddRouteOptions)
        self.check_path(path)
        check_options(given, calling_place)
        route_class = given.pop("route_class_override", None) or self.route_class
        given["raises"] = checked_problems(
            given.get("raises"), lambda: place_of(endpoint, self.prefix + path)
        )
        combined = filled(combine(self._own_options(), given), RouteArguments)
        for name, empty in (("tags", list), ("dependencies", list), ("callbacks", list), ("responses", dict)):
            combined[name] = combined[name] or empty()
        if not combined["form_limits"]:
            del combined["form_limits"]  # route classes written before it existed do not know the keyword
        if not combined.get("raises"):
            combined.pop("raises", None)  # nor this one
        combined["dependency_overrides_provider"] = self.dependency_overrides_provider
        self.routes.append(route_class(self.prefix + path, endpoint, **combined))

    @spell_out(ApiRouteOptions, DEFAULTS)
    def api_route(self, path: str, **options: Unpack[ApiRouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint for the methods given, GET by default."""
        check_path_argument("api_route", path)
        given = checked_options("api_route", options, ApiRouteOptions)

        def decorate(function: Any) -> Any:
            self.add_api_route(path, function, **filled(given, ApiRouteOptions))
            return function

        return decorate

    def mount(self, path: str, app: ASGIApp, name: str | None = None) -> None:
        """Have another ASGI application answer what is below `path`."""
        check_path(path, calling_place)
        super().mount(path, app, name)

    def add_api_websocket_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        name: str | None = None,
        *,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        """Add a WebSocket route for `endpoint`."""
        self.check_path(path)
        self.routes.append(
            APIWebSocketRoute(
                self.prefix + path,
                endpoint,
                name=name,
                dependencies=[*self.dependencies, *(dependencies or ())],
                dependency_overrides_provider=self.dependency_overrides_provider,
            )
        )

    def websocket(
        self, path: str, name: str | None = None, *, dependencies: Sequence[Depends] | None = None
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a WebSocket endpoint."""
        check_path_argument("websocket", path)

        def decorate(function: Any) -> Any:
            self.add_api_websocket_route(path, function, name=name, dependencies=dependencies)
            return function

        return decorate

    def route(
        self,
        path: str,
        methods: Sequence[str] | None = None,
        name: str | None = None,
        include_in_schema: bool = True,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a plain Starlette endpoint: a function from request to response, nothing injected."""

        def decorate(function: Any) -> Any:
            self.add_route(path, function, methods=methods, name=name, include_in_schema=include_in_schema)
            return function

        return decorate

    def websocket_route(self, path: str, name: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declare a plain Starlette WebSocket endpoint, nothing injected."""

        def decorate(function: Any) -> Any:
            self.add_websocket_route(path, function, name=name)
            return function

        return decorate

    def frontend(
        self,
        path: str,
        *,
        directory: Any,
        fallback: frontends.Fallback | None = "auto",
        check_dir: frontends.CheckDir = "auto",
    ) -> None:
        """Serve a built single-page application below `path`, where no route answers. See `serve.frontend`."""
        frontend = frontends.frontend_of(
            path,
            directory=directory,
            fallback=fallback,
            check_dir=check_dir,
            prefix=self.prefix,
            dependencies=self.dependencies,
        )
        self._frontends.append(replace(frontend, max_body_size=self.max_body_size))
        self._changed()

    @spell_out(IncludeOptions, DEFAULTS)
    def include_router(self, router: APIRouter, **options: Unpack[IncludeOptions]) -> None:
        """Serve another router's routes here, under a prefix and with further options; later additions to it too."""
        given = checked_options("include_router", options, IncludeOptions)
        prefix = given.pop("prefix", "")
        check_router(router, prefix)
        check_options(given, calling_place)
        check_inclusion(self, router, prefix)
        given["response_class"] = given.pop("default_response_class", Default(JSONResponse))
        checked_max_body_size(given.get("max_body_size"))
        checked_form_limits(given.get("form_limits"))
        given["raises"] = checked_problems(given.get("raises"))
        outer = combine(self._own_options(), given)
        inclusion = Inclusion(self, router, outer, self.prefix + prefix, self._last())
        self._inclusions.append(inclusion)
        router._parents.append((weakref.ref(self), inclusion))
        self._stale = True
        self._changed()
        self.include_lifespan(router)

    def check_path(self, path: str, at: Callable[[], Place] = calling_place) -> None:
        """Refuse a path that no request has. Only what an application serves has paths: webhooks have names."""
        if self.dependency_overrides_provider is not None:
            check_path(self.prefix + path, at)

    def included(self) -> Iterator[APIRouter]:
        """Yield the routers that are included here, in order."""
        return (inclusion.child for inclusion in self._inclusions)

    def _last(self) -> BaseRoute | Inclusion | None:
        """Return what the next inclusion comes after: the last inclusion or the last route, whichever is later."""
        routes = self.routes
        latest = self._inclusions[-1] if self._inclusions else None
        if latest is not None:
            made = [each for _, each in latest.made.values()]
            end = place_of_routes(
                [each for each in routes if not any(each is one for one in made)], latest
            ) + len(made)
            if end >= len(routes):
                return latest
        return routes[-1] if routes else None

    def _own_options(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in LAYERED if name != "response_class"}
        own["response_class"] = self.default_response_class
        return own

    def late_options(self) -> dict[str, Any]:
        """Return the options that an inclusion reads of this router when it makes a route, not when it is declared."""
        return {
            "response_class": self.default_response_class,
            "generate_unique_id_function": self.generate_unique_id_function,
            "strict_content_type": self.strict_content_type,
        }

    # Serving

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        kind = scope["type"]
        if "router" not in scope:
            scope["router"] = self
        if kind == "lifespan":
            from straightway.telemetry import exporters  # once, when the application starts

            settings = getattr(scope.get("app"), "_telemetry", None) or Settings()
            await exporters.lifespan(
                config=settings, app=self.lifespan, scope=scope, receive=receive, send=send
            )
            return
        await self.tables[kind].find(scope)(scope, receive, send)

    def table_for(self, kind: str) -> Table:
        """Return the table of the routes for "http" or "websocket" connections, as they are now, with what else answers.

        That is a redirect to the path with or without slash, a frontend, or the default.
        """
        return Table(
            self.routes,
            kind,
            self.form_limits,
            otherwise=self._other if kind == "http" else lambda _table, _scope: self.default,
        )

    def _other(self, table: Table, scope: Scope) -> ASGIApp:
        redirect = self.redirect_slashes and slash_redirect(scope, table)
        return redirect or frontend_app(self.all_frontends(), scope, self) or self.default

    def all_frontends(self) -> list[frontends.Frontend]:
        """Return the frontends of this router and of included ones, those under their prefixes."""
        found = list(self._frontends)
        for inclusion in self._inclusions:
            options = {name: inclusion.outer.get(name) for name in ("dependencies", "max_body_size")}
            found += [
                frontends.included(each, prefix=inclusion.prefix, **options)
                for each in inclusion.child.all_frontends()
            ]
        return found

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the route that is tried matches, where this router is included; a subclass is asked first."""
        return scope[PASSAGE].matches(scope) if PASSAGE in scope else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection, with the route that matched where this router is included."""
        await (scope[PASSAGE].handle if PASSAGE in scope else self.app)(scope, receive, send)

    @property
    def is_asked(self) -> bool:
        """Whether a subclass decides for itself which requests reach the routes, or how."""
        own = type(self)
        return own.matches is not APIRouter.matches or own.handle is not APIRouter.handle

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other
