"""What is aimed at over the wire, and what was measured."""

from collections.abc import Sequence
from typing import Any

from benchmarks.targets import FASTAPI, LIMIT, OURS, OURS_RSGI

RATIOS = (
    "Requests each second against FastAPI's on uvicorn, and processor time of a request against the limit's"
)

TIMES_FASTAPI = {
    ("uvicorn", "hello"): 3.0,
    ("uvicorn", "path-query"): 3.8,
    ("uvicorn", "body"): 3.2,
    ("uvicorn", "models-100"): 1.7,
    ("granian", "hello"): 4.5,
    ("granian", "path-query"): 5.0,
    ("granian", "body"): 3.0,
}
"""How many times the requests each second of FastAPI on uvicorn are aimed at, by server and workload."""

WE_ARE = {"uvicorn": OURS, "granian": OURS_RSGI}
"""What we are called on a server: on granian the transport that is its own."""
OF_LIMIT = {"uvicorn": (LIMIT, 0.85), "granian": (f"{LIMIT}, RSGI", 0.7)}
"""Whose requests each second we are compared with on a server, and what share of them is aimed at."""
TIMES_PROCESSOR = 1.2
"""How many times the limit's processor time on uvicorn is aimed at, at most."""
OWN_SERVERS = ("emmett55", "Sanic", "Robyn")

Loads = dict[tuple[str, str, str], dict[str, Any]]


def verdicts(loads: Sequence[dict[str, Any]]) -> list[str]:
    """Word what was measured for each target, and whether it is met."""
    found: Loads = {(load["server"], load["workload"], load["contender"]): load for load in loads}
    worded: list[str] = []
    for (server, workload), times in TIMES_FASTAPI.items():
        ours, theirs = (
            found.get((server, workload, WE_ARE[server])),
            found.get(("uvicorn", workload, FASTAPI)),
        )
        if ours is None or theirs is None:
            continue
        where = f"{server}, {workload}"
        worded.append(_at_least(f"{where}, requests/s of FastAPI's", ours["rate"] / theirs["rate"], times))
        worded.extend(_against_limit(found, server, workload))
    return [*worded, *_against_own_servers(found)]


def _against_limit(found: Loads, server: str, workload: str) -> list[str]:
    name, share = OF_LIMIT[server]
    ours, limit = found[server, workload, WE_ARE[server]], found.get((server, workload, name))
    if limit is None:
        return []
    where = f"{server}, {workload}"
    worded = [_at_least(f"{where}, requests/s of the {name}'s", ours["rate"] / limit["rate"], share)]
    if server == "uvicorn":
        times = ours["processor"] / limit["processor"]
        kept = "met" if times <= TIMES_PROCESSOR else "short"
        worded.append(f"{where}, processor time of the {name}'s: {kept}, {times:.2f}× (≤ {TIMES_PROCESSOR}×)")
    return worded


def _against_own_servers(found: Loads) -> list[str]:
    worded: list[str] = []
    for workload in ("hello", "path-query", "body"):
        ours = found.get(("granian", workload, OURS_RSGI))
        for name in OWN_SERVERS:
            theirs = found.get(("own", workload, name))
            if ours is not None and theirs is not None:
                times = ours["rate"] / theirs["rate"]
                worded.append(_at_least(f"granian, {workload}, requests/s of {name}'s", times, 1.0))
    return worded


def _at_least(what: str, value: float, bound: float) -> str:
    return f"{what}: {'met' if value >= bound else 'short'}, {value:.2f}× (≥ {bound:g}×)"
