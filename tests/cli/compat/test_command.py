"""The command with real FastAPI and real Straightway, each in a process of its own."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat.places import ROOT, SOURCES

PLAIN = """
    from fastapi import FastAPI, HTTPException

    app = FastAPI()

    @app.get("/items/{item_id}")
    def read_item(item_id: int, limit: int = 10):
        if item_id > 2:
            raise HTTPException(404, "not here")
        return {"item_id": item_id, "limit": limit}
"""

# What Straightway would have to get wrong, played by an application that asks where it is.
PLANTED = """
    from typing import Annotated
    from fastapi import FastAPI, Query

    ON_STRAIGHTWAY = FastAPI.__mro__[1].__name__ == "Straightway"
    bound = Query() if ON_STRAIGHTWAY else Query(le=100)
    app = FastAPI()

    @app.get("/items")
    def read_items(limit: Annotated[int, bound] = 1):
        return {"items": [{"price": 2 if ON_STRAIGHTWAY else 1}]}
"""


@pytest.fixture
def compat(command):
    """A function that runs `straightway compat` with few requests."""

    def run(*arguments, **variables):
        return command("compat", *arguments, "--requests", "2", **variables)

    return run


def test_same_behaviour_exits_with_0(project, compat):
    """Nothing differs but what is announced, and the report says what was compared."""
    project.write("main.py", PLAIN)

    done = compat("main:app")

    assert done.code == 0, done.out
    assert done.out.startswith("Compared FastAPI 0.165.0 and Straightway ")
    assert done.out.endswith("No difference between FastAPI and Straightway.\n")
    assert "\033" not in done.out
    assert done.err.startswith("Endpoints are really called now")


def test_differences_exit_with_1_and_are_told_in_words(project, command):
    """A bound missing in the document, what follows from it, and another value deep in an answer are named by place."""
    project.write("main.py", PLANTED)

    done = command("compat", "main:app", "--verbose")

    assert done.code == 1
    told = done.out.splitlines()
    assert "  GET /items: parameter limit: maximum is 100 on FastAPI and absent on Straightway" in told
    assert "  GET /items: status is 422 on FastAPI and 200 on Straightway" in told
    assert '      GET /items?limit=101  (query parameter limit is "101")' in told
    assert "  GET /items: body at /items/0/price is 1 on FastAPI and 2 on Straightway" in told


def test_json_has_what_the_text_has(project, compat):
    """A program gets the verdict, the differences by kind, and the requests to try again."""
    project.write("main.py", PLANTED)

    done = compat("main:app", "--json")

    report = json.loads(done.out)
    assert done.code == 1
    assert report["verdict"] == "different"
    assert report["fastapi"]["FastAPI"] == "0.165.0"
    assert {each["kind"] for each in report["differences"]} == {"document", "answer"}
    [price] = [each for each in report["differences"] if "/items/0/price" in each["words"]]
    assert price["operation"] == "GET /items"
    assert price["requests"][0]["method"] == "GET"
    assert "Allow lists" not in json.dumps(report["differences"])


def test_reports_repeat(project, compat):
    """The same seed makes the same requests and the same report; another one makes other requests."""
    project.write("main.py", PLANTED)

    first, again, other = (compat("main:app", "--json", "--seed", seed).out for seed in ("3", "3", "4"))

    assert first == again
    assert first != other


def test_what_fastapi_does_differently_each_time_is_not_comparable(project, compat):
    """Random values are named and do not count; what is constant beside them is still compared."""
    project.write(
        "main.py",
        """
        from uuid import uuid4
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/token")
        def token():
            return {"token": uuid4(), "kind": FastAPI.__mro__[1].__name__}
        """,
    )

    done = compat("main:app")

    assert done.code == 1
    assert (
        "Not comparable:\n  GET /token: body at /token differs between two runs of FastAPI itself" in done.out
    )
    assert 'body at /kind is "Starlette" on FastAPI and "Straightway" on Straightway' in done.out


def test_only_safe_methods_are_called_unless_asked(project, compat):
    """Without --all-methods nothing is written; the report says what was left out."""
    written = project.directory / "written"
    project.write(
        "main.py",
        f"""
        from pathlib import Path
        from fastapi import FastAPI

        app = FastAPI()

        @app.post("/notes")
        @app.delete("/notes")
        def write():
            Path({str(written)!r}).touch()
        """,
    )

    safe = compat("main:app")
    called_when_safe = written.exists()
    everything = compat("main:app", "--all-methods")

    assert (safe.code, everything.code) == (0, 0)
    assert "Not called: POST /notes, DELETE /notes. Only GET, HEAD, OPTIONS are called" in safe.out
    assert not called_when_safe
    assert written.exists()


def test_chosen_methods_and_paths_are_called_only(project, compat):
    """--methods and --only narrow what is sent, and the default methods do not come on top."""
    project.write("main.py", PLANTED.replace('"/items"', '"/a/items"') + '\n    app.get("/b")(read_items)\n')

    done = compat("main:app", "--methods", "get", "--only", "/b", "--json")

    told = [each for each in json.loads(done.out)["differences"] if each["kind"] == "answer"]
    assert {request["method"] for each in told for request in each["requests"]} == {"GET"}
    assert {each["operation"] for each in told} == {"GET /b"}


def test_document_only_calls_nothing(project, compat):
    """The documents are compared without starting the application."""
    project.write(
        "main.py",
        """
        from fastapi import FastAPI

        def fail():
            raise RuntimeError("started")

        app = FastAPI(on_startup=[fail])
        """,
    )

    done = compat("main:app", "--document-only")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Compared the OpenAPI documents of FastAPI 0.165.0 and Straightway")


def test_application_that_fails_on_straightway_only_is_different(project, compat):
    """What works on FastAPI and raises on Straightway is a difference, shown with the user's line."""
    project.write("main.py", PLANTED + '\n    assert not ON_STRAIGHTWAY, "needs FastAPI"\n')

    done = compat("main:app")

    assert done.code == 1
    assert (
        "on FastAPI it works, on Straightway: module main could not be imported: AssertionError" in done.out
    )
    assert 'assert not ON_STRAIGHTWAY, "needs FastAPI"' in done.out


