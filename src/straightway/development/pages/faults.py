"""What the checker finds, and the page about each rule."""

from __future__ import annotations

from straightway.check.findings import Finding, Rule, Severity
from straightway.check.pages import example_of
from straightway.check.rules.table import rule_of
from straightway.describe.markup import Markup, element
from straightway.describe.user_code import shown_file
from straightway.development.inspection import Checked
from straightway.development.pages.layout import Frame, document, nothing, section
from straightway.development.pages.source import source_of, with_code
from straightway.development.pages.words import counted


def check_page(frame: Frame, checked: Checked) -> Markup:
    """Return the findings, errors first."""
    found = sorted(checked.findings, key=lambda each: each.severity is not Severity.ERROR)
    title = element(
        "div",
        element("h1", "Check"),
        element("p", _summary(checked), kind="muted"),
        kind="title",
    )
    if checked.failure is not None:
        body = element(
            "div",
            element("p", "The checker could not look at this application: ", checked.failure),
            element("p", "Run ", element("code", "straightway check"), " to see more.", kind="muted"),
            kind="raised",
        )
    elif found:
        body = element("ol", *(element("li", _finding(frame, each)) for each in found), kind="findings")
    else:
        body = nothing(
            "No faults found. ", element("code", "straightway check --deploy"), " asks about production too."
        )
    return document(frame, "Check", "Check", title, body)


def _summary(checked: Checked) -> str:
    errors = sum(each.severity is Severity.ERROR for each in checked.findings)
    warnings = len(checked.findings) - errors
    return f"{counted(errors, 'error')}, {counted(warnings, 'warning')} in {counted(checked.files, 'file')}"


def _finding(frame: Frame, finding: Finding) -> Markup:
    rule = rule_of(finding.rule)
    return element(
        "article",
        element(
            "p",
            element("span", finding.severity.value, kind=f"severity {finding.severity.value}"),
            element(
                "a",
                finding.rule,
                " ",
                rule.title if rule is not None else "",
                href=f"{frame.base}/check/{finding.rule}",
            ),
            kind="rule",
        ),
        element("p", *with_code(finding.what), kind="what"),
        element("p", element("b", "Instead: "), *with_code(finding.instead), kind="instead"),
        element(
            "p",
            element("code", f"{shown_file(str(finding.file))}:{finding.line}:{finding.column}"),
            kind="place",
        ),
        kind="finding",
    )


def rule_page(frame: Frame, rule: Rule) -> Markup:
    """Return why a rule is there, with a faulty and a correct application."""
    bad, good, notes = example_of(rule)
    remedy = f"{rule.remedy[:1].upper()}{rule.remedy[1:]}."
    return document(
        frame,
        "Check",
        rule.id,
        element("p", element("a", "All faults", href=f"{frame.base}/check"), kind="back"),
        element("h1", f"{rule.id}: {rule.title}"),
        element("p", *with_code(rule.why), kind="summary"),
        section("Faulty", source_of(bad, "Faulty application")),
        section("Correct", element("p", *with_code(remedy)), source_of(good, "Correct application")),
        element("p", *with_code(notes.strip()), kind="notes") if notes.strip() else None,
        element(
            "p", *with_code(f"Excuse a single line with `# straightway: ignore[{rule.id}]`."), kind="muted"
        ),
    )
