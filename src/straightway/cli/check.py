"""`straightway check`: find mistakes in an application, in its source and in what it is once imported."""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from straightway.cli.discovery import Target, find_target
from straightway.cli.messages import Failure, colours_wanted, complain, render, say, shown
from straightway.cli.options import served_application, whole_tracebacks

if TYPE_CHECKING:
    from straightway.check.findings import Finding
    from straightway.check.model.project import Project
    from straightway.check.settings import Selection

__all__ = ["command", "findings_in"]

CLEAN, FAULTY, UNCHECKED = 0, 1, 2


@click.command(
    "check",
    epilog="Exit code: 0 without errors (with --strict: without warnings too), 1 with errors, 2 if it could not be "
    "checked. Example: straightway check --deploy main:app",
)
@served_application
@click.option("--deploy", is_flag=True, help="Ask about production too. Example: straightway check --deploy")
@click.option(
    "--select",
    multiple=True,
    metavar="IDS",
    help="Only these rules, or groups of them. Example: --select SW1,SW401",
)
@click.option("--ignore", multiple=True, metavar="IDS", help="Not these rules. Example: --ignore SW503")
@click.option("--strict", is_flag=True, help="Let warnings fail too. Example: straightway check --strict")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="How to tell what was found. Example: --format sarif > check.sarif",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The same as --format json. Example: straightway check --json"
)
@click.option(
    "--no-import", is_flag=True, help="Only read the source; run nothing of it. Example: --no-import"
)
@click.option(
    "--fix",
    is_flag=True,
    help="Mend what is safe to mend, and show the change. Example: --fix --select SW601",
)
@click.option(
    "--diff", is_flag=True, help="Show what --fix would change, and change nothing. Example: --diff"
)
@click.option("--explain", metavar="ID", help="Print the page about a rule. Example: --explain SW101")
@click.option("--list-rules", is_flag=True, help="List all rules. Example: straightway check --list-rules")
@whole_tracebacks
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    path: str | None,
    app: str | None,
    entrypoint: str | None,
    deploy: bool,
    select: Sequence[str],
    ignore: Sequence[str],
    strict: bool,
    form: str,
    as_json: bool,
    no_import: bool,
    fix: bool,
    diff: bool,
    explain: str | None,
    list_rules: bool,
    verbose: bool,
) -> int:
    """Find the mistakes in an application that guides warn of.

    PATH is a Python file, a package directory, or an import string (main:app), as for dev and run. The source of
    the application is read, and the application imported to look at its routes. Settings are read from
    [tool.straightway.check] in pyproject.toml: select, ignore, deploy, strict.
    """
    if explain is not None:
        return _explain(explain)
    if list_rules:
        return _list_rules()
    try:
        target = find_target(path, app=app, entrypoint=entrypoint)
        selection = _selection(target, select, ignore, deploy=deploy, strict=strict)
        project = _read(target)
        if fix or diff:
            project = _mend(project, target, selection, write=fix)
        return _check(project, target, selection, "json" if as_json else form, imports=not no_import)
    except Failure as failure:
        complain(render(failure, verbose=verbose or bool(context.obj), colours=colours_wanted(sys.stderr)))
        return UNCHECKED


def _explain(rule_id: str) -> int:
    from straightway.check.pages import page_of
    from straightway.check.rules.table import rule_of

    rule = rule_of(rule_id)
    if rule is None:
        raise click.UsageError(
            f"No rule has the id {rule_id}: straightway check --list-rules shows them all."
        )
    say(page_of(rule).rstrip())
    return CLEAN


def _list_rules() -> int:
    from straightway.check.rules.table import RULES

    for rule in RULES:
        notes = [*(["--deploy"] if rule.deploy else []), *(["--fix"] if rule.fixable else [])]
        say(f"{rule.id}  {rule.severity.value:7}  {rule.title}{f' ({chr(44).join(notes)})' if notes else ''}")
    return CLEAN


def _selection(
    target: Target, select: Sequence[str], ignore: Sequence[str], *, deploy: bool, strict: bool
) -> "Selection":
    """Lay the options over the settings: ids given here replace those of the file, switches turn on."""
    from straightway.check.settings import BadSettings, Selection, checked_ids, read_settings

    try:
        settings = read_settings(target.folder)
        return Selection(
            checked_ids(select) or settings.select,
            (*settings.ignore, *checked_ids(ignore)),
            deploy or settings.deploy,
            strict or settings.strict,
        )
    except BadSettings as error:
        raise Failure(
            f"Invalid settings: {error}", instead="Correct that, and run the command again."
        ) from error