def test_start_that_fails_on_straightway_only_is_different(project, compat):
    """The lifespan is run on both sides."""
    project.write(
        "main.py",
        """
        from contextlib import asynccontextmanager
        from fastapi import FastAPI

        @asynccontextmanager
        async def lifespan(app):
            if FastAPI.__mro__[1].__name__ == "Straightway":
                raise RuntimeError("no database")
            yield

        app = FastAPI(lifespan=lifespan)
        """,
    )

    done = compat("main:app")

    assert done.code == 1
    assert "on Straightway: The application failed to start: RuntimeError: no database" in done.out


def test_warnings_and_shutdown_are_compared(project, compat):
    """A warning while loading, and an error while stopping, that only one side has."""
    project.write(
        "main.py",
        """
        import warnings
        from contextlib import asynccontextmanager
        from fastapi import FastAPI

        ON_STRAIGHTWAY = FastAPI.__mro__[1].__name__ == "Straightway"

        @asynccontextmanager
        async def lifespan(app):
            yield
            if ON_STRAIGHTWAY:
                raise RuntimeError("cannot stop")

        app = FastAPI(lifespan=lifespan)
        warnings.warn("on both")
        if ON_STRAIGHTWAY:
            warnings.warn("on one")
        """,
    )

    done = compat("main:app")

    assert done.code == 1
    assert "warning only on Straightway: main.py:16: UserWarning: on one" in done.out
    assert "shutdown raises nothing on FastAPI and RuntimeError: cannot stop on Straightway" in done.out
    assert "on both" not in done.out


def test_application_that_dies_on_straightway_is_different(project, compat):
    """An endpoint that ends its process is named, with the exit code."""
    project.write(
        "main.py",
        PLANTED + "\n    @app.get('/end')\n    def end():\n        import os\n"
        "        if ON_STRAIGHTWAY:\n            os._exit(7)\n",
    )

    done = compat("main:app", "--only", "/end")

    assert done.code == 1
    assert "The process with Straightway ended with code 7 during: GET /end (as documented)" in done.out


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "JSON"])
def test_application_that_fails_on_fastapi_cannot_be_compared(project, compat, options):
    """There is nothing to compare with: exit code 2, and the user's line."""
    project.write("main.py", "from fastapi import FastAPI\n\napp = FastAPI()\n1 / 0\n")

    done = compat(*options)

    assert done.code == 2
    assert "main.py could not be imported: ZeroDivisionError" in done.out + done.err
    assert "main.py:4" in done.out + done.err
    if options:
        assert json.loads(done.out)["verdict"] == "not compared"


