"""Who may see the development page: it shows source, log lines and what clients have sent.

A browser on this machine may be made to ask for it by any web site, under a name that leads here (DNS rebinding) or as a
part of its own page. So the request must name this machine, and must not come from a page of elsewhere. Another machine may
only ask where that was allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from starlette.types import Scope

Audience = Literal["local", "network"]


@dataclass(frozen=True, slots=True)
class Guard:
    """For whom the page is: this machine only, or the network too; and under which names it is reached."""

    audience: Audience = "local"
    names: frozenset[str] = frozenset()
    """Hosts beside `localhost` and addresses of the Internet Protocol: the one that was bound, the public one."""


def guard_of(host: str, audience: Audience, *urls: str) -> Guard:
    """Return the guard of a server on a host; `urls` are those that it has been told it is reached by."""
    names = {host.lower(), *((urlsplit(url).hostname or "") for url in urls)}
    return Guard(audience, frozenset(filter(None, names)))


def refusal(guard: Guard, scope: Scope) -> str | None:
    """Tell why a request may not see the page; None where it may."""
    headers = list(scope["headers"])
    hosts = _values(headers, b"host")
    if len(hosts) != 1 or not _is_here(guard, hosts[0]):
        return "This page is only served under localhost, an IP address, or the host that `straightway dev` was given."
    if guard.audience == "local" and not _is_loopback(scope):
        return (
            "This page is only for the machine that runs `straightway dev`. "
            "Start it with --dev-page network to let others on your network see it."
        )
    origins = _values(headers, b"origin")
    if any(urlsplit(each).netloc.lower() != hosts[0].lower() for each in origins):
        return "This page does not answer pages of other origins."
    if _is_part_of_another_site(headers):
        return "This page is no part of other sites."
    return None


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


def _is_here(guard: Guard, host: str) -> bool:
    """Tell whether a Host header names this machine: no name that somebody else may point here."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or name in guard.names or _is_address(name)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(scope: Scope) -> bool:
    """Tell whether a request comes from this machine; what a proxy says of others counts, whoever may trust it."""
    client = scope.get("client")
    if client is None:  # a socket of this machine
        return True
    forwarded = _values(scope["headers"], b"x-forwarded-for") + _values(scope["headers"], b"x-real-ip")
    addresses = [client[0], *(each for value in forwarded for each in value.split(","))]
    return not _values(scope["headers"], b"forwarded") and all(map(_is_of_this_machine, addresses))


def _is_of_this_machine(text: str) -> bool:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _is_part_of_another_site(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Ask what browsers say of themselves (Fetch Metadata): another site may link here, and nothing more."""
    headers = list(headers)
    sites, modes = _values(headers, b"sec-fetch-site"), _values(headers, b"sec-fetch-mode")
    if not sites or sites[0] in {"same-origin", "none"}:
        return False
    return modes != ["navigate"] or _values(headers, b"sec-fetch-dest") != ["document"]
