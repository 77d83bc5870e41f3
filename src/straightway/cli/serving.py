"""From options to a running server: what `dev` and `run` have in common."""

from importlib.util import find_spec
from pathlib import Path

import click

from straightway.cli.discovery import Target, find_target
from straightway.cli.messages import Failure, say, shown
from straightway.cli.settings import LogFormat, Settings

__all__ = ["settings_of", "start"]


def settings_of(
    context: click.Context,
    *,
    path: str | None,
    app: str | None,
    entrypoint: str | None,
    verbose: bool,
    traceback: bool,
    host: str,
    port: int,
    reload: bool,
    root_path: str,
    proxy_headers: bool,
    forwarded_allow_ips: str | None,
    log_format: LogFormat,
    access_log: bool,
) -> Settings:
    """Find the application that is meant, and gather the options; raise `Failure` if it is not there."""
    if log_format == "json":
        from straightway.cli.logs import speak_json

        speak_json()
    target = find_target(path, app=app, entrypoint=entrypoint)
    return Settings(
        command=" ".join(filter(None, [context.command_path, path])),
        target=target,
        host=host,
        port=port,
        root_path=root_path,
        proxy_headers=proxy_headers,
        forwarded_allow_ips=forwarded_allow_ips,
        reload=reload,
        reload_folders=_watched(target) if reload else (),
        verbose=verbose or bool(context.obj),
        log_format=log_format,
        access_log=access_log,
        traceback=traceback or verbose or bool(context.obj),
    )


def _watched(target: Target) -> tuple[Path, ...]:
    """The current directory, and the application's own where that lies elsewhere."""
    here = Path.cwd()
    return (here,) if target.folder.is_relative_to(here.resolve()) else (here, target.folder)


def start(settings: Settings) -> int:
    """Bind the address and serve, with reload, with workers or in this process; return the exit code."""
    _expect_packages("uvicorn", *(["watchfiles"] if settings.reload else []))
    if settings.server == "granian":
        _expect_packages("granian", extra="granian")
    from straightway.cli.address import bind

    listener = bind(settings)
    say(_opening(settings))
    with listener:
        if settings.reload:
            from straightway.cli.reload import serve_with_reload

            return serve_with_reload(settings, listener)
        if settings.workers > 1:
            from straightway.cli.workers import serve_with_workers

            return serve_with_workers(settings, listener)
        from straightway.cli.process import serve_here

        return serve_here(settings, listener)


def _expect_packages(*names: str, extra: str = "standard") -> None:
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise Failure(
            f"This command needs {' and '.join(missing)}, which is not installed",
            instead=f'Install it with: pip install "straightway[{extra}]"',
        )


def _opening(settings: Settings) -> str:
    target = settings.target
    subject = shown(target.file) if target.file else f"{target.module}:{target.name}"
    mode = "development" if settings.development else "production"
    lines = [f"Starting Straightway in {mode} mode: {subject}"]
    if settings.reload:
        lines.append(
            f"Watching for changes in {', '.join(str(folder) for folder in settings.reload_folders)}"
        )
    return "\n".join(lines)
