"""Logs and request ids, for an application that `straightway dev` or `straightway run` serves.

- `request_id` is where the id of a request comes from and where it is found; `get_request_id` asks for it, and
  `filters` has what brings it into formats of the application's own.
- `asgi` is the layer around the application. `exchange` and `websocket` are one connection on its way through it, `rsgi`
  one that passes by it; `entries` is what is said of them, `opaque` the answer that says nothing but the id.
- `text` and `json_lines` put log records into words, with `escaping`, `tracebacks` and `tracing`; `console` writes them.
"""

from straightway.logs.filters import RequestIdFilter as RequestIdFilter
from straightway.logs.request_id import get_request_id as get_request_id

__all__ = ["RequestIdFilter", "get_request_id"]
