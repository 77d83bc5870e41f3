"""Logs and request ids, for an application that `straightway dev` or `straightway run` serves.

- `request_id` is where the id of a request comes from and where it is found; `get_request_id` asks for it.
- `asgi` is the layer around the application. `exchange` and `websocket` are one connection on its way through it,
  `entries` what is said of it, `opaque` the answer that says nothing but the id.
- `text` and `json_lines` put log records into words, with `escaping`, `tracebacks` and `tracing`; `console` writes them.
"""

from straightway.logs.request_id import get_request_id as get_request_id

__all__ = ["get_request_id"]
