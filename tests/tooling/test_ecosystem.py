"""The table of packages that are driven, and what a run makes of it."""

import re
from pathlib import Path

import pytest

from tests.ecosystem.environment import ANSWERS, assert_answers
from tests.ecosystem.packages import Package, TableError, load, select
from tests.ecosystem.pins import preferences
from tests.ecosystem.run import Result, line_of
from tools.environments import ROOT

PACKAGES = load()


def written(folder: Path, content: str) -> Path:
    """Write a packages.toml."""
    file = folder / "packages.toml"
    file.write_text(content)
    return file


def result(*outcomes: str, distribution: str = "straightway", fails: str = "") -> Result:
    """Make a result of tests with those outcomes."""
    package = Package(name="one", requirements=("one==1.2",), drives="all", fails=fails)
    named = {f"test_{number}": outcome for number, outcome in enumerate(outcomes)}
    return Result(package=package, distribution=distribution, outcomes=named, messages={}, seconds=1.5)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_entry_has_its_files(package: Package):
    """Each package has tests and pins, the pins name versions only, and the package is among them."""
    assert "def test_" in package.smoke.read_text()
    pins = package.pins.read_text().splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.!+-]+", pin) for pin in pins)
    assert package.requirements[0].partition("[")[0].partition("==")[0] + f"=={package.version}" in pins
    assert not [pin for pin in pins if pin.startswith("fastapi==")]


def test_files_have_their_entry():
    """No test and no pin is left of a package that is gone."""
    folder = ROOT / "tests" / "ecosystem"

    assert set((folder / "smoke").glob("smoke_*.py")) == {package.smoke for package in PACKAGES}
    assert set((folder / "pins").iterdir()) == {package.pins for package in PACKAGES}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_table_is_published(package: Package):
    """docs/compatibility.md has the row of each package, with the version that is tested."""
    page = (ROOT / "docs" / "compatibility.md").read_text()

    assert (
        f"| {package.name} | {package.version} | {package.drives} | {f'fails: {package.fails}' if package.fails else 'passes'} |"
        in page
    )


@pytest.mark.parametrize(
    "content",
    [
        '[one]\nrequirements = ["one==1"]',
        '[one]\nrequirements = ["one==1"]\ndrives = "x"\nmore = 1',
        '[one]\nrequirements = ["one"]\ndrives = "x"',
        '[one]\nrequirements = ["one>=1"]\ndrives = "x"',
        '[one]\nrequirements = []\ndrives = "x"',
        '[one]\nrequirements = ["one==1"]\ndrives = " "',
    ],
    ids=["no words", "unknown key", "no version", "no exact version", "nothing required", "empty words"],
)
def test_unclear_entry_is_refused(tmp_path: Path, content: str):
    """What cannot be meant stops the run."""
    with pytest.raises(TableError, match="one needs"):
        load(written(tmp_path, content))


def test_packages_are_chosen_by_name():
    """Names choose in the order of the table, none chooses all, an unknown one is an error."""
    names = [package.name for package in select(PACKAGES, ["sqladmin", "fastapi-users"])]

    assert names == ["fastapi-users", "sqladmin"]
    assert select(PACKAGES, []) == PACKAGES
    with pytest.raises(TableError, match="nothing-such"):
        select(PACKAGES, ["nothing-such"])


@pytest.mark.parametrize(
    ("outcomes", "passes_here", "passes_there"),
    [
        (["passed", "passed"], True, True),
        (["passed", "failed"], False, False),
        (["passed", "skipped"], False, False),
        (["passed", "xfailed"], False, True),
        (["uncollected"], False, False),
        ([], False, False),
    ],
    ids=["all", "one fails", "one is skipped", "one needs the flat list of routes", "no import", "no tests"],
)
def test_only_passing_tests_pass(outcomes: list[str], passes_here: bool, passes_there: bool):
    """A package passes when it has tests and every one passes."""
    assert result(*outcomes).passed is passes_here
    assert result(*outcomes, distribution="real").passed is passes_there


def test_failure_that_the_table_names_is_expected():
    """Here, not on the real thing; and a package that passes must not be said to fail."""
    assert result("uncollected", fails="asks for what is missing").as_expected
    assert not result("uncollected").as_expected
    assert not result("passed", fails="asks for what is missing").as_expected
    assert result("passed", fails="asks for what is missing", distribution="real").as_expected


def test_line_of_the_table():
    """Name, version, verdict, seconds and counts."""
    assert line_of(result("passed", "failed", "passed"), 5) == (
        "one    1.2        FAILED    1.5 s  1 failed, 2 passed"
    )


def test_pins_of_the_last_time_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Resolving again prefers a package's own pins to those of the project's tests, where it has any."""
    package = next(package for package in PACKAGES if package.name == "slowapi")
    monkeypatch.setattr(
        "tests.ecosystem.pins.CONSTRAINTS", written(tmp_path, "limits==0.1\nstarlette==0.1\nnew==1\n")
    )

    kept = preferences(package).splitlines()

    assert [pin for pin in package.pins.read_text().splitlines() if pin not in kept] == []
    assert "new==1" in kept


def test_import_of_another_fastapi_is_found(tmp_path: Path):
    """What the import gives decides, whatever an installation calls itself."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho starlette fastapi\n")
    python.chmod(0o755)

    assert_answers(python, ANSWERS["real"])
    with pytest.raises(SystemExit, match="gives starlette fastapi, not straightway straightway"):
        assert_answers(python, ANSWERS["straightway"])
