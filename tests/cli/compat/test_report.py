"""The report for people."""

import pytest

from straightway.cli.compat.comparing import Comparison, Finding, Wishes
from straightway.cli.compat.report import as_text
from straightway.cli.compat.wire import Facts, Sent

VERSIONS = {"Python": "3.13.0", "pydantic": "2.12.0"}


def comparison(*differences, fastapi="0.165.0", straightway=None):
    """Return the outcome of a comparison."""
    ours = Facts({"Straightway": "0.1.0", **VERSIONS, **(straightway or {})}, {})
    return Comparison(Facts({"FastAPI": fastapi, **VERSIONS}, {}), ours, differences=list(differences))


def text(found, *, colours=False, verbose=False):
    """Return the report on it."""
    return as_text(found, Wishes(rerun="straightway compat"), colours=colours, verbose=verbose)


def requests(number):
    """Return some requests."""
    return [Sent("GET /", "as documented", "GET", f"/{index}") for index in range(number)]


def test_colours_only_where_they_are_wanted():
    """Red for differences, green for none."""
    different = comparison(Finding("document", "info/title is 1 on FastAPI and 2 on Straightway"))

    assert "\033[31mDifferences:\033[0m" in text(different, colours=True)
    assert "\033[32mNo difference between" in text(comparison(), colours=True)
    assert "\033" not in text(different)


@pytest.mark.parametrize(("verbose", "shown"), [(False, 3), (True, 5)])
def test_few_requests_are_shown_unless_all_are_asked_for(verbose, shown):
    """Three say enough; --verbose shows the others."""
    report = text(comparison(Finding("answer", "status is ...", "GET /", requests(5))), verbose=verbose)

    assert report.count("(as documented)") == shown
    assert ("... 2 more requests, shown by --verbose" in report) is not verbose


def test_other_versions_are_pointed_out():
    """What differs may lie in Pydantic, in Python, or in another FastAPI."""
    report = text(comparison(fastapi="0.120.0", straightway={"pydantic": "2.13.0"}))

    assert "pydantic is 2.12.0 beside FastAPI and 2.13.0 beside Straightway" in report
    assert "Straightway implements FastAPI 0.165; what differs may have changed" in report
