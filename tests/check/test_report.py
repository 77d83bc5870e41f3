import json

from straightway import __version__
from straightway.check.engine import check
from straightway.check.report import as_json, as_text, shown_path, summary
from straightway.check.rules.table import RULES
from straightway.check.sarif import as_sarif
from tests.check.applications import written

SOURCE = """
    import time
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/\\x1b[31m")
    async def index():
        time.sleep(1)

    @app.post("/\\x1b[31m", operation_id="a")
    def post(tags: list[str] = []): ...

    @app.put("/{x}")
    def put(): ...
"""


def found(folder):
    """Return findings of both severities."""
    return check(written(folder, **{"my app": SOURCE}), RULES)


def test_text_has_two_lines_for_each_finding(tmp_path):
    """Colours only where asked for; they frame place, severity and remedy."""
    findings = found(tmp_path)

    plain = as_text(findings, tmp_path, colours=False)
    coloured = as_text(findings, tmp_path, colours=True)

    assert len(plain.splitlines()) == 2 * len(findings)
    assert plain.startswith("my app.py:9:5: error SW401 ")
    assert "\x1b" not in plain
    assert coloured.startswith("\x1b[1mmy app.py:9:5\x1b[0m: \x1b[31merror SW401\x1b[0m ")


def test_the_summary_counts(tmp_path):
    """Numbers agree with their nouns."""
    assert summary([], 1) == "No faults found in 1 file."
    assert summary(found(tmp_path), 2) == "1 error, 2 warnings in 2 files."


def test_json_has_every_finding_and_the_counts(tmp_path):
    """Paths are relative to the given directory, with slashes."""
    findings = found(tmp_path)

    document = json.loads(as_json(findings, tmp_path, files=1))

    assert [each["id"] for each in document["findings"]] == [each.rule for each in findings]
    assert document["findings"][0] == {
        "id": "SW401",
        "title": "Blocking call in async def",
        "severity": "error",
        "file": "my app.py",
        "line": 9,
        "column": 5,
        "what": findings[0].what,
        "instead": findings[0].instead,
        "fixable": False,
    }
    assert document["summary"] == {"files": 1, "errors": 1, "warnings": 2}


def test_paths_outside_of_the_directory_are_absolute(tmp_path):
    """A file that does not lie below is named in full."""
    assert shown_path(tmp_path / "a.py", tmp_path / "b") == (tmp_path / "a.py").as_posix()


def test_sarif_has_what_the_standard_asks_for(tmp_path):
    """SARIF 2.1.0: version (3.13.2), one run with a named driver (3.19.8), rules with ids that results index into."""
    document = json.loads(as_sarif(found(tmp_path), tmp_path))

    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("straightway check", __version__)
    assert [each["id"] for each in driver["rules"]] == [rule.id for rule in RULES]
    for result in run["results"]:
        rule = driver["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert result["level"] == rule["defaultConfiguration"]["level"] in {"error", "warning"}
        assert result["message"]["text"]


def test_sarif_places_are_relative_uris(tmp_path):
    """Artifact locations (3.4) are percent-encoded and relative to a base with a trailing slash (3.14.14)."""
    run = json.loads(as_sarif(found(tmp_path), tmp_path))["runs"][0]

    place = run["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"] == {"uri": "my%20app.py", "uriBaseId": "PROJECT"}
    assert place["region"] == {"startLine": 9, "startColumn": 5}
    assert run["originalUriBaseIds"]["PROJECT"]["uri"] == tmp_path.as_uri() + "/"


def test_sarif_columns_count_characters(tmp_path):
    """With columnKind unicodeCodePoints (3.14.17) a column is not a number of UTF-8 bytes."""
    source = SOURCE.replace("        time.sleep(1)", '        "üü"; time.sleep(1)')
    findings = check(written(tmp_path, main=source), RULES)

    run = json.loads(as_sarif(findings, tmp_path))["runs"][0]

    assert run["columnKind"] == "unicodeCodePoints"
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 11
