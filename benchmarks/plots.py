"""Draw the pictures of docs/performance.md from the newest results: `python -m benchmarks.plots`."""

import math
from collections.abc import Mapping, Sequence

from benchmarks.report import number
from benchmarks.results import Result, Run, newest, read
from benchmarks.svg import Drawing
from benchmarks.targets import FASTAPI, LIMIT, OURS
from tools.environments import ROOT

IMAGES = ROOT / "docs" / "images"

KINDS = {OURS: "ours", LIMIT: "limit", FASTAPI: "fastapi"}
PEER_KINDS = (
    "Starlette", "Falcon", "BlackSheep", "Litestar", "Sanic", "Django Ninja", "Flask", "emmett55", "Robyn",
)  # fmt: skip

SHOWN = (
    "hello", "path-query", "body", "dependencies", "models-100", "sync", "invalid", "routes-500", "five-middlewares",
)  # fmt: skip
"""Workloads of the picture of bars: those that most peers have."""


def main() -> None:
    """Draw every picture that the results have figures for."""
    run = read(newest())
    IMAGES.mkdir(exist_ok=True)
    for name, drawing in pictures(run).items():
        target = IMAGES / f"{name}.svg"
        target.write_text(drawing.written())
        print(f"written to {target.relative_to(ROOT)}")


def pictures(run: Run) -> dict[str, Drawing]:
    """Return the pictures by the name of their file."""
    drawn = {"workloads": bars(run), "routes": routes(run), "hello": overview(run)}
    return drawn | ({"latency": latencies(run)} if run.wire else {})


def kind_of(contender: str) -> str:
    """Return the class that colours a contender, the same in every picture."""
    name = contender.partition(",")[0]
    return KINDS.get(name) or f"peer{PEER_KINDS.index(name) % 7}"


def shown(result: Result) -> list[tuple[str, float]]:
    """Return a workload's contenders, fastest first, without those that are only compared with."""
    figures = ((name, value) for name, value in result.compared.items() if not name.endswith(", alone"))
    return sorted(figures, key=lambda each: each[1])


def bars(run: Run) -> Drawing:
    """Draw one panel of bars for each workload."""
    results = {result.name: result for result in run.results}
    panels = [results[name] for name in SHOWN if name in results]
    width, columns, row = 312, 3, 17
    heights = [
        max(len(shown(each)) for each in panels[n : n + columns]) for n in range(0, len(panels), columns)
    ]
    drawing = Drawing(
        width * columns + 40,
        60 + sum(52 + rows * row for rows in heights),
        "Microseconds per request in process",
    )
    drawing.text(20, 28, "Microseconds per request, in process", size=16, kind="strong")
    drawing.text(20, 46, "shorter is better; each panel has a scale of its own, logarithmic", kind="quiet")
    top = 78
    for position, rows in enumerate(heights):
        for column, result in enumerate(panels[position * columns : (position + 1) * columns]):
            panel(drawing, 20 + column * width, top, width - 24, row, result)
        top += 52 + rows * row
    return drawing


def panel(drawing: Drawing, left: float, top: float, width: float, row: float, result: Result) -> None:
    """Draw one workload: a bar for each contender, on a logarithmic scale."""
    drawing.text(left, top, result.title, size=12, kind="strong")
    figures = shown(result)
    longest = max(value for _, value in figures)
    smallest = min(value for _, value in figures) / 2
    room = width - 82 - 48
    for place, (name, value) in enumerate(figures):
        y = top + 10 + place * row
        kind = kind_of(name)
        length = room * math.log(value / smallest) / math.log(longest / smallest)
        words = "strong" if name == OURS else "" if name != LIMIT else "quiet"
        drawing.text(left + 78, y + 11, name, anchor="end", size=11, kind=words)
        drawing.bar(left + 84, y + 1, length, row - 4, kind)
        drawing.text(left + 88 + length, y + 11, number(value), size=11, kind=words)


def overview(run: Run) -> Drawing:
    """Draw what the README shows: how many times what we take FastAPI takes, and how near the limit is."""
    results = [each for each in run.results if each.name in SHOWN and LIMIT in each.figures]
    row, left, width = 30, 262, 760
    drawing = Drawing(
        width, 76 + len(results) * row, "Framework cost per request: limit, Straightway, FastAPI"
    )
    drawing.text(16, 26, "Microseconds per request, in process", size=16, kind="strong")
    for place, name in enumerate((LIMIT, OURS, FASTAPI)):
        drawing.bar(left + place * 150, 40, 12, 12, KINDS[name])
        label = {LIMIT: "written by hand"}.get(name, name)
        drawing.text(left + 18 + place * 150, 50, label, kind="quiet")
    longest = max(result.compared[FASTAPI] for result in results)
    room = width - left - 60
    for place, result in enumerate(results):
        y = 66 + place * row
        drawing.text(left - 10, y + 16, result.title, anchor="end")
        for part, name in enumerate((LIMIT, OURS, FASTAPI)):
            value = result.compared[name]
            length = max(2.0, room * math.log1p(value) / math.log1p(longest))
            drawing.bar(left, y + 1 + part * 8, length, 7, KINDS[name])
            words = "quiet" if name != OURS else "strong"
            drawing.text(left + length + 4, y + 8 + part * 8, number(value), size=9, kind=words)
    return drawing


