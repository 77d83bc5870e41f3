"""Who may see the page: this machine, under a name that is its own, and no page of elsewhere."""

import pytest

from straightway.development.guard import Guard, guard_of, refusal

NETWORK = guard_of("0.0.0.0", "network")  # noqa: S104  # what is bound is what is tested


def scope_of(client="127.0.0.1", **headers):
    """Return the scope of a request; `host` is localhost unless it is given."""
    given = {"host": "localhost:8000", **headers}
    return {
        "type": "http",
        "client": None if client is None else (client, 5000),
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in given.items()
            if value is not None
        ],
    }


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST:8000",
        "shop.localhost:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "192.168.1.20:8000",
        "dev.example:8000",
        "tunnel.example",
    ],
)
def test_names_of_this_machine_are_served(host):
    """localhost, addresses, the host that was bound, and the one of STRAIGHTWAY_PUBLIC_URL."""
    guard = guard_of("dev.example", "local", "https://tunnel.example/api")

    assert refusal(guard, scope_of(host=host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "",
        "[::1",
        "1.2.3",
        None,
    ],
)
def test_names_of_others_are_refused(host):
    """A name that somebody may point here (DNS rebinding) is no reason to show anything; no name neither."""
    for guard in (Guard(), NETWORK):
        assert "localhost" in refusal(guard, scope_of(host=host))


def test_two_hosts_are_refused():
    """Which one counts is a question that nobody has to answer."""
    scope = scope_of()
    scope["headers"].append((b"host", b"localhost"))

    assert refusal(Guard(), scope) is not None


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", None])
def test_this_machine_is_served(client):
    """By any of its loopback addresses, or by a socket in its file system."""
    assert refusal(Guard(), scope_of(client)) is None


@pytest.mark.parametrize(
    "client", ["192.168.1.30", "2001:db8::1", "::ffff:192.168.1.30", "somebody", "localhost"]
)
def test_other_machines_are_refused_unless_that_was_allowed(client):
    """Also where the server listens on all addresses; --dev-page network lets them in."""
    assert "--dev-page network" in refusal(guard_of("0.0.0.0", "local"), scope_of(client))  # noqa: S104
    assert refusal(NETWORK, scope_of(client, host="192.168.1.20:8000")) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"x_forwarded_for": "203.0.113.7"},
        {"x_forwarded_for": "127.0.0.1, 203.0.113.7"},
        {"x_real_ip": "203.0.113.7"},
        {"forwarded": "for=203.0.113.7"},
    ],
)
def test_others_behind_a_proxy_on_this_machine_are_refused(headers):
    """A tunnel brings the whole world to 127.0.0.1."""
    assert refusal(Guard(), scope_of(**headers)) is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:3000"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ],
)
def test_pages_of_elsewhere_are_refused(headers):
    """Neither their scripts, nor their forms, nor their frames get anything."""
    assert refusal(Guard(), scope_of(**headers)) is not None
    assert refusal(NETWORK, scope_of(**headers)) is not None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:8000"},
        {"sec_fetch_site": "same-origin", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"},
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ],
)
def test_its_own_page_and_links_are_served(headers):
    """The page's own requests, what a person types, and a link from elsewhere."""
    assert refusal(Guard(), scope_of(**headers)) is None
