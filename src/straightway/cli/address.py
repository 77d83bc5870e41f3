"""The socket the server listens on, and the URL that people reach it by."""

import errno
import os
import socket

from straightway.cli.messages import Failure, say
from straightway.cli.settings import Settings

__all__ = ["announce", "bind", "cannot_listen", "url_of"]

PUBLIC_URL = ("STRAIGHTWAY_PUBLIC_URL", "FASTAPI_PUBLIC_URL")
"""Environment variables that name the URL to print, where a proxy or a tunnel stands in front."""


def bind(settings: Settings) -> socket.socket:
    """Bind the address, but do not listen yet: a client is refused until the application has started.

    Raise `Failure` if the port is busy, needs other rights, or the host is not this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        # Elsewhere the option would let two servers share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise cannot_listen(settings, error) from error
    listener.set_inheritable(True)
    return _shared(listener) if settings.server == "granian" else listener


def _shared(listener: socket.socket) -> socket.socket:
    """Return a socket with the same address beside which granian may open its own; this one never listens."""
    address, family = listener.getsockname(), listener.family
    listener.close()
    shared = socket.socket(family, socket.SOCK_STREAM)
    if hasattr(socket, "SO_REUSEPORT"):
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.bind(address)
    shared.set_inheritable(True)
    return shared


def cannot_listen(settings: Settings, error: OSError) -> Failure:
    """Word why the address cannot be had."""
    host, port = settings.host, settings.port
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return Failure(
            f"{host} is not an address of this machine",
            instead="Use --host 127.0.0.1 for this machine only, or --host 0.0.0.0 for the whole network.",
        )
    if error.errno == errno.EADDRINUSE:
        return Failure(
            f"Port {port} on {host} is already in use",
            instead=f"Stop the program that uses it, or choose another port: {settings.command} --port {port + 1}",
        )
    if error.errno == errno.EACCES:
        return Failure(
            f"Port {port} on {host} may only be used with administrator rights",
            instead=f"Choose a port above 1023: {settings.command} --port 8000",
        )
    return Failure(
        f"Cannot listen on {host}, port {port}: {error}", instead="Choose another --host or --port."
    )


def url_of(listener: socket.socket) -> str:
    """Return the URL at which the bound socket is reached, with the real port where 0 was asked for."""
    for name in PUBLIC_URL:
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"


def announce(listener: socket.socket, documentation: str | None, *, page: bool = False) -> None:
    """Say that the server answers, now that it does, and where its pages are."""
    url = url_of(listener)
    say(f"Server started at {url}")
    if documentation is not None:
        say(f"Documentation at {url}{documentation}")
    if page:
        say(f"Development page at {url}/__dev")
