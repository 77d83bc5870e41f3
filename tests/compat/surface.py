"""Compare what `import fastapi` gives with surface.toml and print the result as JSON.

Run in a process of its own, with the distribution first on the path: the tests' own process may have another `fastapi`.
"""

import dataclasses
import inspect
import json
import sys
import tomllib
from importlib import import_module
from pathlib import Path

TABLE = Path(__file__).with_name("surface.toml")


def main():
    """Print what differs, and the parameters as they are."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    found = {
        "missing names": {module: missing_names(module, names) for module, names in table["names"].items()},
        "parameters": {name: parameters(resolved(name)) for name in table["parameters"]},
        "missing attributes": {
            name: [each for each in table["attributes"][name] if not hasattr(thing, each)]
            for name, thing in objects().items()
        },
        "present": [name for name in table["absent"] if is_there(name)],
    }
    json.dump(found, sys.stdout)


def missing_names(module, names):
    """List the names that a module lacks."""
    imported = import_module(module)
    return [name for name in names if not hasattr(imported, name)]


def resolved(name):
    """Find what a dotted name stands for; the longest importable part of it is a module."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            thing = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            thing = getattr(thing, part)
        return thing
    raise ModuleNotFoundError(name)


def is_there(name):
    """Tell whether a dotted name stands for anything."""
    try:
        resolved(name)
    except (AttributeError, ModuleNotFoundError):
        return False
    return True


def parameters(function):
    """Return the parameters of a callable, or the fields of a dataclass, with their defaults in words."""
    if dataclasses.is_dataclass(function):
        return {each.name: default_of_field(each) for each in dataclasses.fields(function) if each.init}
    signature = inspect.signature(function)
    return {name: worded(each.default) for name, each in signature.parameters.items()}


def default_of_field(field):
    """Return the default of a dataclass's field in words."""
    if field.default_factory is not dataclasses.MISSING:
        return f"{field.default_factory.__name__}()"
    return "..." if field.default is dataclasses.MISSING else worded(field.default)


def worded(default):
    """Return a default as surface.toml writes it."""
    from fastapi._compat import Undefined
    from fastapi.datastructures import DefaultPlaceholder, _Unset

    if default is inspect.Parameter.empty:
        return "..."
    if default is Undefined:
        return "Undefined"
    if isinstance(default, DefaultPlaceholder):
        return "Unset" if default == _Unset else f"Default({worded(default.value)})"
    return getattr(default, "__name__", repr(default))


def objects():
    """Make one object of each kind that other packages look into."""
    from fastapi import APIRouter, FastAPI
    from fastapi._compat import ModelField
    from fastapi.exceptions import RequestValidationError
    from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
    from pydantic.fields import FieldInfo

    app, router = FastAPI(), APIRouter()

    @router.get("/items/{item_id}")
    def read_item(item_id: int):
        return item_id

    @router.websocket("/live")
    async def live(websocket): ...

    app.include_router(router, prefix="/v1")
    kinds = {type(route): route for route in app.routes}
    return {
        "FastAPI": app,
        "APIRouter": router,
        "APIRoute": kinds[APIRoute],
        "APIWebSocketRoute": kinds[APIWebSocketRoute],
        "RouteContext": next(each for each in iter_route_contexts(app.routes) if each.name == "read_item"),
        "ModelField": ModelField(field_info=FieldInfo(annotation=int), name="count"),
        "RequestValidationError": RequestValidationError([]),
    }


if __name__ == "__main__":
    main()
