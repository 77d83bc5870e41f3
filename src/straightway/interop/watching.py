"""A module that notices when its functions are replaced, as agents do with `fastapi.routing` to trace requests.

Compiled endpoints call none of these functions. From the moment that one is replaced, handlers are made by what stands
in the place of `get_request_handler` and go through what stands in the places of the others (`interop.staged`), in
every application at once; when all are ours again, compiled functions answer again.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from straightway.interop.handlers import handler_of_route, websocket_handler_of_route
from straightway.interop.replaced import MAKER, STAGES, originals, replaced
from straightway.runtime import streaming
from straightway.serve.agents import take_over


def watch(module: str) -> None:
    """Have the module notice when one of its functions, or its interval of keep-alive comments, is set."""
    found = sys.modules[module]
    originals.update({name: getattr(found, name) for name in (MAKER, *STAGES)})
    found.__class__ = _Watched


class _Watched(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in originals:
            _note(name, value)
        elif name == "_PING_INTERVAL":
            streaming.PING_INTERVAL = value


def _note(name: str, value: object) -> None:
    if value is originals[name]:
        replaced.pop(name, None)
    else:
        replaced[name] = value
    take_over(
        handler_of_route if replaced else None,
        websocket_handler_of_route if "solve_dependencies" in replaced else None,
    )
