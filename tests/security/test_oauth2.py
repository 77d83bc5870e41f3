import pytest

from straightway.errors import HTTPException
from straightway.security import (
    OAuth2,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    SecurityScopes,
)
from straightway.security.base import SecurityBase
from straightway.spec import OAuthFlowClientCredentials, OAuthFlows

BEARERS = [
    pytest.param(OAuth2PasswordBearer, ["token"], id="password"),
    pytest.param(OAuth2AuthorizationCodeBearer, ["authorize", "token"], id="authorization code"),
]


def described(scheme):
    """Return what the document says about a scheme."""
    return scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True)


def test_any_header(ask):
    """OAuth2 returns the whole header and does not look at it."""
    assert ask(OAuth2(), ("authorization", "anything at all")) == "anything at all"


@pytest.mark.parametrize("headers", [[], [("authorization", "")]])
def test_no_header(ask, headers):
    """Without a header OAuth2 answers 401 and asks for a bearer token, or returns None."""
    with pytest.raises(HTTPException, match="Not authenticated") as caught:
        ask(OAuth2(), *headers)

    assert caught.value.status_code == 401
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}
    assert ask(OAuth2(auto_error=False), *headers) is None


@pytest.mark.parametrize(("kind", "urls"), BEARERS)
def test_token(ask, kind, urls):
    """The token is returned without its scheme, which is recognised in any case."""
    assert ask(kind(*urls), ("authorization", "bEARER  a b ")) == "a b"


@pytest.mark.parametrize(("kind", "urls"), BEARERS)
def test_empty_token_is_returned(ask, kind, urls):
    """A bearer scheme with nothing behind it is an empty token, not an error."""
    assert ask(kind(*urls), ("authorization", "Bearer")) == ""


@pytest.mark.parametrize("headers", [[], [("authorization", "")], [("authorization", "Basic x")]])
@pytest.mark.parametrize(("kind", "urls"), BEARERS)
def test_no_token(ask, kind, urls, headers):
    """Another scheme or none is a 401, or None without auto_error."""
    with pytest.raises(HTTPException, match="Not authenticated") as caught:
        ask(kind(*urls), *headers)

    assert caught.value.status_code == 401
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}
    assert ask(kind(*urls, auto_error=False), *headers) is None


@pytest.mark.parametrize(
    ("scheme", "flows"),
    [
        (OAuth2(), {}),
        (
            OAuth2(flows={"implicit": {"authorizationUrl": "a"}}),
            {"implicit": {"authorizationUrl": "a", "scopes": {}}},
        ),
        (
            OAuth2(flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="t"))),
            {"clientCredentials": {"tokenUrl": "t", "scopes": {}}},
        ),
        (OAuth2PasswordBearer("t"), {"password": {"scopes": {}, "tokenUrl": "t"}}),
        (
            OAuth2PasswordBearer("t", scopes={"s": "S"}, refreshUrl="r"),
            {"password": {"refreshUrl": "r", "scopes": {"s": "S"}, "tokenUrl": "t"}},
        ),
        (
            OAuth2AuthorizationCodeBearer("a", "t", "r", scopes={"s": "S"}),
            {
                "authorizationCode": {
                    "refreshUrl": "r",
                    "scopes": {"s": "S"},
                    "authorizationUrl": "a",
                    "tokenUrl": "t",
                }
            },
        ),
    ],
)
def test_described(scheme, flows):
    """The document says by which flow to get a token; the scopes are there even if there are none."""
    assert described(scheme) == {"type": "oauth2", "flows": flows}


def test_positional_arguments():
    """The order of arguments is part of the interface."""
    password = OAuth2PasswordBearer("t", "name", {"s": "S"}, "description", False, "r")
    code = OAuth2AuthorizationCodeBearer("a", "t", "r", "name", {"s": "S"}, "description", False)

    for scheme in (password, code):
        assert scheme.scheme_name == "name"
        assert scheme.auto_error is False
        assert described(scheme)["description"] == "description"


@pytest.mark.parametrize(("kind", "urls"), [*BEARERS, pytest.param(OAuth2, [], id="any")])
def test_scheme_name_is_that_of_the_class(kind, urls):
    """A scheme is named after its class, a subclass included, unless it is given a name."""
    assert kind(*urls).scheme_name == kind.__name__
    assert type("Own", (kind,), {})(*urls).scheme_name == "Own"
    assert kind(*urls, scheme_name="given").scheme_name == "given"
    assert isinstance(kind(*urls), SecurityBase)


@pytest.mark.parametrize(("kind", "urls"), [*BEARERS, pytest.param(OAuth2, [], id="any")])
def test_error_can_be_overridden(ask, kind, urls):
    """A subclass decides what is raised, for instance the 403 of older versions."""

    class Forbidding(kind):
        def make_not_authenticated_error(self):
            return HTTPException(status_code=403)

    with pytest.raises(HTTPException) as caught:
        ask(Forbidding(*urls))

    assert caught.value.status_code == 403


@pytest.mark.parametrize("kind", [OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict])
def test_form_splits_the_scopes(kind):
    """The space-separated scope of the standard becomes a list; the rest is kept as it is."""
    form = kind(
        grant_type="password",
        username="u",
        password="p",
        scope=" a  b:c ",
        client_id="i",
        client_secret="s",
    )

    assert vars(form) == {
        "grant_type": "password",
        "username": "u",
        "password": "p",
        "scopes": ["a", "b:c"],
        "client_id": "i",
        "client_secret": "s",
    }


def test_form_defaults():
    """Only name and password have to be sent; the strict form wants the grant type too."""
    assert vars(OAuth2PasswordRequestForm(username="u", password="p")) == {
        "grant_type": None,
        "username": "u",
        "password": "p",
        "scopes": [],
        "client_id": None,
        "client_secret": None,
    }
    assert OAuth2PasswordRequestFormStrict("password", "u", "p").grant_type == "password"


@pytest.mark.parametrize(
    ("scopes", "listed", "joined"), [(None, [], ""), ([], [], ""), (["a", "b:c"], ["a", "b:c"], "a b:c")]
)
def test_security_scopes(scopes, listed, joined):
    """The scopes are at hand as a list and as the standard writes them."""
    assert SecurityScopes(scopes).scopes == listed
    assert SecurityScopes(scopes).scope_str == joined
