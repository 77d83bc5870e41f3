"""`straightway dev`: serve on this machine, in debug mode, anew after each change."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from straightway.cli.options import served_application, server_options
from straightway.cli.serving import settings_of, start

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
@click.pass_context
def command(context: click.Context, /, reload_dirs: tuple[Path, ...], **options: Any) -> int:
    """Serve an application for development.

    PATH is a Python file, a package directory, or an import string (main:app). Without it, the entrypoint in
    pyproject.toml is served, or else the first of main.py, app.py, api.py, app/main.py, app/app.py, app/api.py.

    It starts again when a Python file changes, and errors are answered with their traceback.
    """
    # Read by frontend(check_dir="auto"), and by whoever else wants to know.
    os.environ.setdefault("STRAIGHTWAY_ENV", "development")
    os.environ.setdefault("FASTAPI_ENV", "development")
    settings = replace(settings_of(context, **options), development=True)
    if settings.reload and reload_dirs:
        settings = replace(settings, reload_folders=reload_dirs)
    return start(settings)
