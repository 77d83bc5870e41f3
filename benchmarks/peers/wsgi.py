"""A WSGI application (PEP 3333) called directly, where a driver would call an ASGI application."""

import io
import sys


def asgi_of(app):
    """Give a callable that calls a WSGI application with the request of an ASGI scope, in the event loop's thread."""

    async def call(scope, receive, send):
        started = []

        def start_response(status, headers, _=None):
            started.extend((int(status[:3]), headers))

        content = (await receive())["body"] if scope["method"] == "POST" else b""
        body = b"".join(app(environ_of(scope, content), start_response))
        status, headers = started
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    return call


def environ_of(scope, content):
    """Make the environment that a WSGI server would make."""
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": "application/json",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        environ[f"HTTP_{name.decode().upper().replace('-', '_')}"] = value.decode("latin-1")
    return environ
