import pytest

from straightway.cli.discovery import DEFAULT_FILES, find_target
from straightway.cli.messages import Failure


def failure_of(*arguments, **options):
    """Return the failure that looking for a target ends in."""
    with pytest.raises(Failure) as caught:
        find_target(*arguments, **options)
    return caught.value


def test_a_file_outside_of_packages_is_a_module_of_its_folder(project):
    """The folder of the file goes into sys.path, and the file's name is the module's."""
    file = project.write("src/main.py", "")

    target = find_target("src/main.py", directory=project.directory)

    assert (target.module, target.folder, target.file) == ("main", file.parent, file)
    assert target.name is None


def test_a_file_in_a_package_is_imported_through_the_package(project):
    """The module's name begins at the outermost package; the folder above that goes into sys.path."""
    project.write("src/shop/__init__.py", "")
    project.write("src/shop/api/__init__.py", "")
    project.write("src/shop/api/main.py", "")

    target = find_target("src/shop/api/main.py", directory=project.directory)

    assert (target.module, target.folder) == ("shop.api.main", project.directory / "src")


@pytest.mark.parametrize("path", ["shop", "shop/", "shop/__init__.py"])
def test_a_package_is_a_module(project, path):
    """A directory and its __init__.py both mean the package."""
    project.write("shop/__init__.py", "")

    target = find_target(path, directory=project.directory)

    assert (target.module, target.folder) == ("shop", project.directory)


def test_app_names_the_variable(project):
    """--app goes with a path."""
    project.write("main.py", "")

    target = find_target("main.py", app="shop", directory=project.directory)

    assert (target.module, target.name) == ("main", "shop")


@pytest.mark.parametrize(
    ("text", "module", "name"),
    [("main:app", "main", "app"), ("shop.api.main:state.app", "shop.api.main", "state.app")],
)
def test_path_may_be_an_import_string(project, text, module, name):
    """What uvicorn takes is taken too, and looked for from the current directory."""
    target = find_target(text, directory=project.directory)

    assert (target.module, target.name, target.folder) == (module, name, project.directory)
    assert target.file is None


def test_a_path_may_name_the_variable_after_a_colon(project):
    """`src/main.py:shop` is the file and the variable in it."""
    file = project.write("src/main.py", "")

    target = find_target("src/main.py:shop", directory=project.directory)

    assert (target.file, target.name) == (file, "shop")


def test_entrypoint_is_an_import_string(project):
    """--entrypoint names module and variable."""
    target = find_target(None, entrypoint="shop.main:api", directory=project.directory)

    assert (target.module, target.name, target.folder) == ("shop.main", "api", project.directory)


@pytest.mark.parametrize("table", ["straightway", "fastapi"])
def test_pyproject_may_name_the_entrypoint(project, table):
    """Both tables of pyproject.toml are read, and come before the default files."""
    project.write("pyproject.toml", f'[tool.{table}]\nentrypoint = "shop.main:api"')
    project.write("main.py", "")

    target = find_target(None, directory=project.directory)

    assert (target.module, target.name) == ("shop.main", "api")


def test_our_table_of_pyproject_wins(project):
    """With both tables, [tool.straightway] decides."""
    project.write(
        "pyproject.toml",
        '[tool.fastapi]\nentrypoint = "theirs:app"\n[tool.straightway]\nentrypoint = "ours:app"',
    )

    assert find_target(None, directory=project.directory).module == "ours"


@pytest.mark.parametrize(("path", "app"), [("other.py", None), (None, "shop")])
def test_path_and_app_come_before_pyproject(project, path, app):
    """Who names a path or a variable does not want the configured entrypoint."""
    project.write("pyproject.toml", '[tool.straightway]\nentrypoint = "shop:api"')
    project.write("other.py", "")
    project.write("main.py", "")

    target = find_target(path, app=app, directory=project.directory)

    assert target.module == (path or "main.py").removesuffix(".py")


@pytest.mark.parametrize("content", ["", "[tool]\n", "[tool.other]\nentrypoint = 1", "[tool.straightway]\n"])
def test_a_pyproject_without_entrypoint_decides_nothing(project, content):
    """The default files are looked at then."""
    project.write("pyproject.toml", content)
    project.write("main.py", "")

    assert find_target(None, directory=project.directory).module == "main"


@pytest.mark.parametrize("number", range(len(DEFAULT_FILES)), ids=DEFAULT_FILES)
def test_the_first_default_file_is_taken(project, number):
    """Of the default files, in their order, the first that exists is served."""
    for name in DEFAULT_FILES[number:]:
        project.write(name, "")

    assert find_target(None, directory=project.directory).file == project.directory / DEFAULT_FILES[number]


def test_entrypoint_excludes_path_and_app(project):
    """Two answers to one question are refused."""
    assert "--entrypoint cannot be used" in failure_of("main.py", entrypoint="main:app").what
    assert "--entrypoint cannot be used" in failure_of(None, app="app", entrypoint="main:app").what


def test_an_import_string_excludes_app(project):
    """The same for a PATH that names the variable already."""
    assert "already names the variable app" in failure_of("main:app", app="api").what


@pytest.mark.parametrize("text", ["main", "main:", ":app", "a..b:app", "main:app.", "a/b:app"])
def test_an_entrypoint_must_be_an_import_string(text):
    """What is not module:variable is refused, with the form that is wanted."""
    failure = failure_of(None, entrypoint=text)

    assert "is not an import string" in failure.what
    assert "main:app" in failure.instead


@pytest.mark.parametrize("value", ["1", "[]", '["main:app"]', "{a = 1}"])
def test_a_configured_entrypoint_must_be_a_string(project, value):
    """The message names the key and shows what to write."""
    project.write("pyproject.toml", f"[tool.straightway]\nentrypoint = {value}")

    failure = failure_of(None, directory=project.directory)

    assert (
        "Invalid configuration in pyproject.toml: tool.straightway.entrypoint must be a string"
        in failure.what
    )
    assert 'entrypoint = "module:app"' in failure.instead


def test_a_broken_pyproject_is_named(project):
    """A syntax error in pyproject.toml is told with its line."""
    project.write("pyproject.toml", "[tool.straightway\n")

    failure = failure_of(None, directory=project.directory)

    assert "Invalid configuration in pyproject.toml" in failure.what
    assert "line 1" in failure.what


def test_a_path_that_does_not_exist_is_suggested_right(project):
    """A file with almost that name is offered."""
    project.write("src/main.py", "")

    failure = failure_of("src/mian.py", directory=project.directory)

    assert failure.what == "Path does not exist: src/mian.py"
    assert failure.instead == "Did you mean src/main.py?"


def test_a_forgotten_suffix_is_suggested(project):
    """`main` for main.py is understood, but not guessed."""
    project.write("main.py", "")

    assert failure_of("main", directory=project.directory).instead == "Did you mean main.py?"


def test_a_file_that_is_not_python_is_refused(project):
    """A path must name Python."""
    project.write("notes.txt", "")

    assert failure_of("notes.txt", directory=project.directory).what == "notes.txt is not a Python file"


def test_a_dot_in_the_name_of_a_module_is_refused(project):
    """`my.app.py` could not be imported; the message says why."""
    project.write("my.app.py", "")

    assert "a dot in the name" in failure_of("my.app.py", directory=project.directory).what


def test_nothing_to_run_names_what_was_looked_for(project):
    """Without any hint the message lists the default files and the two remedies."""
    failure = failure_of(None, directory=project.directory)

    assert "Could not find a default file to run" in failure.what
    assert all(name in failure.what for name in DEFAULT_FILES)
    assert "[tool.straightway]" in failure.instead
