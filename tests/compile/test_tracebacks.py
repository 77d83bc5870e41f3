# ruff: noqa: D103  # the endpoints raise, and do nothing else
"""What a person sees of compiled functions: in tracebacks, in debuggers, and when asking for their source."""

import gc
import inspect
import linecache
import pdb  # noqa: T100  # what is tested
import traceback
from io import StringIO
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

import straightway
from straightway import Body, Depends, Form, Query, Request, Straightway
from straightway.compile.handler import compile_plan
from straightway.errors import RequestValidationError
from straightway.routing import APIRoute
from tests.serve.asgi import ask

OURS = (str(Path(straightway.__file__).parent), "<straightway ")
"""How the files of the framework's frames begin: its modules, and compiled functions."""


class Boom(Exception):
    """What endpoints raise here."""


class Item(BaseModel):
    """What is sent."""

    name: str = ""


async def asynchronous():
    raise Boom


def synchronous():
    raise Boom


async def reading(q: int = 1, found=Depends(lambda: 1)):
    raise Boom


async def taking_json(item: Annotated[Item, Body()] = Item()):
    raise Boom


async def taking_form(name: Annotated[str, Form()] = ""):
    raise Boom


async def taking_request(request: Request):
    raise Boom


async def resource():
    yield 1


def plain_resource():
    yield 1


async def inside(
    first: Annotated[int, Depends(resource)],
    second: Annotated[int, Depends(plain_resource, scope="function")],
):
    raise Boom


def failing():
    raise Boom


async def depending(found: Annotated[int, Depends(failing)]): ...


def traceback_of(endpoint, **options):
    """Return the frames from the call of the application to where the endpoint raised."""
    app = Straightway()
    app.post("/items/{item_id}", **options)(endpoint)

    error = ask(app, path="/items/3", catch=True).error

    assert isinstance(error, Boom)
    frames = traceback.extract_tb(error.__traceback__)
    start = next(number for number, frame in enumerate(frames) if frame.filename.endswith("application.py"))
    return frames[start:]


ENDPOINTS = [asynchronous, synchronous, reading, taking_json, taking_form, taking_request, inside, depending]


@pytest.fixture(params=ENDPOINTS, ids=lambda each: each.__name__)
def endpoint(request):
    """Go through endpoints that raise."""
    return request.param


def test_few_frames_between_the_application_and_the_endpoint(endpoint):
    """A traceback is short: at most six of the framework's own, where FastAPI has twenty."""
    frames = traceback_of(endpoint)

    ours = [frame for frame in frames if frame.filename.startswith(OURS)]

    assert len(ours) <= 6, [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in ours]


def test_frame_names_the_endpoint_and_shows_the_line(endpoint):
    """The compiled function's file says which endpoint it is of, and the line what it was doing."""
    frames = [frame for frame in traceback_of(endpoint) if frame.filename.startswith("<straightway ")]

    place = f"{endpoint.__module__}.{endpoint.__qualname__}"
    assert {frame.filename.partition(" #")[0].removesuffix(">") for frame in frames} == {
        f"<straightway POST /items/{{item_id}} {place}"
    }
    assert all(frame.line for frame in frames)
    called = failing if endpoint is depending else endpoint
    assert f"{called.__name__}" in frames[-1].line


def test_exceptions_are_not_chained_to_anything_of_ours(endpoint):
    """The traceback is about the user's mistake alone."""
    app = Straightway()
    app.post("/")(endpoint)

    error = ask(app, catch=True).error

    assert error.__cause__ is None
    assert error.__context__ is None


def compiled(endpoint, path="/"):
    """Return the function that an endpoint is compiled to."""
    return compile_plan(APIRoute(path, endpoint).plan_for())


def test_source_can_be_shown(endpoint):
    """`inspect.getsource` returns the text of the compiled function."""
    function = compiled(endpoint)

    text = inspect.getsource(function)

    assert text.startswith(f"async def {endpoint.__name__}(scope, receive, send):\n")
    assert inspect.getsourcefile(function).startswith(f"<straightway GET / {endpoint.__module__}.")


def test_source_survives_a_check_of_the_cache():
    """`linecache.checkcache` drops what changed on disk; tracebacks and debuggers call it all the time."""
    function = compiled(reading)
    text = inspect.getsource(function)

    linecache.checkcache()

    assert inspect.getsource(function) == text


def test_source_stays_apart_from_another_of_the_same_endpoint():
    """The same endpoint at one path twice, as in two applications, has two texts."""
    first, second = compiled(asynchronous), compiled(asynchronous)

    assert inspect.getsourcefile(first) != inspect.getsourcefile(second)
    assert inspect.getsource(first) == inspect.getsource(second)


def test_debugger_shows_the_source():
    """`pdb` lists compiled functions like any other."""
    app = Straightway()
    app.post("/")(asynchronous)
    error = ask(app, catch=True).error
    output = StringIO()

    debugger = pdb.Pdb(stdin=StringIO("up\nlist\nquit\n"), stdout=output, nosigint=True, readrc=False)
    debugger.reset()
    debugger.interaction(None, error.__traceback__)
    # Since Python 3.12 the debugger leaves the frame it showed among the globals of that frame's module.
    globals().pop("__pdb_convenience_variables", None)

    shown = output.getvalue()
    assert f"<straightway POST / {__name__}.asynchronous" in shown
    assert "->" in shown
    assert "await asynchronous_2()" in shown


def test_debugger_can_stop_inside():
    """A breakpoint may be set at a line of a compiled function: its file name stands for a text that exists."""
    function = compiled(reading)
    debugger = pdb.Pdb(stdin=StringIO(), stdout=StringIO(), nosigint=True, readrc=False)
    file, line = function.__code__.co_filename, function.__code__.co_firstlineno

    assert debugger.canonic(file) == file
    assert debugger.set_break(file, line + 1) is None
    debugger.clear_all_breaks()


@pytest.mark.parametrize("call", [lambda: None, type("Instance", (), {"__call__": lambda _: None})()])
def test_callable_without_a_name_of_its_own(call):
    """A lambda, and an instance, are compiled and named as well as can be."""
    function = compiled(call)

    assert function.__name__.isidentifier()
    assert inspect.getsource(function)


def test_text_is_dropped_with_the_application():
    """An application that is no more leaves nothing behind."""
    app = Straightway()
    app.post("/")(asynchronous)
    ask(app, catch=True)
    before = [
        each for each in linecache.cache if each.startswith(f"<straightway POST / {__name__}.asynchronous")
    ]

    del app
    gc.collect()

    after = [
        each for each in linecache.cache if each.startswith(f"<straightway POST / {__name__}.asynchronous")
    ]
    assert before
    assert after == []


def test_request_errors_point_to_the_endpoint():
    """What is wrong with a request names the function and the line where it was declared."""
    app = Straightway()

    async def endpoint(q: Annotated[int, Query()]): ...

    caught = []

    @app.exception_handler(RequestValidationError)
    async def catch(request, error):
        caught.append(error)
        raise error

    app.get("/{item}")(endpoint)
    ask(app, path="/3", method="GET", catch=True)

    (error,) = caught
    assert error.endpoint_ctx["function"] == "endpoint"
    assert error.endpoint_ctx["file"] == __file__
    assert error.endpoint_ctx["path"] == "GET /{item}"
    assert linecache.getline(__file__, error.endpoint_ctx["line"]).strip().startswith("async def endpoint(")