def test_application_is_found_as_by_run(compat, project):
    """Without an argument the default files are looked for; a wrong one is answered by the same words."""
    project.write("app/main.py", PLAIN)

    found, missing = compat(), compat("mian.py")

    assert found.code == 0
    assert missing.code == 2
    assert missing.err.startswith("Error: Path does not exist: mian.py")


def test_application_that_imports_straightway_has_nothing_to_compare(command):
    """The reference application says what this command is for, instead of that FastAPI knows no such class."""
    done = command("compat", "todo.main:app", directory=ROOT / "examples" / "todo")

    assert done.code == 2
    assert done.err == (
        "Error: todo.main:app imports straightway itself: on FastAPI there is nothing to compare it with\n\n"
        "This command compares applications that import fastapi. To compare this one, import its names from fastapi: "
        "from fastapi import FastAPI\n"
    )


def test_missing_fastapi_is_answered_with_commands(project, compat):
    """Where `fastapi` is Straightway's own, the message names both ways to get the other one."""
    project.write("main.py", PLAIN)

    done = compat("main:app", PYTHONPATH=str(SOURCES))

    assert done.code == 2
    assert "is Straightway's distribution of that name" in done.err
    assert "    straightway compat main:app --fetch-fastapi\n" in done.err.replace(
        "python -m straightway", "straightway"
    )
    assert "--fastapi-python path/to/venv/bin/python" in done.err


def test_fastapi_may_live_in_another_environment(project, compat):
    """The interpreter that is named need not have Straightway; only the application's packages."""
    project.write("main.py", PLAIN)
    environment = project.directory / "other"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)  # noqa: S603  # ours
    _lend(
        environment,
        "annotated_doc",
        "annotated_types",
        "anyio",
        "fastapi",
        "idna",
        "opentelemetry",
        "pydantic",
        "pydantic_core",
        "sniffio",
        "starlette",
        "typing_inspection",
        "typing_extensions.py",
    )

    done = compat("main:app", "--fastapi-python", str(environment / "bin" / "python"))

    assert done.code == 0, done.err + done.out


def _lend(environment: Path, *names: str) -> None:
    """Make packages of this environment, with their metadata, importable in another one."""
    [own] = {Path(each).parent.parent for each in (pytest.__file__,)}
    [other] = environment.glob("lib/python*/site-packages")
    for found in own.iterdir():
        name = found.name.partition("-")[0]
        if name in names:
            (other / found.name).symlink_to(found)


def test_packages_that_import_fastapi_come_along(project, compat):
    """An installed package that builds on fastapi gets each framework in its turn, and the version it will see."""
    project.write(
        "packages/addition.py",
        """
        from importlib.metadata import version
        from fastapi import APIRouter

        router = APIRouter()

        @router.get("/version")
        def read_version():
            return {"version": version("fastapi"), "from": APIRouter.__module__.partition(".")[0]}
        """,
    )
    project.write(
        "main.py",
        "from addition import router\nfrom fastapi import FastAPI\n\napp = FastAPI()\napp.include_router(router)\n",
    )

    done = compat("main:app", "--only", "/version", PYTHONPATH=str(project.directory / "packages"))

    assert 'body at /version is "0.165.0" on FastAPI and "0.165.0+straightway" on Straightway' in done.out
    assert 'body at /from is "fastapi" on FastAPI and "straightway" on Straightway' in done.out


