"""The command line. One module for each command, listed in `commands.py`.

Nothing of the framework, of uvicorn or of Pydantic is imported before a command needs it, so that
`straightway --help` answers at once. The way of a command that serves:

    dev.py, run.py      options, and what differs between the two
    discovery.py        which module is meant, without importing anything
    loading.py          import it and find the application in it
    logs.py             which log records are written, where to, in which format
    server.py           one process that serves, and says so when it really listens
    supervisor.py       child processes: started, heard, stopped
    reload.py           one child, replaced when a file changes
    workers.py          several children on one socket
    compat/             the same application on two frameworks
    messages.py         how a failure is told; tracebacks.py folds a traceback to the user's own lines
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments ask for (default: those of this process), and exit with its code."""
    if find_spec("click") is None:
        sys.exit('To use the straightway command, install its packages: pip install "straightway[standard]"')
    from straightway.cli.commands import execute

    sys.exit(execute(arguments))
