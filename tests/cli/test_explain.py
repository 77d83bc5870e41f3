import json

import pytest

from tools.environments import ROOT

SOURCE = """
    from contextlib import asynccontextmanager

    from straightway import Depends, Straightway

    print("imported")

    @asynccontextmanager
    async def lifespan(app):
        raise RuntimeError("started")
        yield

    app = Straightway(lifespan=lifespan)

    def database():
        raise RuntimeError("called")

    @app.get("/items/{item_id}")
    def read(item_id: int, found=Depends(database)):
        raise RuntimeError("called")

    wrapped = lambda scope, receive, send: app(scope, receive, send)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("main:app", "GET /items/3"),
        ("GET /items/3",),
        ("main.py", "GET", "/items/3"),
        ("main.py", "/items/3"),
        ("-e", "main:app", "/items/3"),
        ("/items/3", "--app", "app"),
    ],
)
def test_a_request_is_explained_and_not_run(project, command, arguments):
    """However application and request are named; what the application prints stays out of the output."""
    project.write("main.py", SOURCE)

    done = command("explain", *arguments)

    assert done.code == 0, done.err
    assert "GET /items/{item_id} answers: read" in done.out
    assert "read(item_id=1, found=0)  main.py:17 · in a thread" in done.out
    assert "imported" not in done.out
    assert "\033" not in done.out


@pytest.mark.parametrize("request_line", ["POST /items/3", "GET /nothing"])
def test_nothing_that_answers_is_code_1(project, command, request_line):
    """Scripts can ask whether a path exists."""
    project.write("main.py", SOURCE)

    assert command("explain", "main:app", request_line).code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("main:app",), "write a method and a path"),
        (("main:app", "items"), "as in 'GET /items'"),
        (("main:app", "GET /a", "b"), "Write the request in quotes"),
        (("missing:app", "/"), "Module not found: missing"),
        (("main:wrapped", "/"), "not an application"),
        ((), "Missing argument"),
    ],
)
def test_what_cannot_be_explained_is_code_2(project, command, arguments, told):
    """The message says what to write."""
    project.write("main.py", SOURCE)

    done = command("explain", *arguments)

    assert done.code == 2
    assert told in done.err


def test_json_has_the_data(project, command):
    """Every part under its name, files as a person would write them."""
    project.write("main.py", SOURCE)

    data = json.loads(command("explain", "main:app", "/items/3", "--json").out)

    assert data["outcome"] == "endpoint"
    assert data["candidates"][0]["verdict"] == "taken"
    assert data["endpoint"]["steps"][2]["origin"] == {"name": "read", "file": "main.py", "line": 17}
    assert data["endpoint"]["steps"][1]["values"][0]["sent"] == "'3'"


def test_source_is_printed(project, command):
    """For ASGI, or the transport that is asked for."""
    project.write("main.py", SOURCE)

    assert "async def read(scope, receive, send):" in command("explain", "/items/3", "--source").out
    assert "async def read(scope, protocol):" in command("explain", "/items/3", "--transport", "rsgi").out


@pytest.mark.parametrize("line", ["POST /orders/5?dry=1", "GET /orders/latest", "GET /cakes/favourite"])
def test_page_shows_what_the_command_prints(command, line):
    """The transcripts in docs/explain.md are those of its example."""
    page = (ROOT / "docs" / "explain.md").read_text("utf-8")

    done = command("explain", "docs/examples/explaining.py", line, directory=ROOT)

    assert f'$ straightway explain docs/examples/explaining.py "{line}"\n{done.out}' in page
