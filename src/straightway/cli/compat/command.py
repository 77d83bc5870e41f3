"""`straightway compat`: the same application on FastAPI and on Straightway."""

import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from straightway.cli.options import served_application

__all__ = ["command"]

SAME, DIFFERENT, NOT_COMPARED = 0, 1, 2

EPILOG = """\b
Exit codes: 0 no difference, 1 differences, 2 could not be compared.

Example: straightway compat main:app --only /items"""


@click.command("compat", epilog=EPILOG)
@served_application
@click.option(
    "--document-only",
    is_flag=True,
    help="Compare the OpenAPI documents and call no endpoint. Example: --document-only",
)
@click.option(
    "--all-methods",
    is_flag=True,
    help="Call POST, PUT, PATCH and DELETE operations too: use a database that you can lose. Example: --all-methods",
)
@click.option("--methods", metavar="LIST", help="Call these methods only. Example: --methods GET,POST")
@click.option(
    "--only",
    multiple=True,
    metavar="PATH",
    help="Call operations at or below this path of the document only; may be given several times. Example: --only /items",
)
@click.option(
    "--requests",
    type=click.IntRange(1, 10_000),
    default=10,
    show_default=True,
    help="Ordinary requests for each operation; up to four times as many unusual ones come on top. Example: --requests 50",
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="Other requests, the same in each run. Example: --seed 7",
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help='Header of the requests, such as credentials; may be given several times. Example: --header "X-Key: secret"',
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=5.0,
    show_default=True,
    help="Seconds until an answer that has not ended is compared as far as it came. Example: --timeout 1",
)
@click.option(
    "--before",
    metavar="COMMAND",
    help='Shell command before each of the up to three runs. Example: --before "cp fixture.db test.db"',
)
@click.option(
    "--fastapi-python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Interpreter of another environment that has FastAPI. Example: --fastapi-python ../old/.venv/bin/python",
)
@click.option(
    "--fetch-fastapi",
    is_flag=True,
    help="Fetch FastAPI with pip or uv into a cache, where it is not installed. Example: --fetch-fastapi",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Write JSON. Example: straightway compat --json > report.json"
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show every request of a difference, and whole tracebacks. Example: -v",
)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Compare an application on FastAPI and on Straightway.

    The application, which imports fastapi, is loaded once with each of the two, in processes of their own. The OpenAPI
    documents are compared, and the answers to requests made from them: as documented, and with something missing, empty,
    malformed or out of range.

    The endpoints are really called, with everything they do to databases and other services: only GET, HEAD and OPTIONS
    unless --all-methods or --methods says otherwise. What differs between two runs of FastAPI itself, such as times and
    random identifiers, is reported and counts as no difference.

    PATH is a Python file, a package directory, or an import string (main:app). Without it, the entrypoint in
    pyproject.toml is compared, or else the first of main.py, app.py, api.py, app/main.py, app/app.py, app/api.py.
    """
    from straightway.cli.compat.report import failure_as_json
    from straightway.cli.messages import Failure, colours_wanted, complain, render, say

    verbose = bool(options.pop("verbose") or context.obj)
    try:
        return _compare(context.command_path, verbose=verbose, **options)
    except Failure as failure:
        if options["as_json"]:
            say(failure_as_json(failure))
        else:
            complain(render(failure, verbose=verbose, colours=colours_wanted(sys.stderr)))
        return NOT_COMPARED


def _compare(
    name: str,
    *,
    verbose: bool,
    path: str | None,
    app: str | None,
    entrypoint: str | None,
    fastapi_python: Path | None,
    fetch_fastapi: bool,
    as_json: bool,
    **options: Any,
) -> int:
    from straightway.cli.compat import frameworks, report
    from straightway.cli.compat.comparing import compare
    from straightway.cli.discovery import find_target
    from straightway.cli.messages import colours_wanted, complain, say

    if fetch_fastapi and fastapi_python is not None:
        raise click.UsageError(
            "--fetch-fastapi and --fastapi-python cannot be combined: leave out one of them"
        )
    words = [
        name,
        *([path] if path else []),
        *(["--app", app] if app else []),
        *(["-e", entrypoint] if entrypoint else []),
    ]
    wishes = _wishes(" ".join(words), **options)
    target = find_target(path, app=app, entrypoint=entrypoint)
    folder = frameworks.downloaded() if fetch_fastapi else None
    with tempfile.TemporaryDirectory() as scratch:
        comparison = compare(
            frameworks.fastapi_framework(fastapi_python, folder),
            frameworks.straightway_framework(Path(scratch)),
            target,
            wishes,
            announce=lambda: complain(_warning(wishes.methods)),
        )
    text = (
        report.as_json(comparison, wishes)
        if as_json
        else report.as_text(comparison, wishes, colours=colours_wanted(sys.stdout), verbose=verbose)
    )
    say(text)
    return DIFFERENT if comparison.differences else SAME


def _wishes(
    rerun: str,
    *,
    document_only: bool,
    all_methods: bool,
    methods: str | None,
    only: tuple[str, ...],
    requests: int,
    seed: int,
    headers: tuple[str, ...],
    timeout: float,
    before: str | None,
) -> Any:
    from straightway.cli.compat.comparing import ALL_METHODS, SAFE_METHODS, Wishes

    if all_methods and methods is not None:
        raise click.UsageError("--all-methods and --methods cannot be combined: leave out one of them")
    chosen: tuple[str, ...] = ALL_METHODS if all_methods else SAFE_METHODS
    if methods is not None:
        chosen = tuple(dict.fromkeys(each.strip().upper() for each in methods.split(",") if each.strip()))
    return Wishes(
        rerun=rerun,
        methods=chosen,
        only=only,
        requests=requests,
        seed=seed,
        headers=tuple(_header(each) for each in headers),
        seconds=timeout,
        before=before,
        document_only=document_only,
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise click.UsageError(f'--header is NAME:VALUE, for example "X-Key: secret", not {text!r}')
    return name.strip().lower(), value.strip()


def _warning(methods: tuple[str, ...]) -> str:
    from straightway.cli.compat.mistakes import INVENTED_METHOD

    listed = ", ".join(each for each in methods if each != INVENTED_METHOD)
    return (
        f"Endpoints are really called now, up to three times with the same requests ({listed}): "
        "whatever they do to databases and other services is done."
    )
