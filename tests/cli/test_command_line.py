import subprocess
import sys

import pytest

from straightway import __version__
from straightway.cli.commands import COMMANDS, root

HEAVY = {
    "asyncio",
    "httpx2",
    "pydantic",
    "rich",
    "starlette",
    "straightway.application",
    "typer",
    "uvicorn",
    "watchfiles",
}


def modules_after(code, environment):
    """Return the names of the modules that a new interpreter has imported after running the code."""
    report = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run(  # noqa: S603  # the code is above
        [sys.executable, "-c", report], env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines())


@pytest.mark.parametrize(
    "code",
    [
        "import straightway.cli",
        "from straightway.cli import main; main(['--help'])",
        "from straightway.cli import main; main(['dev', '--help'])",
        "from straightway.cli import main; main(['run', '--help'])",
        "from straightway.cli import main; main(['check', '--help'])",
        "from straightway.cli import main; main(['check', '--list-rules'])",
        "from straightway.cli import main; main(['check', '--explain', 'SW101'])",
        "from straightway.cli import main; main(['compat', '--help'])",
        "from straightway.cli import main; main(['explain', '--help'])",
        "from straightway.cli import main; main(['routes', '--help'])",
        "from straightway.cli import main; main(['--version'])",
    ],
)
def test_help_does_not_import_the_framework(code, plain_environment):
    """Asking for help costs click only: no server, no Pydantic, no event loop."""
    assert not modules_after(code, plain_environment) & HEAVY


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_the_commands(command, option):
    """Both spellings of the option work, and commands are listed with what they do."""
    done = command(option)

    assert done.code == 0
    listed = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "dev Serve an application for development." in listed
    assert "run Serve an application in production." in listed
    assert "compat Compare an application on FastAPI and on Straightway." in listed
    assert "check Find the mistakes in an application that guides warn of." in listed
    assert "explain Show how a request is answered, step by step." in listed
    assert "routes List all routes in the order in which they are tried." in listed


COMMON = {
    "--access-log",
    "--app",
    "--entrypoint",
    "--forwarded-allow-ips",
    "--help",
    "--host",
    "--log-format",
    "--no-access-log",
    "--no-proxy-headers",
    "--no-reload",
    "--port",
    "--proxy-headers",
    "--reload",
    "--root-path",
    "--traceback",
    "--verbose",
}


@pytest.mark.parametrize(
    ("name", "options"),
    [("dev", COMMON | {"--dev-page", "--reload-dir"}), ("run", COMMON | {"--workers", "--server"})],
    ids=["dev", "run"],
)
def test_a_command_has_the_options_that_fastapi_users_know(name, options):
    """Names of options are those of FastAPI's command line; others choose the server, what is logged and told, who sees what."""
    parent = root.make_context("straightway", [name], resilient_parsing=True)
    command = root.commands[name]
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    names = [
        name
        for parameter in command.get_params(context)
        for name in (*parameter.opts, *parameter.secondary_opts)
    ]

    assert {name for name in names if name.startswith("--")} == options
    assert {name for name in names if not name.startswith("--")} == {"-e", "-h", "-v", "path"}


def test_every_option_is_explained_by_an_example():
    """The help of each option of each command shows it in use."""
    options = [
        option for command in COMMANDS for option in command.params if option.param_type_name == "option"
    ]

    assert len(options) > 15
    assert [option.name for option in options if "Example: " not in option.help] == []
    assert [command.name for command in COMMANDS if f"straightway {command.name}" not in command.epilog] == []


def test_help_is_plain_text(command):
    """No escape sequences reach a pipe."""
    assert "\033" not in command("run", "--help").out


def test_version_names_the_distribution(command):
    """`--version` prints one line."""
    done = command("--version")

    assert done.code == 0
    assert done.out == f"straightway {__version__}\n"


def test_a_misspelt_command_is_suggested_right(command):
    """A mistake on the command line exits with 2, as is usual."""
    done = command("rnu")

    assert done.code == 2
    assert "No such command 'rnu'" in done.err


@pytest.mark.parametrize(
    "arguments", [["run", "--port", "65536"], ["run", "--workers", "0"], ["dev", "--workers", "2"]]
)
def test_impossible_options_are_refused(command, arguments):
    """Ports, numbers of workers and options that a command has not are mistakes on the command line."""
    assert command(*arguments).code == 2


def test_workers_and_reload_exclude_each_other(command, application):
    """A reloading server is one process; to ask for both is a mistake, not silently resolved."""
    done = command("run", "--reload", "--workers", "2")

    assert done.code == 2
    assert "--workers and --reload cannot be combined" in done.err


@pytest.mark.parametrize(
    ("hidden", "arguments", "told"),
    [
        ("click", [], "To use the straightway command"),
        ("uvicorn", ["run"], "This command needs uvicorn"),
        ("watchfiles", ["dev"], "This command needs watchfiles"),
    ],
)
def test_a_missing_extra_is_told_with_what_to_install(
    project, application, plain_environment, hidden, arguments, told
):
    """Without the packages of the standard extra, the command names the extra instead of failing to import."""
    code = f"""
import sys, importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == {hidden!r} else found(name, *rest)
from straightway.cli import main
main({arguments!r})
"""
    done = subprocess.run(  # noqa: S603  # the code is above
        [sys.executable, "-c", code],
        cwd=project.directory,
        env=plain_environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert told in done.stderr
    assert 'pip install "straightway[standard]"' in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["dev", "--no-reload", "--port", "0"],
        ["run", "--port", "0"],
        ["explain", "main.py", "/"],
        ["routes"],
        ["check", "--select", "SW601"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_tracebacks_are_whole_where_they_are_asked_for(project, command, arguments):
    """Folded to at most 15 lines by default, with the framework's frames by --traceback."""
    project.write("main.py", "from straightway import APIRouter\nAPIRouter(prefix='items')")

    folded, whole = command(*arguments).err, command(*arguments, "--traceback").err

    assert "  declared at main.py:2\n      APIRouter(prefix='items')\n\nInstead: prefix=\"/items\"" in folded
    assert len(folded.splitlines()) <= 15
    assert "Traceback" not in folded
    assert "Traceback (most recent call last)" in whole
    assert "straightway/serve/router.py" in whole
