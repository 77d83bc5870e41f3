"""`straightway dev`: serve on this machine, in debug mode, anew after each change."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from straightway.cli.options import served_application, server_options
from straightway.cli.serving import settings_of, start
from straightway.cli.settings import Page

__all__ = ["command"]


@click.command("dev", epilog="Example: straightway dev main.py --port 8080")
@served_application
@server_options(host="127.0.0.1", reload=True)
@click.option(
    "--reload-dir",
    "reload_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder to watch instead of the current one; may be given several times. Example: --reload-dir src",
)
@click.option(
    "--dev-page",
    "page",
    type=click.Choice(["local", "network", "off"]),
    default="local",
    show_default=True,
    help="Who may see the development page at /__dev: this machine, whoever reaches the server, or nobody. "
    "Example: --host 0.0.0.0 --dev-page network",
)
@click.pass_context
def command(context: click.Context, /, reload_dirs: tuple[Path, ...], page: Page, **options: Any) -> int:
    """Serve an application for development.

    PATH is a Python file, a package directory, or an import string (main:app). Without it, the entrypoint in
    pyproject.toml is served, or else the first of main.py, app.py, api.py, app/main.py, app/app.py, app/api.py.

    It starts again when a Python file changes, and errors are answered with their traceback. The page at /__dev shows
    recent requests with their steps, the plan of each route, and what straightway check finds.
    """
    # Read by frontend(check_dir="auto"), and by whoever else wants to know.
    os.environ.setdefault("STRAIGHTWAY_ENV", "development")
    os.environ.setdefault("FASTAPI_ENV", "development")
    settings = replace(settings_of(context, **options), development=True, page=page)
    if settings.reload and reload_dirs:
        settings = replace(settings, reload_folders=reload_dirs)
    return start(settings)
