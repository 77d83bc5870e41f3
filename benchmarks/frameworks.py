"""The two frameworks under one interface: the module with the public names, and the application class in it."""

import importlib
import importlib.metadata
from dataclasses import dataclass
from typing import Any

from benchmarks.targets import FASTAPI, OURS


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework as the workloads see it. Its names are Any: which of the two it is must make no difference."""

    name: str
    version: str
    public: Any
    application: Any


def fastapi() -> Framework:
    """Import FastAPI, and make sure that it is FastAPI."""
    version = importlib.metadata.version("fastapi")
    if "straightway" in version:
        raise RuntimeError(f"the distribution that owns the name fastapi is ours ({version}), not FastAPI")
    public = importlib.import_module("fastapi")
    return Framework(FASTAPI, version, public, public.FastAPI)


def straightway() -> Framework:
    """Import Straightway."""
    public = importlib.import_module("straightway")
    return Framework(OURS, importlib.metadata.version("straightway"), public, public.Straightway)
