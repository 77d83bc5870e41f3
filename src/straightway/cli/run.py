"""`straightway run`: serve in production."""

from dataclasses import replace
from typing import Any

import click
from click.core import ParameterSource

from straightway.cli.options import served_application, server_options
from straightway.cli.serving import settings_of, start
from straightway.cli.settings import Server

__all__ = ["command"]


@click.command("run", epilog="Example: straightway run --workers 4")
@served_application
@server_options(host="0.0.0.0", reload=False)  # noqa: S104  # what a container needs; --help says how to narrow it
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    envvar="WEB_CONCURRENCY",
    show_envvar=True,
    help="Number of processes; one if left out. Example: --workers 4",
)
@click.option(
    "--server",
    type=click.Choice(["uvicorn", "granian"]),
    default="uvicorn",
    show_default=True,
    help="granian speaks RSGI with the application, which is faster. Example: --server granian",
)
@click.pass_context
def command(context: click.Context, /, workers: int | None, server: Server, **options: Any) -> int:
    """Serve an application in production.

    PATH is a Python file, a package directory, or an import string (main:app). Without it, the entrypoint in
    pyproject.toml is served, or else the first of main.py, app.py, api.py, app/main.py, app/app.py, app/api.py.
    """
    settings = replace(settings_of(context, **options), server=server)
    if not settings.reload:
        return start(replace(settings, workers=workers or 1))
    if context.get_parameter_source("workers") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--workers and --reload cannot be combined: leave out one of them")
    return start(settings)
