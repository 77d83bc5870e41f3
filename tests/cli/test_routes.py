import json

from straightway.cli.routes import _table
from tools.environments import ROOT

SOURCE = """
    from straightway import Depends, Straightway, WebSocket
    from straightway.security import APIKeyHeader
    from straightway.staticfiles import StaticFiles

    app = Straightway(openapi_url=None)
    inner = Straightway(openapi_url=None)
    key = APIKeyHeader(name="x-key")

    def database(): ...

    @inner.get("/x")
    def in_inner(): ...

    @app.get("/users/{name}")
    def by_name(name: str, found=Depends(database, max_concurrency=2)): ...

    @app.get("/users/me", max_body_size=10)
    def me(token=Depends(key)): ...

    @app.websocket("/chat")
    async def chat(websocket: WebSocket): ...

    app.mount("/inner", inner)
    app.mount("/files", StaticFiles(directory="."))

    @app.get("/inner/late")
    def late(): ...

    @app.get("/users/{user}")
    def again(user: str): ...

    app.frontend("/page", directory=".", check_dir=False)
"""

LISTED = """\
METHOD  PATH               NAME      PLACE        DEPENDENCIES  SECURITY      LIMITS
GET     /users/{name}      by_name   main.py:14   database                    database 2 at once
GET     /users/me          me        main.py:17                 APIKeyHeader  body 10
WS      /chat              chat      main.py:20
*       /inner                       Straightway
GET       /inner/x         in_inner  main.py:11
*       /files                       StaticFiles
GET     /inner/late        late      main.py:26
GET     /users/{user}      again     main.py:29
GET     /page/{path:path}  frontend  files of .
"""

WARNED = [
    "GET /users/me is never reached: /users/{name} (main.py:14) is declared before it and matches it too",
    "GET /inner/late is never reached: /inner is declared before it and matches it too",
    "GET /users/{user} is declared a second time; the first one answers: /users/{name} (main.py:14)",
]


def test_routes_are_listed_in_order(project, command):
    """Mounts with what is in them, WebSockets and frontends too; warnings go to standard error."""
    project.write("main.py", SOURCE)

    done = command("routes", "main:app")

    assert (done.code, done.out) == (0, LISTED)
    assert done.err == "".join(f"warning: {each}\n" for each in WARNED)


def test_grep_looks_into_every_column(project, command):
    """Case does not matter; other routes, and their warnings, are left out."""
    project.write("main.py", SOURCE)

    done = command("routes", "main:app", "--grep", "apikey")

    assert [line.split()[:2] for line in done.out.splitlines()] == [["METHOD", "PATH"], ["GET", "/users/me"]]
    assert done.err == f"warning: {WARNED[0]}\n"


def test_json_has_routes_and_warnings(project, command):
    """Nothing but the JSON is written."""
    project.write("main.py", SOURCE)

    done = command("routes", "--json")

    data = json.loads(done.out)
    assert data["warnings"] == WARNED
    assert data["routes"][1]["security"] == ["APIKeyHeader"]
    assert data["routes"][0]["origin"] == {"name": "by_name", "file": "main.py", "line": 14}
    assert done.err == ""


def test_an_application_that_cannot_be_listed_is_code_2(command):
    """The message says what to do."""
    done = command("routes", "missing:app")

    assert done.code == 2
    assert "Module not found: missing" in done.err


def test_lines_fit_the_terminal():
    """The widest columns are cut; method and path never are."""
    row = ("GET", "/a/rather/long/path", "name", "x" * 40, "y" * 60, "", "")

    lines = _table([("METHOD", "PATH", "NAME", "PLACE", "DEPENDENCIES", "SECURITY", "LIMITS"), row], 80)

    assert max(map(len, lines)) <= 80
    assert "/a/rather/long/path" in lines[1]
    assert "…" in lines[1]
    assert "SECURITY" not in lines[0]


def test_page_shows_what_the_command_prints(command):
    """The list in docs/explain.md is the one of its example."""
    page = (ROOT / "docs" / "explain.md").read_text("utf-8")

    done = command("routes", "docs/examples/explaining.py", "--grep", "explaining.py", directory=ROOT)

    assert f"{done.out}{done.err}" in page
