"""Options that `dev` and `run` share, each described in one place."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["named_application", "served_application", "server_options", "whole_tracebacks"]

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


def served_application(function: Command) -> Command:
    """Add what says which application is served: PATH, --app and --entrypoint."""
    return _with(
        function,
        click.argument("path", required=False, metavar="[PATH]"),
        named_application,
    )


def named_application(function: Command) -> Command:
    """Add what names the application otherwise than by PATH: --app and --entrypoint."""
    return _with(
        function,
        click.option(
            "--app",
            metavar="NAME",
            help="Variable that holds the application; found by itself if left out. Example: --app application",
        ),
        click.option(
            "-e",
            "--entrypoint",
            metavar="MODULE:APP",
            help="The application as an import string, instead of PATH. Example: -e shop.main:app",
        ),
    )


def server_options(*, host: str, reload: bool) -> Callable[[Command], Command]:
    """Add what says where and how to serve, with the command's own default host and reload."""

    def add(function: Command) -> Command:
        return _with(
            function,
            click.option(
                "--host",
                default=host,
                show_default=True,
                help="Address to listen on: 127.0.0.1 for this machine, 0.0.0.0 for the network. "
                "Example: --host 0.0.0.0",
            ),
            click.option(
                "--port",
                type=click.IntRange(0, 65535),
                default=8000,
                show_default=True,
                envvar="PORT",
                show_envvar=True,
                help="Port to listen on; 0 picks a free one. Example: --port 8080",
            ),
            click.option(
                "--reload/--no-reload",
                default=reload,
                show_default=True,
                help="Start again when a Python file changes. Example: --no-reload",
            ),
            click.option(
                "--root-path",
                default="",
                metavar="PREFIX",
                help="Path prefix that a proxy in front removes. Example: --root-path /api/v1",
            ),
            click.option(
                "--proxy-headers/--no-proxy-headers",
                default=True,
                show_default=True,
                help="Believe X-Forwarded-For and X-Forwarded-Proto of trusted proxies. Example: --no-proxy-headers",
            ),
            click.option(
                "--forwarded-allow-ips",
                metavar="LIST",
                help="Proxies to trust, separated by commas, or * for all; this machine if left out. "
                "Example: --forwarded-allow-ips 10.0.0.1,10.0.0.2",
            ),
            click.option(
                "--log-format",
                type=click.Choice(["text", "json"]),
                default="text",
                show_default=True,
                envvar="STRAIGHTWAY_LOG_FORMAT",
                show_envvar=True,
                help="Lines for people, or one JSON object a line for programs. Example: --log-format json",
            ),
            click.option(
                "--access-log/--no-access-log",
                default=True,
                show_default=True,
                help="Write one line for each request. Example: --no-access-log",
            ),
            click.option(
                "-v",
                "--verbose",
                is_flag=True,
                help="Show how the application is found, the server's log and whole tracebacks. Example: straightway dev -v",
            ),
            click.option(
                "--traceback",
                is_flag=True,
                help="Show whole tracebacks, with the framework's frames. Example: straightway dev --traceback",
            ),
        )

    return add


def whole_tracebacks(function: Command) -> Command:
    """Add what commands that serve nothing have in place of a log: whole tracebacks, as `verbose`."""
    return _with(
        function,
        click.option(
            "-v",
            "--verbose",
            "--traceback",
            "verbose",
            is_flag=True,
            help="Show whole tracebacks, with the framework's frames. Example: --traceback",
        ),
    )


def _with(function: Command, *decorators: Callable[[Command], Command]) -> Command:
    for decorator in reversed(decorators):
        function = decorator(function)
    return function
