"""`straightway explain`: what an application does with one request."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from straightway.cli.inspecting import application_at, told
from straightway.cli.messages import Failure, colours_wanted, say, shown
from straightway.cli.options import named_application, whole_tracebacks

if TYPE_CHECKING:
    from straightway.describe.explanation import Account

__all__ = ["command"]

ANSWERED, UNANSWERED = 0, 1

BOLD = "1"

EPILOG = """\b
Exit codes: 0 something answers, 1 nothing does (404 or 405), 2 could not be explained.

Example: straightway explain main:app "POST /orders/5?dry=1" --source"""


@click.command("explain", short_help="Show how a request is answered, step by step.", epilog=EPILOG)
@click.argument("words", nargs=-1, required=True, metavar="[PATH] REQUEST")
@named_application
@click.option("--source", is_flag=True, help="Print the compiled function too. Example: --source")
@click.option(
    "--transport",
    type=click.Choice(["asgi", "rsgi"]),
    help="Print what is compiled for this interface; implies --source. Example: --transport rsgi",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON. Example: straightway explain --json /items/3"
)
@whole_tracebacks
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    words: Sequence[str],
    app: str | None,
    entrypoint: str | None,
    source: bool,
    transport: Literal["asgi", "rsgi"] | None,
    as_json: bool,
    verbose: bool,
) -> int:
    """Show how a request is answered: routes, middleware, steps, answer, failures.

    PATH is a Python file, a package directory, or an import string (main:app), as for dev and run. REQUEST is a method
    and a path, such as "POST /orders/5?dry=1"; GET may be left out, and WS stands for a WebSocket. The application is
    imported, and nothing of it is run: no lifespan, no middleware, no dependency, no endpoint.
    """
    path, request = _divided(words)
    wanted = transport or ("asgi" if source else None)

    def work() -> int:
        application = application_at(path, app, entrypoint)
        try:
            explanation = application.explain(request, source=wanted)
        except ValueError as error:
            raise Failure(
                str(error), instead='Example: straightway explain main:app "GET /items/3"'
            ) from error
        say(_json(explanation) if as_json else _text(str(explanation)))
        return UNANSWERED if _innermost(explanation).outcome in _UNANSWERED else ANSWERED

    return told(context, work, verbose=verbose)


_UNANSWERED = frozenset({"not found", "method not allowed"})


def _divided(words: Sequence[str]) -> tuple[str | None, str]:
    """Tell the application from the request, which may be written as one word or as two."""
    *before, last = words
    if before and before[-1].isalpha() and before[-1].isupper() and " " not in last:
        last = f"{before.pop()} {last}"
    if len(before) > 1:
        raise click.UsageError(
            'Write the request in quotes, as in: straightway explain main:app "GET /items/3"'
        )
    return (before[0] if before else None), last


def _innermost(account: "Account") -> "Account":
    return account if account.mounted is None else _innermost(account.mounted)


def _text(text: str) -> str:
    if not colours_wanted(sys.stdout):
        return text
    lines = (
        f"\033[{BOLD}m{line}\033[0m" if line and not line.startswith(" ") else line
        for line in text.splitlines()
    )
    return "\n".join(lines)


def _json(account: "Account") -> str:
    from dataclasses import asdict

    return json.dumps(with_shown_files(asdict(account)), indent=2)


def with_shown_files(value: Any) -> Any:
    """Return JSON-able data with its files as a person in the current directory would write them."""
    if isinstance(value, dict):
        return {
            key: shown(each) if key == "file" and each is not None else with_shown_files(each)
            for key, each in value.items()
        }
    return [with_shown_files(each) for each in value] if isinstance(value, list | tuple) else value
