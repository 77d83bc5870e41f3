import pytest
import starlette.exceptions

from straightway import errors
from straightway.security import OpenIdConnect
from straightway.security.base import SecurityBase


def test_header_is_returned(ask):
    """The whole header is what the dependency gets."""
    assert ask(OpenIdConnect(openIdConnectUrl="/oid"), ("authorization", "Bearer x")) == "Bearer x"


@pytest.mark.parametrize("headers", [[], [("authorization", "")]])
def test_no_header(ask, headers):
    """Without a header the answer is 401 and asks for a bearer token; without auto_error it is None."""
    with pytest.raises(starlette.exceptions.HTTPException, match="Not authenticated") as caught:
        ask(OpenIdConnect(openIdConnectUrl="/oid"), *headers)

    assert caught.value.status_code == 401
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}
    assert not isinstance(caught.value, errors.HTTPException)
    assert ask(OpenIdConnect(openIdConnectUrl="/oid", auto_error=False), *headers) is None


def test_described():
    """The document says where the discovery document is."""
    scheme = OpenIdConnect(openIdConnectUrl="/oid", description="d")

    assert scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True) == {
        "type": "openIdConnect",
        "description": "d",
        "openIdConnectUrl": "/oid",
    }


def test_scheme_name_is_that_of_the_class():
    """A scheme is named after its class, a subclass included, unless it is given a name."""
    own = type("Own", (OpenIdConnect,), {})

    assert OpenIdConnect(openIdConnectUrl="/oid").scheme_name == "OpenIdConnect"
    assert own(openIdConnectUrl="/oid").scheme_name == "Own"
    assert OpenIdConnect(openIdConnectUrl="/oid", scheme_name="given").scheme_name == "given"
    assert isinstance(OpenIdConnect(openIdConnectUrl="/oid"), SecurityBase)


def test_error_can_be_overridden(ask):
    """A subclass decides what is raised, for instance the 403 of older versions."""

    class Forbidding(OpenIdConnect):
        def make_not_authenticated_error(self):
            return starlette.exceptions.HTTPException(status_code=403)

    with pytest.raises(starlette.exceptions.HTTPException) as caught:
        ask(Forbidding(openIdConnectUrl="/oid"))

    assert caught.value.status_code == 403
