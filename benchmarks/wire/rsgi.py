"""The limit on granian: the same answers by hand through RSGI 1.5, granian's own interface, instead of ASGI."""

import os
from typing import Any

from benchmarks import by_hand
from benchmarks.by_hand import ANYTHING
from benchmarks.wire.variables import WORKLOAD

HEADERS = [("content-type", "application/json")]


async def hello(_scope: Any, protocol: Any) -> None:
    """Answer a constant dict as JSON."""
    protocol.response_bytes(200, HEADERS, ANYTHING.to_json({"message": "Hello World"}))


async def path_and_query(scope: Any, protocol: Any) -> None:
    """Validate an integer of the path, and a string and an integer of the query string."""
    query = by_hand.query_of(scope.query_string.encode())
    found = by_hand.item_parameters(scope.path.rpartition("/")[2], query)
    protocol.response_bytes(200, HEADERS, ANYTHING.to_json(found))


async def body(_scope: Any, protocol: Any) -> None:
    """Validate a JSON body as one model and answer it as another."""
    status, content = by_hand.stored(await protocol())
    protocol.response_bytes(status, HEADERS, content)


async def hundred_models(_scope: Any, protocol: Any) -> None:
    """Validate a hundred models as the response model and answer them."""
    protocol.response_bytes(200, HEADERS, by_hand.hundred_models())


HANDLERS = {"hello": hello, "path-query": path_and_query, "body": body, "models-100": hundred_models}

application = HANDLERS[os.environ[WORKLOAD]]
