import os
import subprocess
import sys

import pytest

from tests.compat.places import ROOT, SOURCES


@pytest.fixture(scope="session")
def run_with_fastapi():
    """Run a program whose `import fastapi` finds the distribution, and return what it prints."""

    def run(*command, sources=SOURCES, check=True):
        path = os.pathsep.join([str(sources), str(ROOT / "src")])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(  # noqa: S603  # our own programs
            [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            pytest.fail(done.stderr)
        return done.stdout if check else done

    return run
