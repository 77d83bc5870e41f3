from base64 import b64encode

import pytest

from straightway.errors import HTTPException
from straightway.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    HTTPDigest,
)
from straightway.security.base import SecurityBase
from straightway.security.http import HTTPBase


def basic(credentials: bytes) -> tuple[str, str]:
    """Make the header that sends the credentials by HTTP Basic."""
    return ("authorization", f"Basic {b64encode(credentials).decode('ascii')}")


def refused(ask, scheme, *headers):
    """Expect a 401 and return its headers."""
    with pytest.raises(HTTPException) as caught:
        ask(scheme, *headers)
    assert caught.value.status_code == 401
    assert caught.value.detail == "Not authenticated"
    return caught.value.headers


def test_any_scheme(ask):
    """HTTPBase returns both parts of the header and does not look at the scheme."""
    credentials = ask(HTTPBase(scheme="Other"), ("authorization", "Foo  a b "))

    assert credentials == HTTPAuthorizationCredentials(scheme="Foo", credentials="a b")


@pytest.mark.parametrize("headers", [[], [("authorization", "Other")], [("authorization", "Other ")]])
def test_any_scheme_incomplete(ask, headers):
    """Without both parts HTTPBase answers 401 and names its scheme, or returns None."""
    assert refused(ask, HTTPBase(scheme="oTHER"), *headers) == {"WWW-Authenticate": "Other"}
    assert ask(HTTPBase(scheme="Other", auto_error=False), *headers) is None


def test_basic(ask):
    """The user name ends at the first colon; the password may contain more of them."""
    assert ask(HTTPBasic(), basic(b"u:p:q")) == HTTPBasicCredentials(username="u", password="p:q")


def test_basic_empty_parts(ask):
    """Name and password may be empty as long as the colon is there."""
    assert ask(HTTPBasic(), basic(b":")) == HTTPBasicCredentials(username="", password="")


def test_basic_in_any_case(ask):
    """The name of the scheme is compared without regard to case."""
    name, value = basic(b"u:p")

    assert ask(HTTPBasic(), (name, value.replace("Basic", "bASIC"))).username == "u"


@pytest.mark.parametrize("headers", [[], [("authorization", "Bearer x")], [("authorization", "")]])
def test_basic_missing(ask, headers):
    """Another scheme or none is answered with 401, or None without auto_error."""
    assert refused(ask, HTTPBasic(), *headers) == {"WWW-Authenticate": "Basic"}
    assert ask(HTTPBasic(auto_error=False), *headers) is None


@pytest.mark.parametrize("auto_error", [True, False])
@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("authorization", "Basic not-base64"), id="not base64"),
        pytest.param(basic("é:é".encode()), id="not ASCII"),
        pytest.param(basic(b"no colon"), id="no colon"),
        pytest.param(("authorization", "Basic"), id="nothing"),
    ],
)
def test_basic_unreadable(ask, header, auto_error):
    """Credentials that cannot be read are a 401 even without auto_error: they were meant to be some."""
    assert refused(ask, HTTPBasic(auto_error=auto_error), header) == {"WWW-Authenticate": "Basic"}


def test_basic_realm(ask):
    """The realm is part of the challenge."""
    assert refused(ask, HTTPBasic(realm="R")) == {"WWW-Authenticate": 'Basic realm="R"'}


@pytest.mark.parametrize(
    ("scheme", "header", "credentials"),
    [
        (HTTPBearer, "bEARER  t ", HTTPAuthorizationCredentials(scheme="bEARER", credentials="t")),
        (
            HTTPDigest,
            "digest x=1, y=2",
            HTTPAuthorizationCredentials(scheme="digest", credentials="x=1, y=2"),
        ),
    ],
)
def test_bearer_and_digest(ask, scheme, header, credentials):
    """The scheme is recognised in any case and returned as it came; the rest is returned unparsed."""
    assert ask(scheme(), ("authorization", header)) == credentials


@pytest.mark.parametrize(("scheme", "name"), [(HTTPBearer, "Bearer"), (HTTPDigest, "Digest")])
@pytest.mark.parametrize("value", [None, "", "{}", "{} ", "Other x"])
def test_bearer_and_digest_missing(ask, scheme, name, value):
    """A missing header, missing credentials and another scheme are a 401, or None without auto_error."""
    headers = [] if value is None else [("authorization", value.format(name))]

    assert refused(ask, scheme(), *headers) == {"WWW-Authenticate": name}
    assert ask(scheme(auto_error=False), *headers) is None


@pytest.mark.parametrize(
    ("scheme", "described"),
    [
        (HTTPBase(scheme="own"), {"type": "http", "scheme": "own"}),
        (HTTPBasic(realm="r"), {"type": "http", "scheme": "basic"}),
        (HTTPBearer(), {"type": "http", "scheme": "bearer"}),
        (
            HTTPBearer(bearerFormat="JWT", description="d"),
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "d"},
        ),
        (HTTPDigest(), {"type": "http", "scheme": "digest"}),
    ],
)
def test_described(scheme, described):
    """The document says which scheme it is."""
    assert scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True) == described


@pytest.mark.parametrize("kind", [HTTPBasic, HTTPBearer, HTTPDigest])
def test_scheme_name_is_that_of_the_class(kind):
    """A scheme is named after its class, a subclass included, unless it is given a name."""
    assert kind().scheme_name == kind.__name__
    assert type("Own", (kind,), {})().scheme_name == "Own"
    assert kind(scheme_name="given").scheme_name == "given"
    assert isinstance(kind(), SecurityBase)


def test_challenge_can_be_overridden(ask):
    """A subclass decides what the challenge says without repeating the rest."""

    class Charset(HTTPBasic):
        def make_authenticate_headers(self):
            return {"WWW-Authenticate": 'Basic charset="UTF-8"'}

    assert refused(ask, Charset()) == {"WWW-Authenticate": 'Basic charset="UTF-8"'}


def test_error_can_be_overridden(ask):
    """A subclass decides what is raised, for instance the 403 of older versions."""

    class Forbidding(HTTPBearer):
        def make_not_authenticated_error(self):
            return HTTPException(status_code=403, detail="No")

    with pytest.raises(HTTPException, match="No") as caught:
        ask(Forbidding())

    assert caught.value.status_code == 403
