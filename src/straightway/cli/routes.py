"""`straightway routes`: all routes of an application, in the order in which they are tried."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from straightway.cli.explain import with_shown_files
from straightway.cli.inspecting import application_at, told
from straightway.cli.messages import colours_wanted, complain, say, shown
from straightway.cli.options import served_application, whole_tracebacks

if TYPE_CHECKING:
    from straightway.serve.listing import Listed

__all__ = ["command"]

TITLES = ("METHOD", "PATH", "NAME", "PLACE", "DEPENDENCIES", "SECURITY", "LIMITS")
NARROWEST = 8
BOLD, YELLOW = "1", "33"

EPILOG = """\b
Exit codes: 0 the routes were listed (a warning does not change that), 2 they could not be.

Example: straightway routes main:app --grep orders"""


@click.command("routes", short_help="List all routes in the order in which they are tried.", epilog=EPILOG)
@served_application
@click.option(
    "--grep", metavar="TEXT", help="Only routes with this text in any column. Example: --grep /orders"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: straightway routes --json")
@whole_tracebacks
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    path: str | None,
    app: str | None,
    entrypoint: str | None,
    grep: str | None,
    as_json: bool,
    verbose: bool,
) -> int:
    """List the routes of an application in the order in which they are tried.

    PATH is a Python file, a package directory, or an import string (main:app), as for dev and run. The application is
    imported, and nothing of it is run. Routes that no request can reach are warned of; straightway check says more.
    """

    def work() -> int:
        application = application_at(path, app, entrypoint)
        from straightway.serve.listing import listed_routes

        routes = listed_routes(application)
        found = [each for each in routes if grep is None or _has(each, grep)]
        warnings = [words for later, words in _warnings(routes) if later in found]
        if as_json:
            say(_json(found, warnings))
            return 0
        _tell(found, warnings)
        return 0

    return told(context, work, verbose=verbose)


def _has(route: "Listed", text: str) -> bool:
    return any(text.lower() in cell.lower() for cell in _cells(route))


def _cells(route: "Listed") -> tuple[str, ...]:
    return tuple(
        _printable(cell)
        for cell in (
            ",".join(route.methods) or "*",
            f"{'  ' * route.depth}{route.path}",
            route.name,
            _place(route) or _without_place(route),
            ", ".join(route.dependencies),
            ", ".join(route.security),
            ", ".join(route.limits),
        )
    )


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _place(route: "Listed") -> str:
    return "" if route.origin.file is None else f"{shown(route.origin.file)}:{route.origin.line}"


def _without_place(route: "Listed") -> str:
    """Name what is mounted, or the files that are served; the framework's own pages have no place."""
    return route.origin.name if not route.methods or route.name == "frontend" else "built in"


def _warnings(routes: Sequence["Listed"]) -> Iterator[tuple["Listed", str]]:
    """Word which routes get no request, as an earlier one takes them all."""
    from straightway.check.rules.routing import nameless, overlaps

    certain = [each for each in routes if each.is_certain]
    table = [(frozenset(each.methods), _template(each)) for each in certain]
    for first, second in overlaps(table):
        earlier, later = certain[first], certain[second]
        if earlier.depth != later.depth:
            continue
        taking = " ".join(filter(None, [earlier.path, f"({place})" if (place := _place(earlier)) else ""]))
        subject = _printable(f"{','.join(later.methods) or 'mount'} {later.path}")
        if nameless(table[first][1]) == nameless(table[second][1]):
            yield later, f"{subject} is declared a second time; the first one answers: {taking}"
        else:
            yield later, f"{subject} is never reached: {taking} is declared before it and matches it too"


def _template(route: "Listed") -> str:
    """Return the path that a route takes, a mount all that is below it."""
    return route.path if route.methods else f"{route.path.rstrip('/')}/{{rest:path}}"


def _json(routes: Sequence["Listed"], warnings: Sequence[str]) -> str:
    from dataclasses import asdict

    return json.dumps(
        with_shown_files({"routes": [asdict(each) for each in routes], "warnings": list(warnings)}), indent=2
    )


def _tell(routes: Sequence["Listed"], warnings: Sequence[str]) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = _table([TITLES, *map(_cells, routes)], width)
    if colours_wanted(sys.stdout):
        lines[0] = f"\033[{BOLD}m{lines[0]}\033[0m"
    say("\n".join(lines))
    mark = f"\033[{YELLOW}mwarning:\033[0m" if colours_wanted(sys.stderr) else "warning:"
    for words in warnings:
        complain(f"{mark} {words}")


def _table(rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Align the columns, without those that are empty; cut the widest until a line fits."""
    kept = [index for index in range(len(TITLES)) if any(row[index] for row in rows[1:])] or [0, 1]
    widths = {index: max(len(row[index]) for row in rows) for index in kept}
    while width is not None and sum(widths.values()) + 2 * (len(kept) - 1) > width:
        widest = max(kept[2:] or kept, key=lambda index: widths[index])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return ["  ".join(_cut(row[index], widths[index]) for index in kept).rstrip() for row in rows]


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"
