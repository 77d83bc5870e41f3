"""What the `fastapi` distribution adds to the names: an application class, a logger, and a check of its directory."""

import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.compat.places import DISTRIBUTION, GENERATOR, ROOT, SOURCES

OURS = "fastapi-0.165.0+straightway.dist-info"
FILES = "fastapi/__init__.py,sha256=abc,10\nfastapi/routing.py,sha256=abc,10\n"


def generate(*arguments, program=GENERATOR):
    """Run the generator."""
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, program, *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied_repository(tmp_path):
    """A copy of what the generator reads and writes, to be changed."""
    shutil.copytree(ROOT / "compat", tmp_path / "compat", ignore=shutil.ignore_patterns("__pycache__"))
    application = tmp_path / "src" / "straightway" / "application.py"
    application.parent.mkdir(parents=True)
    shutil.copy(ROOT / "src" / "straightway" / "application.py", application)
    return tmp_path


@pytest.fixture
def installed(tmp_path):
    """A directory into which the distribution has been installed, with its list of files."""
    shutil.copytree(SOURCES, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    metadata = tmp_path / OURS
    metadata.mkdir()
    (metadata / "RECORD").write_text(FILES)
    return tmp_path


def test_committed_files_are_what_the_generator_writes():
    """Nobody has edited the distribution by hand, or forgotten to generate it."""
    done = generate("--check")

    assert (done.returncode, done.stderr) == (0, "")


def test_generator_says_what_is_out_of_date_and_mends_it(copied_repository):
    """A changed, a missing and a superfluous file are named; writing brings all of them in order."""
    program = copied_repository / "compat" / "generate.py"
    package = copied_repository / "compat" / "fastapi" / "src" / "fastapi"
    (package / "params.py").write_text("Path = None\n")
    (package / "types.py").unlink()
    (package / "extra.py").touch()

    checked = generate("--check", program=program)
    written = generate(program=program)

    assert checked.returncode == 1
    assert checked.stderr.splitlines()[:3] == [
        "missing: src/fastapi/types.py",
        "not wanted: src/fastapi/extra.py",
        "different: src/fastapi/params.py",
    ]
    assert written.returncode == 0
    assert generate("--check", program=program).returncode == 0


def test_generator_follows_the_signature_of_the_application(copied_repository):
    """A parameter that `Straightway()` gains is one of `FastAPI()` too, with its annotation and default."""
    application = copied_repository / "src" / "straightway" / "application.py"
    source = application.read_text()
    application.write_text(
        source.replace(
            "        debug: bool = False,", "        debug: bool = False,\n        speed: str = 'fast',"
        )
    )

    generate(program=copied_repository / "compat" / "generate.py")

    written = (copied_repository / "compat" / "fastapi" / "src" / "fastapi" / "applications.py").read_text()
    assert '        speed: str = "fast",\n' in written
    assert "            speed=speed,\n" in written


def test_distribution_takes_fastapi_s_place():
    """It is called like FastAPI, is its version, has its extras and its command, and is never published as it."""
    project = tomllib.loads((DISTRIBUTION / "pyproject.toml").read_text("utf-8"))["project"]

    assert (project["name"], project["version"]) == ("fastapi", "0.165.0+straightway")
    assert project["scripts"] == {"fastapi": "fastapi.cli:main"}
    assert project["optional-dependencies"].keys() >= {"standard", "all"}
    assert "Private :: Do Not Upload" in project["classifiers"]


def test_application_differs_in_name_and_title_only(run_with_fastapi):
    """`FastAPI` is `Straightway` with another title; every argument reaches it."""
    printed = run_with_fastapi(
        "-c",
        "import inspect, fastapi, straightway\n"
        "app = fastapi.FastAPI(version='2', docs_url=None, max_body_size=7)\n"
        "print(type(app).__name__, isinstance(app, straightway.Straightway), app.title, straightway.Straightway().title)\n"
        "print(app.version, app.docs_url, app.max_body_size, app.openapi()['info'])\n"
        "ours, own = (inspect.signature(each).parameters for each in (fastapi.FastAPI, straightway.Straightway))\n"
        "print([name for name in own if ours[name].default != own[name].default], list(ours) == list(own))\n",
    )

    assert printed.splitlines() == [
        "FastAPI True FastAPI Straightway",
        "2 None 7 {'title': 'FastAPI', 'version': '2'}",
        "['title'] True",
    ]


def test_errors_are_the_same_classes_under_both_names(run_with_fastapi):
    """What is raised can be caught under FastAPI's name, and warnings filtered by it."""
    printed = run_with_fastapi(
        "-c",
        "import fastapi.exceptions as theirs, straightway.exceptions as ours\n"
        "print(theirs.FastAPIError is ours.StraightwayError)\n"
        "print(theirs.FastAPIDeprecationWarning is ours.StraightwayDeprecationWarning)\n",
    )

    assert printed == "True\nTrue\n"


def test_warnings_point_to_the_line_of_the_user(run_with_fastapi):
    """The distribution's own frame does not count as the place that used something deprecated."""
    done = run_with_fastapi("-c", "from fastapi import FastAPI\n\n\nFastAPI(root_path='/api')", check=False)

    assert done.stderr.startswith("<string>:4: StraightwayDeprecationWarning: ")


def test_what_is_set_up_for_the_logger_fastapi_holds_for_straightway(run_with_fastapi):
    """A handler on "fastapi" gets what Straightway logs."""
    printed = run_with_fastapi(
        "-c",
        "import logging, sys\n"
        "from fastapi.logger import logger\n"
        "from straightway.logger import logger as own\n"
        "logging.getLogger('fastapi').addHandler(logging.StreamHandler(sys.stdout))\n"
        "own.error('a message')\n"
        "print(logger.name)\n",
    )

    assert printed == "a message\nfastapi\n"


def test_import_brings_the_modules_that_people_reach_through_the_package(run_with_fastapi):
    """`import fastapi` is enough for `fastapi.security.oauth2`, as in FastAPI."""
    printed = run_with_fastapi(
        "-c",
        "import fastapi\n"
        "print(fastapi.security.oauth2.OAuth2.__name__, fastapi.openapi.utils.get_openapi.__name__)\n",
    )

    assert printed == "OAuth2 get_openapi\n"


def test_import_needs_no_optional_package(run_with_fastapi):
    """Command line, client, templates and servers are imported when they are used."""
    printed = run_with_fastapi(
        "-c",
        "import sys, fastapi\nprint({'click', 'httpx2', 'jinja2', 'uvicorn'} & sys.modules.keys())\n",
    )

    assert printed == "set()\n"


def test_import_works_from_an_archive(run_with_fastapi, tmp_path):
    """Applications are shipped as one file, too, in which there is no directory to look at."""
    archive = shutil.make_archive(str(tmp_path / "app"), "zip", SOURCES)

    assert (
        run_with_fastapi("-c", "import fastapi; print(fastapi.__version__)", sources=archive) == "0.165.0\n"
    )


def test_import_refuses_a_directory_that_two_distributions_have_written_into(run_with_fastapi, installed):
    """Mixed files would fail in surprising ways later, so the message says at once what to uninstall."""
    other = installed / "fastapi_slim-0.112.0.dist-info"
    other.mkdir()
    (other / "RECORD").write_text(FILES)

    done = run_with_fastapi("-c", "import fastapi", sources=installed, check=False)

    assert done.returncode == 1
    assert f"ImportError: 2 distributions have written into {installed / 'fastapi'}: " in done.stderr
    assert "fastapi 0.165.0+straightway, fastapi-slim 0.112.0" in done.stderr
    assert "pip uninstall fastapi fastapi-slim\n" in done.stderr


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("fastapi_users-15.0.0.dist-info", "fastapi_users/__init__.py,sha256=abc,10\n"),
        ("fastapi_slim-0.112.0.dist-info", "fastapi_slim-0.112.0.dist-info/METADATA,sha256=abc,10\n"),
        ("starlette-1.6.0.dist-info", FILES.replace("fastapi", "starlette")),
    ],
    ids=["longer name", "files of its own nowhere", "another package"],
)
def test_import_does_not_mind_other_distributions(run_with_fastapi, installed, name, record):
    """Only a distribution that lists the same files has written into the directory."""
    (installed / name).mkdir()
    (installed / name / "RECORD").write_text(record)

    assert (
        run_with_fastapi("-c", "import fastapi; print(fastapi.__version__)", sources=installed) == "0.165.0\n"
    )
