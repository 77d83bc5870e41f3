"""What was found, as SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), which code hosts show in reviews."""

import json
from collections.abc import Sequence
from pathlib import Path

from straightway import __version__
from straightway.check.findings import Finding, Rule
from straightway.check.report import shown_path
from straightway.check.rules.table import RULES

__all__ = ["as_sarif"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(findings: Sequence[Finding], base: Path) -> str:
    """Write one run with all rules and the results; paths are relative to `base`."""
    numbers = {rule.id: number for number, rule in enumerate(RULES)}
    run = {
        "tool": {
            "driver": {
                "name": "straightway check",
                "semanticVersion": __version__,
                "rules": [_rule(each) for each in RULES],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"PROJECT": {"uri": base.resolve().as_uri() + "/"}},
        "results": [_result(each, numbers[each.rule], base) for each in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.title.replace(",", "").split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} Instead: {rule.remedy}."},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Finding, number: int, base: Path) -> dict[str, object]:
    artifact: dict[str, object] = {"uri": _uri(finding.file, base)}
    if finding.file.resolve().is_relative_to(base.resolve()):
        artifact["uriBaseId"] = "PROJECT"
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": finding.severity.value,
        "message": {"text": f"{finding.what}. Instead: {finding.instead}."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                }
            }
        ],
    }


def _uri(file: Path, base: Path) -> str:
    from urllib.parse import quote

    shown = shown_path(file, base)
    return file.resolve().as_uri() if Path(shown).is_absolute() else quote(shown)
