import json
import os

import pytest

FAULTY = """
    from straightway import Straightway

    print("imported")
    app = Straightway()

    @app.get("/items/{item_id}")
    def read(item_id: int): ...

    @app.get("/items/last")
    def last(): ...
"""

CLEAN = """
    from straightway import Straightway

    app = Straightway()

    @app.get("/")
    def index() -> str:
        return "x"
"""

WARNED = """
    from straightway import Straightway

    app = Straightway()

    @app.post("/")
    def index(tags: list[str] = []): ...
"""

MENDABLE = """
    from straightway import HTTPException, Straightway

    app = Straightway()

    @app.get("/")
    def index():
        return HTTPException(404)
"""


def test_a_fault_is_told_in_two_lines_with_its_place(project, command):
    """Place, severity, id and what is wrong; below it what to write instead; the count goes to standard error."""
    project.write("main.py", FAULTY)

    done = command("check", "main:app")

    assert done.code == 1
    assert done.out == (
        "main.py:9:2: error SW101 GET /items/last is never reached: /items/{item_id} (main.py:6) is declared before it "
        "and matches it too\n    instead: declare /items/last before /items/{item_id}\n"
    )
    assert "1 error, 0 warnings in 1 file." in done.err


def test_an_application_without_faults_is_code_0(project, command):
    """Nothing is printed to standard output then."""
    project.write("main.py", CLEAN)

    done = command("check")

    assert (done.code, done.out) == (0, "")
    assert "No faults found in 1 file." in done.err


def test_warnings_fail_only_with_strict(project, command):
    """A warning is told in any case."""
    project.write("main.py", WARNED)

    assert command("check").code == 0
    assert "warning SW201" in command("check").out
    assert command("check", "--strict").code == 1


@pytest.mark.parametrize(
    ("name", "source", "arguments", "told"),
    [
        ("main.py", "def (", ("main.py",), "main.py:1"),
        ("main.py", "app = 1", ("main.py",), "Could not find a Straightway application"),
        ("main.py", "x = 1", ("other:app",), "Module not found: other"),
        ("main.py", CLEAN, ("missing.py",), "Path does not exist"),
        ("main.py", CLEAN, ("--select", "SW999"), "no rule has the id SW999"),
        ("pyproject.toml", "[tool.straightway.check]\nselct = []", ("main.py",), "Path does not exist"),
        ("main.py", CLEAN, ("--explain", "SW999"), "No rule has the id SW999"),
    ],
    ids=["syntax", "no application", "no module", "no file", "no rule", "no path", "no page"],
)
def test_what_could_not_be_checked_is_code_2(project, command, name, source, arguments, told):
    """It is said why, without a traceback."""
    project.write(name, source)

    done = command("check", *arguments)

    assert done.code == 2
    assert told in done.err
    assert "Traceback" not in done.err


def test_the_source_is_checked_where_the_import_fails(project, command):
    """Faults in the source are told, then why the rest could not be checked, with the user's line."""
    project.write("main.py", FAULTY.replace('print("imported")', "import not_there"))

    done = command("check")

    assert done.code == 2
    assert "error SW101" in done.out
    assert "not_there" in done.err


def test_without_import_nothing_is_run(project, command):
    """--no-import reads the source only."""
    project.write("main.py", FAULTY)

    assert "imported" in command("check").err
    assert "imported" not in command("check", "--no-import").err
    assert command("check", "--no-import").code == 1


def test_an_application_of_fastapi_is_checked_by_its_source(project, command):
    """What is made by another framework is not looked into, and that is said."""
    project.write(
        "installed/fastapi.py", "class FastAPI:\n    def get(self, path):\n        return lambda f: f\n"
    )
    source = FAULTY.replace("from straightway import Straightway", "from fastapi import FastAPI")
    project.write("main.py", source.replace("Straightway()", "FastAPI()"))

    done = command("check", PYTHONPATH=str(project.directory / "installed"))

    assert done.code == 1
    assert "error SW101" in done.out
    assert "only its source was checked" in done.err


