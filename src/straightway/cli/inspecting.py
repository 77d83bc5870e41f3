"""How commands that look at an application, and serve nothing, get it."""

import contextlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from straightway.cli.discovery import find_target
from straightway.cli.messages import Failure, colours_wanted, complain, render

if TYPE_CHECKING:
    from straightway.application import Straightway

__all__ = ["UNKNOWN", "application_at", "told"]

UNKNOWN = 2
"""Exit code where the application could not be looked at."""


def application_at(path: str | None, app: str | None, entrypoint: str | None) -> "Straightway":
    """Import the application that the command line names; raise `Failure` if it is none of this framework."""
    target = find_target(path, app=app, entrypoint=entrypoint)
    # Nothing of the framework is imported before this line.
    from straightway.cli.loading import load

    # What the user's code prints must not end up in the output.
    with contextlib.redirect_stdout(sys.stderr):
        loaded = load(target)
    from straightway.application import Straightway

    if isinstance(loaded.application, Straightway):
        return loaded.application
    kind = type(loaded.application).__name__
    raise Failure(
        f"{loaded.import_string} is of type {kind}, not a Straightway application",
        instead="Name the application itself, not what is wrapped around it.",
    )


def told(context: click.Context, work: Callable[[], int], *, verbose: bool) -> int:
    """Do the work of a command and return its exit code; a failure is told, and is code 2."""
    try:
        return work()
    except Failure as failure:
        complain(render(failure, verbose=verbose or bool(context.obj), colours=colours_wanted(sys.stderr)))
        return UNKNOWN