def test_state_can_be_reset_before_each_run(project, compat):
    """--before runs ahead of each process, so that what one run wrote is no difference for the next."""
    database = project.directory / "notes.db"
    project.write(
        "main.py",
        """
        import sqlite3
        from fastapi import FastAPI

        app = FastAPI()

        @app.post("/notes")
        def write() -> int:
            with sqlite3.connect("notes.db") as connection:
                return connection.execute("insert into notes default values").lastrowid
        """,
    )
    with sqlite3.connect(project.directory / "empty.db") as connection:
        connection.execute("create table notes (id integer primary key)")
    connection.close()
    shutil.copy(project.directory / "empty.db", database)

    kept = compat("main:app", "--all-methods")
    reset = compat("main:app", "--all-methods", "--before", "cp empty.db notes.db")
    failing = compat("main:app", "--before", "exit 3")

    assert "POST /notes: body differs between two runs of FastAPI itself" in kept.out
    assert "Not comparable" not in reset.out
    assert (kept.code, reset.code, failing.code) == (0, 0, 2)
    assert "The command given by --before ended with code 3: exit 3" in failing.err


def test_application_that_does_not_run_twice_cannot_be_compared(project, compat):
    """What FastAPI cannot do again after its first run, Straightway is not blamed for."""
    project.write(
        "main.py",
        """
        import os
        from fastapi import FastAPI

        app = FastAPI(on_startup=[lambda: os.mkdir("made")])
        """,
    )

    blamed = compat("main:app")
    (project.directory / "made").rmdir()
    reset = compat("main:app", "--before", "rm -rf made")

    assert (blamed.code, reset.code) == (2, 0)
    assert (
        "It ran on FastAPI once, and not again: The application failed to start: FileExistsError"
        in blamed.err
    )
    assert "--before COMMAND" in blamed.err


def test_path_that_nothing_is_at_cannot_be_compared(project, compat):
    """A misspelt --only is not a success."""
    project.write("main.py", PLAIN)

    done = compat("main:app", "--only", "/itmes")

    assert done.code == 2
    assert "There is no operation at or below /itmes" in done.err
    assert "such as /items/{item_id}" in done.err


def test_what_cannot_be_compared_is_listed(project, compat):
    """WebSockets, mounts and hidden routes without GET; a mounted application with a document is compared."""
    project.write(
        "main.py",
        """
        from fastapi import FastAPI, WebSocket

        app, mounted = FastAPI(), FastAPI()

        @app.websocket("/ws")
        async def talk(socket: WebSocket): ...

        @app.post("/hidden", include_in_schema=False)
        def hidden(): ...

        @mounted.get("/name")
        def name():
            return FastAPI.__mro__[1].__name__

        app.mount("/sub", mounted)
        app.mount("/other", lambda scope, receive, send: None)
        """,
    )

    done = compat("main:app")

    listed = "WebSocket /ws, what is mounted at /other, POST /hidden, which is not documented."
    assert f"Not compared: {listed}" in done.out
    assert "GET /sub/name: body is" in done.out


def test_answers_that_do_not_end_are_compared_as_far_as_they_came(project, compat):
    """An endless stream costs its time and no more."""
    project.write(
        "main.py",
        """
        import asyncio
        from fastapi import FastAPI
        from fastapi.responses import StreamingResponse

        app = FastAPI()

        async def numbers():
            while True:
                yield "FastAPI" if FastAPI.__mro__[1].__name__ == "Starlette" else "other"
                await asyncio.sleep(0.05)

        @app.get("/numbers")
        def read_numbers():
            return StreamingResponse(numbers(), media_type="text/plain")
        """,
    )

    done = compat("main:app", "--methods", "GET", "--only", "/numbers", "--timeout", "0.1")

    assert done.code == 1
    assert 'GET /numbers: body is "FastAPI' in done.out


def test_mistakes_on_the_command_line_exit_with_2(command):
    """Options that contradict each other are refused before anything is loaded."""
    done = command("compat", "--all-methods", "--methods", "GET")

    assert done.code == 2
    assert "--all-methods and --methods cannot be combined" in done.err


def test_help_documents_the_exit_codes(command):
    """Scripts rely on them."""
    assert (
        "Exit codes: 0 no difference, 1 differences, 2 could not be compared."
        in command("compat", "--help").out
    )


def test_page_shows_what_the_command_prints(command):
    """The report in docs/switching.md is the one of its example."""
    page = (ROOT / "docs" / "switching.md").read_text("utf-8")

    done = command("compat", "docs/examples/switching.py", directory=ROOT, COLUMNS="80")

    assert done.code == 0
    assert done.out in page
