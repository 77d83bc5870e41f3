"""The same endpoints are compiled to the same text, whatever the order of sets and whenever they are compiled."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from straightway.compile.handler import write
from straightway.routing import APIRoute
from tests.compile.endpoints import app

ROOT = Path(__file__).parents[2]
PRINT_ALL = """
from straightway.compile.handler import write
from straightway.routing import APIRoute, APIWebSocketRoute
from tests.compile.endpoints import app

for route in app.routes:
    if isinstance(route, APIRoute | APIWebSocketRoute):
        source, name = write(route.plan_for(), "asgi" if isinstance(route, APIRoute) else "websocket")
        print(name, list(source.names), source, sep="\\n")
"""


def compiled_with(seed):
    """Return the text of all endpoints, and the names they use, compiled by another process."""
    return subprocess.run(  # noqa: S603  # our own text
        [sys.executable, "-c", PRINT_ALL],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout


def test_text_does_not_depend_on_the_order_of_sets():
    """Two processes that order sets differently write the same."""
    first, second = (compiled_with(seed) for seed in ("1", "2"))

    assert "async def hello(" in first
    assert first == second


@pytest.mark.parametrize(
    "route", [each for each in app.routes if isinstance(each, APIRoute)], ids=lambda route: route.name
)
def test_text_does_not_depend_on_what_was_compiled_before(route):
    """Compiling twice makes no difference, nor does analysing anew."""
    again = APIRoute(
        route.path,
        route.endpoint,
        methods=route.methods,
        status_code=route.status_code,
        response_class=route.response_class,
        dependencies=route.dependencies,
    )

    texts = {str(write(each.plan_for())[0]) for each in (route, route, again)}

    assert len(texts) == 1
