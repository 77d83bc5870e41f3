import importlib
import subprocess
import sys

import pytest

REEXPORTED = [
    ("requests", "starlette.requests", ["HTTPConnection", "Request"]),
    ("websockets", "starlette.websockets", ["WebSocket", "WebSocketDisconnect", "WebSocketState"]),
    ("staticfiles", "starlette.staticfiles", ["StaticFiles"]),
    ("templating", "starlette.templating", ["Jinja2Templates"]),
    ("testclient", "starlette.testclient", ["TestClient"]),
    ("middleware", "starlette.middleware", ["Middleware"]),
    ("middleware.cors", "starlette.middleware.cors", ["CORSMiddleware"]),
    ("middleware.gzip", "starlette.middleware.gzip", ["GZipMiddleware"]),
    ("middleware.httpsredirect", "starlette.middleware.httpsredirect", ["HTTPSRedirectMiddleware"]),
    ("middleware.trustedhost", "starlette.middleware.trustedhost", ["TrustedHostMiddleware"]),
]


@pytest.mark.parametrize(
    ("module", "origin", "names"), REEXPORTED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_module_offers_starlette_s_objects(module, origin, names):
    """The names are those of FastAPI and the objects Starlette's own, not subclasses."""
    ours = importlib.import_module(f"straightway.{module}")
    theirs = importlib.import_module(origin)

    assert ours.__all__ == names
    assert all(getattr(ours, name) is getattr(theirs, name) for name in names)


@pytest.mark.parametrize(
    ("module", "origin"),
    [
        ("exceptions", "straightway.errors"),
        ("params", "straightway.declare.params"),
        ("types", "pydantic.main"),
        ("logger", None),
        ("concurrency", "starlette.concurrency"),
        ("datastructures", "starlette.datastructures"),
    ],
)
def test_public_names_exist(module, origin):
    """`__all__` can be relied on, and what another module owns is that module's object."""
    ours = importlib.import_module(f"straightway.{module}")
    theirs = importlib.import_module(origin) if origin else None

    for name in ours.__all__:
        value = getattr(ours, name)
        if theirs is not None and getattr(value, "__module__", None) == origin:
            assert getattr(theirs, name) is value


@pytest.mark.parametrize(
    ("module", "missing", "message"),
    [
        ("testclient", ["httpx2", "httpx"], "TestClient requires the package httpx2"),
        ("templating", ["jinja2"], "Jinja2Templates requires the package jinja2"),
    ],
)
def test_missing_package_is_named_with_the_command_that_installs_it(module, missing, message):
    """Without the optional package the import fails with the remedy; run apart, as modules are cached."""
    script = f"""
import sys
sys.modules.update(dict.fromkeys({missing!r}))
import straightway.errors
try:
    import straightway.{module}
except straightway.errors.MissingDependencyError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603  # our own script

    assert done.stdout == f'{message}\nInstall it with: pip install "straightway[standard]"\n'


def test_wsgi_adapter_warns_as_starlette_does():
    """The module is there, and so is Starlette's deprecation of it; run apart, as it warns only once."""
    script = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from straightway.middleware.wsgi import WSGIMiddleware
print(WSGIMiddleware.__module__, caught[0].category.__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603  # our own script

    assert done.stdout == "starlette.middleware.wsgi StarletteDeprecationWarning\n"


def test_logger_has_the_name_of_the_package():
    """Logging is configured under that name."""
    from straightway.logger import logger

    assert logger.name == "straightway"
