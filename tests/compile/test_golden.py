"""The text of compiled endpoints, whole: a change of the compiler shows in review as a change of these files.

`pytest tests/compile/test_golden.py --update-golden` writes them anew.
"""

import ast
import builtins
from pathlib import Path

import pytest

from straightway.compile.handler import compile_plan, write
from straightway.compile.source import Name
from straightway.compile.timed import write_timed
from straightway.compile.traced import write_traced
from straightway.routing import APIRoute, APIWebSocketRoute
from tests.compile.endpoints import app

GOLDEN = Path(__file__).parent / "golden"
ROUTES = {
    route.endpoint.__name__: route for route in app.routes if isinstance(route, APIRoute | APIWebSocketRoute)
}
CASES = [
    *(
        (name, "asgi" if isinstance(route, APIRoute) else "websocket", f"{name}.py.txt")
        for name, route in ROUTES.items()
    ),
    # The other carriers differ in their first and last lines.
    ("path_and_query", "rsgi", "path_and_query.rsgi.py.txt"),
    ("every_place", "rsgi", "every_place.rsgi.py.txt"),
    ("body_to_model", "rsgi", "body_to_model.rsgi.py.txt"),
    ("with_yield", "rsgi", "with_yield.rsgi.py.txt"),
    ("body_to_model", "request", "body_to_model.request.py.txt"),
    ("with_yield", "request", "with_yield.request.py.txt"),
    ("form_and_file", "request", "form_and_file.request.py.txt"),
    ("form_and_file", "values", "form_and_file.values.py.txt"),
    ("chat", "values", "chat.values.py.txt"),
    # What telemetry records has its own compilation.
    ("body_to_model", "asgi", "body_to_model.traced.py.txt"),
    ("body_to_model", "request", "body_to_model.request.traced.py.txt"),
    ("sync_all_the_way", "asgi", "sync_all_the_way.traced.py.txt"),
    ("form_and_file", "asgi", "form_and_file.traced.py.txt"),
    ("json_lines", "asgi", "json_lines.traced.py.txt"),
    ("chat", "websocket", "chat.traced.py.txt"),
    # So has what the development page shows.
    ("body_to_model", "asgi", "body_to_model.timed.py.txt"),
    ("body_to_model", "request", "body_to_model.request.timed.py.txt"),
    ("sync_all_the_way", "asgi", "sync_all_the_way.timed.py.txt"),
    ("with_yield", "asgi", "with_yield.timed.py.txt"),
    ("chat", "websocket", "chat.timed.py.txt"),
]


@pytest.fixture(params=CASES, ids=lambda case: case[2].removesuffix(".py.txt"))
def case(request):
    """Go through the endpoints and the carriers they are compiled for."""
    return request.param


def source_of(case):
    """Return what an endpoint is compiled to, not yet executed."""
    name, carrier, file = case
    kind = file.removesuffix(".py.txt").rpartition(".")[2]
    written = {"traced": write_traced, "timed": write_timed}.get(kind, write)
    return written(ROUTES[name].plan_for(), carrier)


def test_golden(case, update_golden):
    """The text is the one that was reviewed."""
    text, golden = str(source_of(case)[0]), GOLDEN / case[2]

    if update_golden:
        golden.write_text(text, encoding="utf-8")

    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_is_compared():
    """No file is left over from an endpoint that is no more."""
    assert {path.name for path in GOLDEN.iterdir()} == {file for _, _, file in CASES}


def local_names(text):
    """Return what a compiled function, with the one inside it, calls its own."""
    nodes = list(ast.walk(ast.parse(text)))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    caught = {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    nested = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return stored | caught | nested | {node.arg for node in nodes if isinstance(node, ast.arg)}


def test_every_name_is_known(case):
    """What a compiled function reads is a variable of its own, an object that was bound, or a builtin."""
    source, _ = source_of(case)
    local = local_names(str(source))

    read = {
        node.id
        for node in ast.walk(ast.parse(str(source)))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }

    assert {each for each in read if not hasattr(builtins, each)} <= local | set(source.names)


def test_no_name_means_two_things(case):
    """No bound object hides a variable or a builtin, and none is bound that is not used."""
    source, function = source_of(case)
    local = local_names(str(source))
    used = {node.id for node in ast.walk(ast.parse(str(source))) if isinstance(node, ast.Name)}

    assert not local & set(source.names)
    assert not {each for each in source.names if hasattr(builtins, each)}
    assert function not in source.names
    assert set(source.names) <= used | {"context"}


def test_compiled_functions_are_named_after_their_endpoints(case):
    """A person recognises them in a traceback."""
    name, carrier, _ = case

    function = compile_plan(ROUTES[name].plan_for(), carrier)

    assert function.__name__ == Name(name)