def _read(target: Target, *more: str) -> "Project":
    from straightway.check.model.project import read_project
    from straightway.check.model.source import Unreadable

    try:
        project = read_project(target.folder, [target.module, *more])
    except Unreadable as error:
        raise Failure(
            f"{shown(error.file)}:{error.line} cannot be read: {error.reason}", instead="Correct that line."
        ) from error
    if target.module not in project.modules:
        raise Failure(
            f"Module not found: {target.module} ({target.origin})",
            instead=f"Its source is looked for in {target.folder}: correct the name, or change to the right directory.",
        )
    return project


def _mend(project: "Project", target: Target, selection: "Selection", *, write: bool) -> "Project":
    """Apply (or only show) the edits, and read the project again."""
    from straightway.check.engine import check
    from straightway.check.fixes import diff_of, mended
    from straightway.check.settings import selected

    findings = [each for each in check(project, selected(selection)) if each.edits]
    for file in dict.fromkeys(each.file for each in findings):
        before = file.read_bytes().decode("utf-8")
        after = mended(before, [each for each in findings if each.file == file])
        complain(diff_of(before, after, shown(file)).rstrip("\n"))
        if write:
            file.write_bytes(after.encode("utf-8"))
    return _read(target) if write else project


def _check(project: "Project", target: Target, selection: "Selection", form: str, *, imports: bool) -> int:
    from straightway.check.engine import check
    from straightway.check.settings import selected

    application, failure = _imported(target) if imports else (None, None)
    if application is not None:
        project = _read(target, *_other_modules(project))
    rules = selected(selection)
    findings = check(project, rules, application)
    _tell(findings, project, form)
    if failure is not None:
        raise failure
    return _exit_code(findings, strict=selection.strict)


def findings_in(target: Target, application: object) -> "tuple[Sequence[Finding], int]":
    """Check an application that has been imported, with the settings of its project.

    Return what was found, and how many files were read. Raise `Failure` for settings or source that cannot be read.
    """
    from straightway.check.engine import check
    from straightway.check.settings import selected

    selection = _selection(target, (), (), deploy=False, strict=False)
    project = _read(target, *_other_modules(_read(target)))
    return check(project, selected(selection), application), len(project.modules)


def _imported(target: Target) -> tuple[object | None, Failure | None]:
    """Import the application; None for one of another framework, of which only the source is checked."""
    # Nothing of the framework is imported before this line.
    from straightway.cli.loading import load

    # What the user's code prints must not end up in JSON.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            application: object = load(target).application
        except Failure as failure:
            if not _is_of_another_framework(target):
                return None, failure
            complain("The application is of another framework: only its source was checked.")
            return None, None
    from straightway.application import Straightway

    if isinstance(application, Straightway):
        return application, None
    complain("The application is no Straightway itself: only its source was checked.")
    return None, None


def _is_of_another_framework(target: Target) -> bool:
    module = sys.modules.get(target.module)
    tops = {type(each).__module__.partition(".")[0] for each in vars(module).values()} if module else set()
    return bool(tops & {"fastapi", "starlette"})


def _other_modules(project: "Project") -> list[str]:
    """List what the application imported by other means than import statements, from its own folder."""
    folder = project.folder.resolve()
    found: list[str] = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is None or name in project.modules or "site-packages" in file:
            continue
        if Path(file).resolve() in {
            folder.joinpath(*name.split(".")).with_suffix(".py"),
            folder.joinpath(*name.split("."), "__init__.py"),
        }:
            found.append(name)
    return found


def _tell(findings: "Sequence[Finding]", project: "Project", form: str) -> None:
    from straightway.check.report import as_json, as_text, summary
    from straightway.check.sarif import as_sarif

    base, files = Path.cwd(), len(project.modules)
    match form:
        case "json":
            say(as_json(findings, base, files=files))
        case "sarif":
            say(as_sarif(findings, base))
        case _:
            if findings:
                say(as_text(findings, base, colours=colours_wanted(sys.stdout)))
            complain(summary(findings, files))


def _exit_code(findings: "Sequence[Finding]", *, strict: bool) -> int:
    from straightway.check.findings import Severity

    counted = [each for each in findings if strict or each.severity is Severity.ERROR]
    return FAULTY if counted else CLEAN
