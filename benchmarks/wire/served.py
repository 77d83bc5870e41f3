"""The application that an ASGI server is given: `application`, chosen by the environment of the process."""

import importlib
import os

from benchmarks.asgi import Application
from benchmarks.targets import FASTAPI, LIMIT, OURS
from benchmarks.wire.variables import CONTENDER, WORKLOAD


def chosen(contender: str, workload: str) -> Application:
    """Make the application of a contender; what others need is not imported, nor need it be installed."""
    if contender not in {FASTAPI, LIMIT, OURS}:
        peer = importlib.import_module(f"benchmarks.peers.{contender}")
        application: Application = peer.APPLICATIONS[workload]()
        return application
    from benchmarks import frameworks
    from benchmarks.workloads import WORKLOADS

    wanted = next(each for each in WORKLOADS if each.name == workload)
    if contender == LIMIT and wanted.limit is not None:
        return wanted.limit
    return wanted.build(frameworks.fastapi() if contender == FASTAPI else frameworks.straightway())


application = chosen(os.environ[CONTENDER], os.environ[WORKLOAD])
