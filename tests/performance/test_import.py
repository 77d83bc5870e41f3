"""What `from straightway import Straightway` may import: a ceiling on modules, and what has to wait.

A change that needs more at once may raise the ceiling and says in its commit message what for.
"""

import subprocess
import sys

import pytest

OWN = 90
"""Modules of Straightway itself, one more than there are."""

WAITING = {
    "anyio._backends._asyncio": "the first request",
    "opentelemetry": "a provider",
    "pydantic.color": "a colour",
    "pydantic_extra_types": "a colour",
    "straightway.check": "the command line",
    "straightway.cli": "the command line",
    "straightway.compile.handler": "the first request",
    "straightway.describe.document": "the document",
    "straightway.runtime.streaming": "the first request",
    "straightway.serve.explain": "an explanation",
    "straightway.serve.middleware": "a middleware function",
    "straightway.serve.rsgi": "a server that speaks RSGI",
    "straightway.spec.document": "the document",
    "straightway.telemetry.exporters": "the start",
}


@pytest.fixture(scope="module")
def imported():
    """The names of all modules that a new interpreter has after the import."""
    program = "import sys; from straightway import Straightway; app = Straightway(); print(*sys.modules)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own
    return done.stdout.split()


def test_the_import_brings_no_more_modules(imported):
    """An application is there with as few of our modules as there were when this was written."""
    own = sorted(name for name in imported if name.partition(".")[0] == "straightway")

    assert len(own) <= OWN, own


@pytest.mark.parametrize(("module", "what"), WAITING.items(), ids=WAITING)
def test_what_is_not_needed_yet_is_imported_later(imported, module, what):
    """What takes long to import, or few applications need, waits until it is wanted."""
    assert module not in imported, f"it can wait for {what}"
