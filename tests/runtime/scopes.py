"""Connections as a server hands them over, made by hand."""


def scope_of(query=b"", headers=(), path=None):
    """Return the scope of a GET request."""
    return {
        "type": "http",
        "method": "GET",
        "path": "/",
        "root_path": "",
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in headers],
        "path_params": path or {},
    }


def receiving(*messages):
    """Return a `receive` that hands out these messages, and fails when it is asked for more."""
    remaining = iter(messages)

    async def receive():
        return next(remaining)

    return receive


def part(body, *, more=False):
    """Return the message that carries a part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


DISCONNECT = {"type": "http.disconnect"}
