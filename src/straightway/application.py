"""`Straightway`: collects declarations, describes and serves them; the only module that knows all stages."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from sys import modules
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import Unpack, deprecated

from straightway.datastructures import Default
from straightway.declare.depends import Depends
from straightway.declare.keywords import advising, spell_out
from straightway.declare.options import DEFAULTS, AddRouteOptions, ApiRouteOptions, FormLimits, IncludeOptions
from straightway.errors import (
    DeclarationError,
    RequestValidationError,
    WebSocketRequestValidationError,
    calling_place,
    warn_deprecated,
)
from straightway.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)
from straightway.problems.problem import Problem
from straightway.runtime.lifetimes import HANDLERS
from straightway.serve.agents import STARLETTE_CALL
from straightway.serve.failures import ErrorLayer, ExceptionLayer, FailureLayer
from straightway.serve.frontend import CheckDir, Fallback
from straightway.serve.limits import BodyLimit, checked_max_body_size, refusal_of
from straightway.serve.refusals import (
    check_arguments,
    check_handler,
    check_middleware,
    check_middleware_type,
)
from straightway.serve.router import APIRouter
from straightway.serve.routes import APIRoute
from straightway.serve.verbs import Endpoint, Verbs
from straightway.telemetry import TelemetryConfig
from straightway.telemetry.asgi import NativeTelemetry
from straightway.telemetry.configuration import STRAIGHTWAY, Framework, settings_of
from straightway.telemetry.gate import INTERFACE, has_global_provider
from straightway.utils import generate_unique_id

if TYPE_CHECKING:
    from straightway.describe.explained import Explanation
    from straightway.serve.explain import SourceOf
    from straightway.serve.rsgi import RSGIServer


class Straightway(Verbs, Starlette):
    """An ASGI application made of typed endpoints, with its OpenAPI document and documentation pages.

    Every argument is optional. Those of the document (`title`, `version`, …) are the fields of the OpenAPI 3.1
    `info` and root objects; `openapi_url=None` turns document and pages off, `docs_url=None` and `redoc_url=None`
    one page. `dependencies`, `responses`, `default_response_class`, `callbacks`, `deprecated`, `include_in_schema`,
    `max_body_size`, `form_limits` and `raises` hold for all routes. `problem_details` answers every error with problem
    details (RFC 9457). `telemetry` says what OpenTelemetry records. Unknown arguments are a TypeError.
    """

    router: APIRouter
    _framework: ClassVar[Framework] = STRAIGHTWAY

    @advising("Straightway.__init__")
    def __init__(
        self,
        *,
        telemetry: TelemetryConfig | None = None,
        debug: bool = False,
        routes: list[BaseRoute] | None = None,
        title: str = "Straightway",
        summary: str | None = None,
        description: str = "",
        version: str = "0.1.0",
        openapi_url: str | None = "/openapi.json",
        openapi_tags: list[dict[str, Any]] | None = None,
        servers: list[dict[str, Any]] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] = Default(JSONResponse),
        redirect_slashes: bool = True,
        docs_url: str | None = "/docs",
        redoc_url: str | None = "/redoc",
        swagger_ui_oauth2_redirect_url: str | None = "/docs/oauth2-redirect",
        swagger_ui_init_oauth: dict[str, Any] | None = None,
        middleware: Sequence[Middleware] | None = None,
        exception_handlers: Mapping[Any, Any] | None = None,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
        lifespan: Any = None,
        terms_of_service: str | None = None,
        contact: dict[str, Any] | None = None,
        license_info: dict[str, Any] | None = None,
        root_path: str = "",
        root_path_in_servers: bool = True,
        responses: Mapping[int | str, dict[str, Any]] | None = None,
        callbacks: list[BaseRoute] | None = None,
        webhooks: APIRouter | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        swagger_ui_parameters: dict[str, Any] | None = None,
        generate_unique_id_function: Callable[[APIRoute], str] = Default(generate_unique_id),
        separate_input_output_schemas: bool = True,
        openapi_external_docs: dict[str, Any] | None = None,
        strict_content_type: bool = True,
        max_body_size: int | None = None,
        form_limits: FormLimits | None = None,
        raises: Sequence[type[Problem]] | None = None,
        problem_details: bool = False,
    ) -> None:
        self._telemetry = settings_of(telemetry, self._framework)
        self._native_telemetry = NativeTelemetry(self._telemetry)
        self.debug = debug
        self.title, self.summary, self.description, self.version = title, summary, description, version
        self.terms_of_service, self.contact, self.license_info = terms_of_service, contact, license_info
        self.openapi_url, self.openapi_tags, self.servers = openapi_url, openapi_tags, servers or []
        self.openapi_external_docs = openapi_external_docs
        self.separate_input_output_schemas = separate_input_output_schemas
        self.openapi_version = "3.1.0"
        self.openapi_schema: dict[str, Any] | None = None
        self._described_version: int | None = None
        self.docs_url, self.redoc_url = docs_url, redoc_url
        self.swagger_ui_oauth2_redirect_url = swagger_ui_oauth2_redirect_url
        self.swagger_ui_init_oauth = swagger_ui_init_oauth
        self.swagger_ui_parameters = swagger_ui_parameters
        self.root_path, self.root_path_in_servers = root_path, root_path_in_servers
        if root_path:
            warn_deprecated(
                "root_path is deprecated as an argument of the application: tell the server, as in "
                "`straightway run --root-path /api` (or `fastapi run --root-path /api`)."
            )
        self.max_body_size = checked_max_body_size(max_body_size)
        self.state = State()
        self.dependency_overrides: dict[Callable[..., Any], Callable[..., Any]] = {}
        self.webhooks = webhooks if webhooks is not None else APIRouter()
        self.router = APIRouter(
            routes=routes,
            redirect_slashes=redirect_slashes,
            dependency_overrides_provider=self,
            on_startup=on_startup,
            on_shutdown=on_shutdown,
            lifespan=lifespan,
            default_response_class=default_response_class,
            dependencies=dependencies,
            callbacks=callbacks,
            deprecated=deprecated,
            include_in_schema=include_in_schema,
            responses=responses,
            generate_unique_id_function=generate_unique_id_function,
            strict_content_type=strict_content_type,
            form_limits=form_limits,
            raises=raises,
        )
        for key, handler in (exception_handlers or {}).items():
            check_handler(key, handler)
        for each in middleware or ():
            check_middleware(each)
        self.problem_details = problem_details
        defaults = _problem_handlers() if problem_details else {}
        self.exception_handlers: dict[Any, Any] = {**_HANDLERS, **defaults, **(exception_handlers or {})}
        self.user_middleware = list(middleware or ())
        self.middleware_stack: ASGIApp | None = None
        self._check_document_arguments()
        self.setup()

    def _check_document_arguments(self) -> None:
        if not self.openapi_url:
            return
        if not self.title:
            raise DeclarationError(
                "A title must be provided for OpenAPI, e.g.: 'My API'",
                at=calling_place(),
                instead=f'{type(self).__name__}(title="My API"), or openapi_url=None for no document',
            )
        if not self.version:
            raise DeclarationError(
                "A version must be provided for OpenAPI, e.g.: '2.1.0'",
                at=calling_place(),
                instead=f'{type(self).__name__}(version="2.1.0"), or openapi_url=None for no document',
            )

    # Declaring

    def setup(self) -> None:
        """Add the routes of the OpenAPI document and the documentation pages."""
        from straightway.describe.routes import documentation_routes

        self.router.routes.extend(documentation_routes(self))

    @spell_out(AddRouteOptions, DEFAULTS)
    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], **options: Unpack[AddRouteOptions]
    ) -> None:
        """Add a route for `endpoint`. Raises `DeclarationError` for a mistake in the function's declaration."""
        self.router.add_api_route(path, endpoint, **options)

    @spell_out(ApiRouteOptions, DEFAULTS)
    def api_route(self, path: str, **options: Unpack[ApiRouteOptions]) -> Callable[[Endpoint], Endpoint]:
        """Declare an endpoint for the methods given, GET by default."""
        return self.router.api_route(path, **options)

    def add_api_websocket_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        name: str | None = None,
        *,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        """Add a WebSocket route for `endpoint`."""
        self.router.add_api_websocket_route(path, endpoint, name=name, dependencies=dependencies)

    def websocket(
        self, path: str, name: str | None = None, *, dependencies: Sequence[Depends] | None = None
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a WebSocket endpoint."""
        return self.router.websocket(path, name=name, dependencies=dependencies)

    def websocket_route(self, path: str, name: str | None = None) -> Callable[[Endpoint], Endpoint]:
        """Declare a plain Starlette WebSocket endpoint, nothing injected."""
        return self.router.websocket_route(path, name=name)

    @spell_out(IncludeOptions, DEFAULTS)
    def include_router(self, router: APIRouter, **options: Unpack[IncludeOptions]) -> None:
        """Serve a router's routes, under a prefix and with further options; later additions to it too."""
        self.router.include_router(router, **options)

    def frontend(
        self,
        path: str,
        *,
        directory: Any,
        fallback: Fallback | None = "auto",
        check_dir: CheckDir = "auto",
    ) -> None:
        """Serve a built single-page application below `path`, where no route answers."""
        self.router.frontend(path, directory=directory, fallback=fallback, check_dir=check_dir)

    def add_middleware(self, middleware_class: Any, *args: Any, **kwargs: Any) -> None:
        """Wrap the application in a layer, outside of those added before: `middleware_class(app, *args, **kwargs)`."""
        check_middleware(Middleware(middleware_class, *args, **kwargs))
        super().add_middleware(middleware_class, *args, **kwargs)

    def middleware(self, middleware_type: Literal["http"]) -> Callable[[Endpoint], Endpoint]:
        """Run `async def function(request, call_next) -> Response` around every HTTP request."""
        check_middleware_type(middleware_type)
        from straightway.serve.middleware import HTTPMiddleware  # which an application without does not need

        def decorate(function: Any) -> Any:
            check_arguments(function, "request", "call_next")
            self.add_middleware(HTTPMiddleware, dispatch=function)
            return function

        return decorate

    def add_exception_handler(self, exc_class_or_status_code: int | type[Exception], handler: Any) -> None:
        """Answer an exception class, or an HTTP status, with `handler(request, exception) -> Response`."""
        check_handler(exc_class_or_status_code, handler)
        super().add_exception_handler(exc_class_or_status_code, handler)

    def exception_handler(
        self, exc_class_or_status_code: int | type[Exception]
    ) -> Callable[[Endpoint], Endpoint]:
        """Answer an exception class, or an HTTP status, with `function(request, exception) -> Response`."""

        def decorate(function: Any) -> Any:
            self.add_exception_handler(exc_class_or_status_code, function)
            return function

        return decorate

    @deprecated("on_event is deprecated, use lifespan event handlers instead.")
    def on_event(self, event_type: Literal["startup", "shutdown"]) -> Callable[[Endpoint], Endpoint]:
        """Run the function when the application starts or stops."""

        def decorate(function: Any) -> Any:
            self.router.add_event_handler(event_type, function)
            return function

        return decorate

    # Describing

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document; it is made once and again when routes have changed."""
        version = self.router.routes_version + self.webhooks.routes_version
        if not self.openapi_schema or self._described_version != version:
            from straightway.describe.document import get_openapi  # which brings all models of a document

            self.openapi_schema = get_openapi(
                title=self.title,
                version=self.version,
                openapi_version=self.openapi_version,
                summary=self.summary,
                description=self.description,
                terms_of_service=self.terms_of_service,
                contact=self.contact,
                license_info=self.license_info,
                routes=self.routes,
                webhooks=self.webhooks.routes,
                tags=self.openapi_tags,
                servers=self.servers,
                separate_input_output_schemas=self.separate_input_output_schemas,
                external_docs=self.openapi_external_docs,
            )
            self._described_version = version
        return self.openapi_schema

    def explain(self, request: str, *, source: SourceOf | None = None) -> Explanation:
        """Tell what becomes of a request such as `POST /orders/5?dry=1`, as data that prints as text.

        Nothing of the application is called. `source` asks for the compiled function, for "asgi" or "rsgi".
        Raises ValueError for what is no request.
        """
        from straightway.serve.explain import explain  # which few applications ask for

        return explain(self, request, source=source)

    # Serving

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application with everything that wraps it, the error layer outermost."""
        handlers = {key: each for key, each in self.exception_handlers.items() if key not in (500, Exception)}
        last_resort = next(
            (each for key, each in reversed(self.exception_handlers.items()) if key in (500, Exception)), None
        )
        Middleware(ExceptionMiddleware)  # agents wait for this record to wrap the handlers of that class
        router_app = getattr(type(self.router), "app", None)  # any ASGI application may have taken its place
        is_traced = router_app is not _ROUTER_APP or Starlette.__call__ is not STARLETTE_CALL
        router = None if is_traced else self.router
        exceptions = ExceptionLayer(self.router, handlers, debug=self.debug, router=router)
        if not self.user_middleware and self.max_body_size is None and not is_traced:
            return FailureLayer(exceptions, self.router, last_resort, debug=self.debug)
        app: ASGIApp = exceptions
        for cls, arguments, options in reversed(self.user_middleware):
            app = cls(app, *arguments, **options)
        if self.max_body_size is not None:
            app = BodyLimit(app, self.max_body_size, refusal=refusal_of(self))
        return ErrorLayer(app, last_resort, debug=self.debug)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if self.root_path:
            scope["root_path"] = self.root_path
        scope["app"] = self
        stack = self.middleware_stack
        if stack is None:
            stack = self.serving_stack()
        records = INTERFACE in modules and (has_global_provider() or self._telemetry.provides)
        if (
            not isinstance(stack, FailureLayer)
            or stack.app is not stack.exceptions
            or scope["type"] != "http"
            or records
        ):
            entrance = stack if Starlette.__call__ is STARLETTE_CALL else super().__call__
            await (
                self._native_telemetry(entrance, scope, receive, send)
                if records
                else entrance(scope, receive, send)
            )
            return
        # PERF: without a call of the layer a request costs 0.2 microseconds less on 3.11, benchmarks (hello).
        scope[HANDLERS] = stack.handlers
        router = stack.router
        if "router" not in scope:
            scope["router"] = router
        try:
            await router.tables["http"].find(scope)(scope, receive, send)
            return
        except Exception as error:
            unanswered = await stack.failed(error, scope, receive, send)
            if unanswered is error:
                raise
        if unanswered is not None:
            raise unanswered  # a handler's, which knows what it was to handle

    def serving_stack(self) -> ASGIApp:
        """Return what `build_middleware_stack` has made, once."""
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        return self.middleware_stack

    @cached_property
    def _rsgi(self) -> RSGIServer:
        from straightway.serve.rsgi import RSGIServer  # for one server, of many

        return RSGIServer(self, root_path=self.root_path)

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """Start the application, for a server that speaks RSGI; `loop` does not run yet."""
        loop.run_until_complete(self._rsgi.start())

    def __rsgi_del__(self, loop: AbstractEventLoop) -> None:
        """Stop the application, for a server that speaks RSGI; `loop` does not run any more."""
        loop.run_until_complete(self._rsgi.stop())

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Serve one RSGI connection."""
        await self._rsgi.__rsgi__(scope, protocol)


def _problem_handlers() -> Mapping[Any, Any]:
    from straightway.problem_handlers import PROBLEM_HANDLERS  # which few applications need

    return PROBLEM_HANDLERS


_ROUTER_APP = APIRouter.app
"""The method as it is here: tracers replace it on the class."""

_HANDLERS: dict[Any, Any] = {
    HTTPException: http_exception_handler,
    RequestValidationError: request_validation_exception_handler,
    WebSocketRequestValidationError: websocket_request_validation_exception_handler,
}