def routes(run: Run) -> Drawing:
    """Draw what a request costs against the number of routes, both on logarithmic scales."""
    series: dict[str, list[tuple[float, float]]] = {}
    for result in sorted(
        run.results, key=lambda each: int(each.name.partition("-")[2] or 0) if is_sweep(each) else 0
    ):
        if is_sweep(result):
            for name, value in shown(result):
                series.setdefault(name, []).append((float(result.name.partition("-")[2]), value))
    return curves(
        series,
        title="Cost of the last route against the number of routes",
        subtitle="microseconds per request in process; both scales are logarithmic",
        ticks=(1, 10, 100, 500, 5000),
    )


def is_sweep(result: Result) -> bool:
    """Tell whether a result is one of the numbers of routes."""
    return result.name.startswith("routes-")


def curves(
    series: Mapping[str, Sequence[tuple[float, float]]], *, title: str, subtitle: str, ticks: Sequence[float]
) -> Drawing:
    """Draw lines on two logarithmic scales, each named at its end."""
    drawing = Drawing(760, 440, title)
    drawing.text(16, 26, title, size=16, kind="strong")
    drawing.text(16, 44, subtitle, kind="quiet")
    values = [value for points in series.values() for _, value in points]
    if not values:
        return drawing
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
    left, right, top, bottom = 60.0, 640.0, 64.0, 400.0

    def at(x: float, y: float) -> tuple[float, float]:
        across = math.log(x / ticks[0]) / math.log(ticks[-1] / ticks[0])
        up = math.log(y / low) / math.log(high / low)
        return left + across * (right - left), bottom - up * (bottom - top)

    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        y = at(1, 10**power)[1]
        drawing.rule(left, y, right, y)
        drawing.text(left - 8, y + 4, f"{10**power:,g}", anchor="end", size=11, kind="quiet")
    for tick in ticks:
        drawing.text(at(tick, low)[0], bottom + 18, f"{tick:,g}", anchor="middle", size=11, kind="quiet")
    for name, points in series.items():
        drawing.line([at(*point) for point in points], kind_of(name))
    label_ends(drawing, {name: at(*points[-1]) for name, points in series.items()})
    return drawing


def label_ends(drawing: Drawing, ends: Mapping[str, tuple[float, float]]) -> None:
    """Name lines at their ends, pushed apart where they end close to each other."""
    beside, lowest = 0.0, 0.0
    for name, (x, y) in sorted(ends.items(), key=lambda each: each[1]):
        lowest = max(y + 4, lowest + 14) if x == beside else y + 4
        beside = x
        words = f"{kind_of(name)} strong" if name == OURS else kind_of(name)
        drawing.text(x + 10, lowest, name, size=12, kind=words)


PERCENTILES = (("p50", "median"), ("p90", "90 %"), ("p99", "99 %"), ("p999", "99.9 %"))


def latencies(run: Run) -> Drawing:
    """Draw the percentiles of latency over the wire for the workload path-query, by server."""
    loads = [load for load in run.wire if load["workload"] == "path-query"]
    loads.sort(key=lambda load: load["p99"])
    row, left, width = 24, 190, 760
    drawing = Drawing(width, 96 + len(loads) * row, "Latency over the wire")
    drawing.text(16, 26, "Latency over the wire: int path + str and int query", size=16, kind="strong")
    drawing.text(
        16, 44, "milliseconds at 64 connections, one worker on one core; from the median to 99.9 %, logarithmic",
        kind="quiet",
    )  # fmt: skip
    low = min(load["p50"] for load in loads) / 1.5
    high = max(load["p999"] for load in loads) * 1.3

    def at(value: float) -> float:
        return left + (width - left - 40) * math.log(value / low) / math.log(high / low)

    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for step in (1, 2, 5):
            value = step * 10.0**power
            if low < value < high:
                drawing.rule(at(value), 60, at(value), 64 + len(loads) * row)
                words = f"{value:g}"
                drawing.text(at(value), 80 + len(loads) * row, words, anchor="middle", size=11, kind="quiet")
    for place, load in enumerate(loads):
        spread(drawing, 62 + place * row, row, load, {name: at(load[name]) for name, _ in PERCENTILES}, left)
    return drawing


def spread(
    drawing: Drawing, y: float, row: float, load: Mapping[str, object], at: Mapping[str, float], left: float
) -> None:
    """Draw the percentiles of one contender: a thin bar to 99.9 %, a thick one to 99 %, a mark at the median."""
    name, server = str(load["contender"]), str(load["server"])
    kind = kind_of(name)
    words = "strong" if name == OURS else ""
    label = name if server == "own" else f"{name}, {server}"
    drawing.text(left - 8, y + row / 2 + 4, label, anchor="end", size=12, kind=words)
    drawing.bar(at["p50"], y + row / 2 - 1, max(1.0, at["p999"] - at["p50"]), 2, kind)
    drawing.bar(at["p50"], y + row / 2 - 5, max(2.0, at["p99"] - at["p50"]), 10, kind)
    drawing.bar(at["p50"] - 1.5, y + row / 2 - 8, 3, 16, kind)


if __name__ == "__main__":
    main()
