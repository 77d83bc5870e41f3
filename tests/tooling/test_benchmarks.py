"""The machinery of the benchmarks: answers are compared, targets judged, pictures and page written the same every time."""

import asyncio
import json
from xml.etree import ElementTree as ET

import pytest

from benchmarks import applications, page, plots, results
from benchmarks.asgi import ask, driver
from benchmarks.environments import table
from benchmarks.frameworks import straightway
from benchmarks.harness import measure, timed
from benchmarks.report import judged
from benchmarks.results import Figure, Result, Run
from benchmarks.scenarios import at_once
from benchmarks.targets import adds, ahead, near
from benchmarks.wire.verdicts import verdicts
from benchmarks.workloads import WORKLOADS

LIMITED = [
    workload for workload in WORKLOADS if workload.limit is not None and workload.name != "routes-5000"
]


def load(contender, server, rate, processor):
    """Return what was measured over the wire."""
    percentiles = {"p50": 1.0, "p90": 2.0, "p99": 3.0, "p999": 9.0}
    what = {"workload": "hello", "server": server, "contender": contender, "errors": 0}
    return {**what, "rate": rate, "processor": processor, **percentiles}


@pytest.fixture
def run():
    """A run with one workload, measured in process and over the wire."""
    figures = {
        "limit": Figure(1.1, 1.0),
        "Straightway": Figure(2.2, 2.0),
        "FastAPI": Figure(31.0, 30.0),
        "Starlette": Figure(1.9, 1.5),
    }
    measured = [
        Result(name, title, "µs", figures) for name, title in (("hello", "JSON hello"), ("routes-1", "one"))
    ]
    wire = [load("Straightway", "uvicorn", 4000, 12.0), load("FastAPI", "uvicorn", 1000, 50.0)]
    wire.append(load("limit", "uvicorn", 5000, 9.0))
    wire += [{**each, "workload": "path-query"} for each in wire]
    return Run("2026-01-02 03:04 UTC", "a machine", {"Python": "3.11"}, measured, wire)


@pytest.mark.parametrize("workload", LIMITED, ids=lambda workload: workload.name)
def test_the_limit_does_the_same_work(workload):
    """The hand-written handler answers what Straightway answers, to the byte."""
    ours = asyncio.run(ask(workload.build(straightway()), workload.request))
    by_hand = asyncio.run(ask(workload.limit, workload.request))

    assert ours == by_hand
    assert ours.status == workload.status


def test_all_of_many_requests_at_once_succeed():
    """A hundred requests share five connections."""
    _, succeeded = asyncio.run(at_once(applications.pooled(straightway())))

    assert succeeded == 100


def test_contenders_are_measured():
    """Every contender has a figure, and its fastest turn is not slower than the usual one."""
    workload = WORKLOADS[0]
    turns = {"limit": timed(driver(workload.limit, workload.request))}

    figures = asyncio.run(measure(turns, rounds=3))

    assert 0 < figures["limit"].minimum <= figures["limit"].median


@pytest.mark.parametrize(
    ("target", "met"),
    [
        pytest.param(ahead(15), True, id="ahead"),
        pytest.param(ahead(16), False, id="not far enough ahead"),
        pytest.param(near(2), True, id="near"),
        pytest.param(near(1.9), False, id="not near enough"),
        pytest.param(near(1.1, "Straightway, alone"), None, id="not measured"),
        pytest.param(adds(10), None, id="nothing to add to"),
    ],
)
def test_targets_are_judged_by_the_fastest_turns(run, target, met):
    """A target compares minima; it says nothing where one of the two figures is missing."""
    assert target.is_met(run.results[0].compared) is met


def test_what_is_short_is_said_with_its_figure(run):
    """A target that was missed is followed by what was measured."""
    assert judged(run.results[0], [ahead(10), near(1.7)]) == ("FastAPI ≥ 10×, ≤ 1.7× limit", "short: 2.00")
    assert judged(run.results[0], [ahead(10)]) == ("FastAPI ≥ 10×", "met")


def test_verdicts_over_the_wire(run):
    """Requests each second and processor time are judged against FastAPI and the limit."""
    assert verdicts(run.wire)[:3] == [
        "uvicorn, hello, requests/s of FastAPI's: met, 4.00× (≥ 3×)",
        "uvicorn, hello, requests/s of the limit's: short, 0.80× (≥ 0.85×)",
        "uvicorn, hello, processor time of the limit's: short, 1.33× (≤ 1.2×)",
    ]


def test_results_survive_their_file(run, tmp_path, monkeypatch):
    """What is written into a results file is what is read from it."""
    monkeypatch.setattr(results, "RESULTS", tmp_path)

    file = results.write(run)

    assert results.read(file) == run
    assert results.newest() == file


def test_pictures_are_the_same_for_the_same_figures(run):
    """Every picture is well-formed XML, and drawn twice it is the same."""
    first = {name: drawing.written() for name, drawing in plots.pictures(run).items()}
    second = {name: drawing.written() for name, drawing in plots.pictures(run).items()}

    assert first == second
    assert set(first) == {"workloads", "routes", "hello", "latency"}
    for written in first.values():
        ET.fromstring(written)  # noqa: S314  # we have written it ourselves


def test_the_page_is_filled_with_figures(run):
    """What stands between the marks is replaced, and nothing else."""
    marked = "before\n\n<!-- figures: about -->\nold\n<!-- end of figures -->\n\nafter\n"

    filled = page.filled(marked, run)

    assert "2026-01-02" in filled
    assert "old" not in filled
    assert filled.startswith("before\n")
    assert filled.endswith("after\n")
    assert page.filled(filled, run) == filled


def test_every_block_of_the_page_can_be_filled(run):
    """docs/performance.md names only figures that exist; ours stand out, who is ahead of us is named."""
    filled = page.filled(page.PAGE.read_text(), run)

    assert "**2.00**" in filled
    assert "Starlette (1.50 against 2.00 µs)" in filled


def test_every_environment_is_pinned():
    """Each contender's environment names the version of everything in it."""
    for name, content in table().items():
        assert content["versions"], name
        assert json.dumps(content["requires"])
