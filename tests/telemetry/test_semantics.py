import pytest

from straightway.errors import HTTPException
from straightway.telemetry.semantics import (
    error_type,
    known_methods,
    method_attributes,
    redacted,
    server_attributes,
    url_attributes,
)

ADDRESS, PORT = "server.address", "server.port"


@pytest.mark.parametrize(
    ("scheme", "host", "expected"),
    [
        ("http", "shop.example", {ADDRESS: "shop.example", PORT: 80}),
        ("https", "shop.example", {ADDRESS: "shop.example", PORT: 443}),
        ("wss", "shop.example", {ADDRESS: "shop.example", PORT: 443}),
        ("http", "shop.example:8080", {ADDRESS: "shop.example", PORT: 8080}),
        ("http", "shop.example:", {ADDRESS: "shop.example", PORT: 80}),
        ("http", "[2001:db8::2]:8080", {ADDRESS: "2001:db8::2", PORT: 8080}),
        ("gopher", "shop.example", {ADDRESS: "shop.example"}),
        ("http", "shop.example:65536", {}),
        ("http", "shop.example:" + "9" * 5000, {}),
        ("http", "shop.example:http", {}),
        ("http", "[2001:db8::2", {}),
        ("http", "me@shop.example", {}),
        ("http", "shop.example/basket", {}),
        ("http", "", {}),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_authority_of_the_host_header(scheme, host, expected):
    """The port is the scheme's unless there is one; a malformed header says nothing."""
    assert server_attributes({"headers": [(b"host", host.encode())]}, scheme) == expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (("10.0.0.1", 8000), {ADDRESS: "10.0.0.1", PORT: 8000}),
        (("/run/app.sock", None), {ADDRESS: "/run/app.sock"}),
        (None, {}),
    ],
    ids=["address", "socket", "unknown"],
)
def test_server_stands_in_for_the_host_header(server, expected):
    """HTTP/1.0 has requests without one."""
    assert server_attributes({"headers": [], "server": server}, "http") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&a=2&empty=&bare", "a=1&a=2&empty=&bare="),
        ("sig=secret&X-Amz-Signature=secret", "sig=REDACTED&X-Amz-Signature=REDACTED"),
        ("%73ig=secret", "sig=REDACTED"),
        ("SIG=kept", "SIG=kept"),
        ("q=two%20words&r=a%26b", "q=two+words&r=a%26b"),
        ("q=%ff", "q=%EF%BF%BD"),
    ],
    ids=["as it is", "redacted", "escaped name", "other case", "escapes", "not UTF-8"],
)
def test_query_is_redacted(query, expected):
    """Signatures do not leave the process, however their names are escaped."""
    assert redacted(query) == expected


def test_empty_query_is_no_attribute():
    """A request without one says only its path."""
    assert url_attributes({"path": "/a", "query_string": b""}) == {"url.path": "/a"}


@pytest.mark.parametrize("said", ["", " , "], ids=["empty", "blank"])
def test_methods_known_by_default(monkeypatch, said):
    """RFC 9110, PATCH and QUERY."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", said)

    assert {"GET", "PATCH", "QUERY"} < known_methods()


def test_methods_known_from_the_environment(monkeypatch):
    """The variable replaces the list."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", " PROPFIND ,GET")

    assert known_methods() == {"PROPFIND", "GET"}


def test_unknown_method_is_bounded():
    """A client cannot make time series by inventing methods."""
    assert method_attributes("BREW", known_methods()) == {
        "http.request.method": "_OTHER",
        "http.request.method_original": "BREW",
    }


class Broken(Exception):
    """Stands for an application's own."""


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ValueError(), "ValueError"),
        (Broken(), f"{__name__}.Broken"),
        (HTTPException(400), "straightway.exceptions.HTTPException"),
    ],
    ids=["builtin", "of a module", "of the framework"],
)
def test_error_type(error, name):
    """A builtin goes by its name, our exceptions by the module in which users find them."""
    assert error_type(error, "straightway") == name
