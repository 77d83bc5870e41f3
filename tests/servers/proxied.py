"""The application behind a trusted proxy: what some servers do themselves, others leave to a wrapper that they ship."""

import os

from tests.servers.application import app as unwrapped
from tools.servers import CHOSEN


def wrapped(app):
    """Return the application as this server wants it behind a proxy."""
    match os.environ[CHOSEN]:
        case "hypercorn":
            from hypercorn.middleware import ProxyFixMiddleware

            return ProxyFixMiddleware(app, mode="legacy", trusted_hops=1)
        case "granian":
            from granian.utils.proxies import wrap_asgi_with_proxy_headers

            return wrap_asgi_with_proxy_headers(app, trusted_hosts="127.0.0.1")
        case "gunicorn":
            # It takes the scheme from a trusted proxy itself, but not the client.
            from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

            return ProxyHeadersMiddleware(app, trusted_hosts="127.0.0.1")
        case _:
            return app


app = wrapped(unwrapped)