def test_json_is_only_json(project, command):
    """What the application prints while it is imported goes to standard error."""
    project.write("main.py", FAULTY)

    for arguments in (("--json",), ("--format", "json")):
        told = json.loads(command("check", *arguments).out)

        assert told["summary"] == {"files": 1, "errors": 1, "warnings": 0}
        (finding,) = told["findings"]
        assert (finding["id"], finding["severity"], finding["file"]) == ("SW101", "error", "main.py")
        assert (finding["line"], finding["column"], finding["fixable"]) == (9, 2, False)


def test_settings_come_from_pyproject_and_options_overrule_them(project, command):
    """--select replaces the table's list, --ignore adds to it."""
    project.write("main.py", FAULTY)
    project.write("pyproject.toml", '[tool.straightway.check]\nignore = ["SW101"]\n')

    assert command("check").code == 0
    assert command("check", "--select", "SW2").code == 0

    project.write("pyproject.toml", '[tool.straightway.check]\nselect = ["SW2"]\n')

    assert command("check").code == 0
    assert command("check", "--select", "SW1").code == 1


def test_a_mistake_in_the_settings_is_told(project, command):
    """A key that means nothing is refused with the name of the file."""
    project.write("main.py", CLEAN)
    project.write("pyproject.toml", "[tool.straightway.check]\nselct = []\n")

    done = command("check")

    assert done.code == 2
    assert "selct" in done.err


def test_deploy_asks_about_production(project, command):
    """Rules for production run with --deploy only."""
    project.write("main.py", CLEAN.replace("Straightway()", "Straightway(debug=True)"))

    assert command("check").code == 0
    assert "error SW801" in command("check", "--deploy").out


def test_fix_mends_the_file_and_shows_the_change(project, command):
    """--diff shows it only; after --fix the fault is gone, and a second run has nothing to do."""
    file = project.write("main.py", MENDABLE)
    before = file.read_text()

    shown = command("check", "--diff")
    assert (shown.code, file.read_text()) == (1, before)
    mended = command("check", "--fix")

    assert "-    return HTTPException(404)\n+    raise HTTPException(404)" in shown.err
    assert "+    raise HTTPException(404)" in mended.err
    assert mended.code == 0
    assert file.read_text() == before.replace("return", "raise")
    assert "+" not in command("check", "--fix").err


def test_a_rule_is_explained(command):
    """The page of the rule is printed; capital letters do not matter."""
    done = command("check", "--explain", "sw101")

    assert done.code == 0
    assert done.out.startswith("# SW101: Shadowed route\n")


def test_rules_are_listed(command):
    """Each line has id, severity and title."""
    lines = command("check", "--list-rules").out.splitlines()

    assert lines[0] == "SW101  error    Shadowed route"
    assert "SW801  error    Debug in production (--deploy)" in lines


def test_colours_are_for_terminals(project, command):
    """Output into a pipe has no escape sequences, and control characters of the source never reach a terminal."""
    project.write("main.py", FAULTY.replace("/items/last", "/items/\\x1b[31m"))

    done = command("check", "--no-import")

    assert "SW101" in done.out
    assert "\x1b" not in done.out


def test_the_command_starts_quickly(command):
    """Before the application is imported, less than 0.3 s of processor time is spent."""

    def spent():
        before = os.times()
        command("check", "--list-rules")
        after = os.times()
        return after.children_user - before.children_user + after.children_system - before.children_system

    assert min(spent() for _ in range(3)) < 0.3


def test_modules_that_no_import_statement_names_are_checked_too(project, command):
    """What the application imports by name, below its folder, belongs to it once it is imported."""
    project.write("main.py", CLEAN + '\n    import importlib\n    importlib.import_module("plugin")\n')
    project.write("plugin.py", FAULTY)

    assert "plugin.py:9" in command("check").out
    assert command("check", "--no-import").code == 0
