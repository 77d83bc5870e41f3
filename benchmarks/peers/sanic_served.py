"""Sanic on its own server: `python -m benchmarks.peers.sanic_served 8000`."""

import os
import sys

from benchmarks.peers.sanic import APPLICATIONS
from benchmarks.wire.variables import WORKLOAD

if __name__ == "__main__":
    app = APPLICATIONS[os.environ[WORKLOAD]]()
    app.run(host="127.0.0.1", port=int(sys.argv[1]), single_process=True, access_log=False, motd=False)
