"""What cannot be served, refused where it is declared: paths, options of routes, middleware, handlers, routers.

FastAPI takes most of it, and the application fails later, or answers 404 for ever.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from contextlib import _AsyncGeneratorContextManager
from types import ModuleType
from typing import Any

from starlette.convertors import CONVERTOR_TYPES
from starlette.middleware import Middleware
from starlette.routing import PARAM_REGEX

from straightway.analyse.callables import is_made_context_manager, unwrapped
from straightway.analyse.places import place_of
from straightway.declare.keywords import refuse_unknown_keywords
from straightway.errors import (
    DeclarationError,
    DeclarationTypeError,
    DeclarationValueError,
    Place,
    calling_place,
)
from straightway.wording import did_you_mean, kind_of_object

__all__ = [
    "check_arguments",
    "check_convertors",
    "check_handler",
    "check_lifespan",
    "check_middleware",
    "check_middleware_type",
    "check_path",
    "check_path_argument",
    "check_router",
    "no_response",
]

_ALMOST_A_PARAMETER = re.compile(r"\{\s*[A-Za-z_][\w -]*(?:\}|$|/)")


def check_path_argument(decorator: str, path: object) -> None:
    """Refuse `@app.get` without parentheses, which would declare nothing at all."""
    if isinstance(path, str):
        return
    name = getattr(path, "__name__", "read")
    raise DeclarationTypeError(
        f"{decorator}() takes the path of the endpoint, not {kind_of_object(path)}",
        at=place_of(path) if inspect.isfunction(path) else calling_place(),
        instead=f'@app.{decorator}("/{name}"), with the path in parentheses, above def {name}(...)',
    )


def check_path(path: str, at: Callable[[], Place]) -> None:
    """Refuse a path that no request could have."""
    if path and not path.startswith("/"):
        raise DeclarationError(
            f"The path {path!r} must start with '/', or no request reaches it", at=at(), instead=f'"/{path}"'
        )
    if _has_stray_brace(path):
        raise DeclarationError(
            f"The path {path!r} has a brace before what is no parameter, and is taken as it stands",
            at=at(),
            instead=f'"{_mended(path)}": the name of a parameter is one of Python, and its braces are closed',
        )


def _mended(path: str) -> str:
    """Write every segment that has a stray brace as a parameter."""
    return "/".join(_as_parameter(each) if _has_stray_brace(each) else each for each in path.split("/"))


def _has_stray_brace(text: str) -> bool:
    """Tell whether something was meant to be a parameter and is none; other braces stand for themselves."""
    return _ALMOST_A_PARAMETER.search(PARAM_REGEX.sub("", text)) is not None


def _as_parameter(segment: str) -> str:
    name = re.sub(r"\W+", "_", segment.strip("{} "))
    return f"{{{name}}}"


def check_convertors(path: str, at: Callable[[], Place]) -> None:
    """Refuse a name that stands twice in a path, and a convertor that is not known."""
    for match in PARAM_REGEX.finditer(path):
        kind = (match[2] or ":str")[1:]
        if kind not in CONVERTOR_TYPES:
            close = did_you_mean(kind, CONVERTOR_TYPES)
            known = ", ".join(sorted(CONVERTOR_TYPES))
            raise DeclarationError(
                f"Unknown path convertor {kind!r}{close}",
                at=at(),
                instead=f'"{path.replace(match[0], "{" + match[1] + "}")}", and the type in the function; or one of {known}',
            )
    names = [match[1] for match in PARAM_REGEX.finditer(path)]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        first, _, second = path.partition(f"{{{doubled}}}")
        raise DeclarationValueError(
            f"Duplicated param name {doubled} at path {path}",
            at=at(),
            instead=f'"{first}{{{doubled}}}{second.replace(doubled, f"other_{doubled}", 1)}"',
        )


def check_lifespan(lifespan: object) -> None:
    """Refuse a lifespan that yields nothing, has been called already, or does not take the application."""
    name = getattr(lifespan, "__name__", None) or getattr(
        getattr(lifespan, "func", None), "__name__", "lifespan"
    )
    if isinstance(lifespan, _AsyncGeneratorContextManager):
        raise DeclarationTypeError(
            f"lifespan is a function, not the result of calling {name}()",
            at=calling_place(),
            instead=f"lifespan={name}",
        )
    if inspect.iscoroutinefunction(lifespan):
        raise DeclarationTypeError(
            f"The lifespan {name}() does not yield: what stands before the `yield` runs at the start, "
            "what stands after it at the end",
            at=place_of(lifespan),
            instead=f"@asynccontextmanager above async def {name}(app): with a `yield` in it",
        )
    if inspect.isroutine(lifespan):
        check_arguments(unwrapped(lifespan) if is_made_context_manager(lifespan) else lifespan, "app")


def check_router(router: object, prefix: str) -> None:
    """Refuse to include what is no router: a module, another application, anything else."""
    if hasattr(router, "included"):
        return
    name = str(getattr(router, "__name__", "users")).rpartition(".")[2]
    if isinstance(router, ModuleType):
        found = [
            each
            for each, value in vars(router).items()
            if hasattr(value, "included") and not inspect.isclass(value)
        ]
        remedy = f"app.include_router({name}.{found[0] if found else 'router'})"
    elif hasattr(router, "router"):
        remedy = f'app.mount("{prefix or "/api"}", other), which serves another application; or an APIRouter() for both'
    else:
        remedy = "app.include_router(router), with router = APIRouter()"
    raise DeclarationTypeError(
        f"include_router() takes an APIRouter, not {kind_of_object(router)}",
        at=calling_place(),
        instead=remedy,
    )


def check_middleware(middleware: Middleware) -> None:
    """Refuse what Starlette could not make a layer of when the application starts."""
    made, given, options = middleware
    kind = getattr(made, "__name__", type(made).__name__)
    if not callable(made) or not (inspect.isclass(made) or inspect.isroutine(made) or hasattr(made, "func")):
        raise DeclarationTypeError(
            f"add_middleware() takes the class of a middleware, not {kind_of_object(made)}",
            at=calling_place(),
            instead=f"app.add_middleware({type(made).__name__}), with its options as keywords",
        )
    signature = _signature(made)
    if signature is None:
        return
    parameters = signature.parameters
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    unknown = next((name for name in options if name not in parameters), None)
    if unknown is not None and not takes_any:
        refuse_unknown_keywords(kind, [unknown], [name for name in parameters if name != "app"])
    try:
        signature.bind(None, *given, **options)
    except TypeError as error:
        is_function = inspect.isfunction(made)
        raise DeclarationTypeError(
            f"{kind} cannot be made a middleware: {error}",
            at=calling_place(),
            instead=f'@app.middleware("http") above async def {kind}(request, call_next):'
            if is_function
            else f"class {kind}: with def __init__(self, app) and async def __call__(self, scope, receive, send)",
        ) from None


def no_response(returned: object, function: Any, arguments: str) -> DeclarationTypeError:
    """Return the exception for what a handler or a middleware returned in the place of a response."""
    name = getattr(function, "__name__", type(function).__name__)
    remedy = "return JSONResponse({...}), with from straightway.responses import JSONResponse"
    return DeclarationTypeError(
        f"{name}({arguments}) returned {kind_of_object(returned)}, not a response",
        at=place_of(function),
        instead="return response" if returned is None else remedy,
    )


def check_middleware_type(kind: object) -> None:
    """Refuse `@app.middleware` without parentheses, which would do nothing at all."""
    if isinstance(kind, str):
        return
    raise DeclarationTypeError(
        f"middleware() takes the kind of middleware, not {kind_of_object(kind)}",
        at=place_of(kind) if inspect.isfunction(kind) else calling_place(),
        instead=f'@app.middleware("http") above async def {getattr(kind, "__name__", "layer")}(request, call_next):',
    )


def check_arguments(function: Any, *names: str) -> None:
    """Refuse a function that cannot be called with as many arguments as it will be."""
    signature = _signature(function)
    try:
        if signature is not None:
            signature.bind(*names)
    except TypeError as error:
        name = getattr(function, "__name__", type(function).__name__)
        raise DeclarationTypeError(
            f"{name}() is called with {' and '.join(names)}: {error}",
            at=place_of(function),
            instead=f"async def {name}({', '.join(names)}):",
        ) from None


def _signature(call: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(call, follow_wrapped=False)
    except (TypeError, ValueError):
        return None


def check_handler(key: object, handler: Any) -> None:
    """Refuse an exception handler for what is neither an exception class nor a status."""
    if isinstance(key, int) or (inspect.isclass(key) and issubclass(key, BaseException)):
        check_arguments(handler, "request", "exception")
        return
    if isinstance(key, str) and key.isdigit():
        remedy = f"@app.exception_handler({key})"
    else:
        remedy = "@app.exception_handler(KeyError), or another class of exceptions, or a status: 404"
    raise DeclarationTypeError(
        f"exception_handler() takes an exception class or a status, not {kind_of_object(key)}",
        at=place_of(handler) if inspect.isfunction(handler) else calling_place(),
        instead=remedy,
    )
