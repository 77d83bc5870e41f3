"""The commands, and how each of them ends: with an exit code, never with a traceback.

A command is a module whose `command` is a click command; it is added to `COMMANDS`. Importing the module must be
quick, because `--help` imports all of them: what a command needs to do its work, it imports when it is called.
"""

import sys
from collections.abc import Sequence
from typing import Any

import click

from straightway import __version__
from straightway.cli import check, dev, explain, routes, run
from straightway.cli.compat import command as compat
from straightway.cli.messages import Failure, colours_wanted, complain, render

__all__ = ["COMMANDS", "execute", "root"]

COMMANDS: tuple[click.Command, ...] = (
    check.command,
    dev.command,
    run.command,
    compat.command,
    explain.command,
    routes.command,
)

INTERRUPTED = 130


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 1 for a failure, 2 for a mistake on the command line."""
    try:
        code: object = root.main(args=arguments, standalone_mode=False)
    except Failure as failure:
        complain(render(failure, colours=colours_wanted(sys.stderr)))
        return 1
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: Any) -> None:
    if wanted:
        click.echo(f"straightway {__version__}")
        context.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: straightway dev main.py",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit. Example: straightway --version",
)
@click.option(
    "--verbose/--no-verbose",
    default=False,
    help="Show everything: how the application is found, the server's log, whole tracebacks. "
    "Example: straightway --verbose dev",
)
@click.pass_context
def root(context: click.Context, *, verbose: bool) -> None:
    """Serve and inspect Straightway applications.

    Each command explains itself: straightway dev --help
    """
    context.obj = verbose


for _command in COMMANDS:
    root.add_command(_command)
