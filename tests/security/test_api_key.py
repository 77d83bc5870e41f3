import pytest
import starlette.exceptions

from straightway import errors
from straightway.security import APIKeyCookie, APIKeyHeader, APIKeyQuery
from straightway.security.api_key import APIKeyBase
from straightway.security.base import SecurityBase

# How a request carries the key "k": as headers, as query string.
CARRIED = [
    pytest.param(APIKeyQuery, [], "name=k", id="query"),
    pytest.param(APIKeyHeader, [("name", "k")], "", id="header"),
    pytest.param(APIKeyCookie, [("cookie", "name=k")], "", id="cookie"),
]
EMPTY = [
    pytest.param(APIKeyQuery, [], "name=", id="query"),
    pytest.param(APIKeyHeader, [("name", "")], "", id="header"),
    pytest.param(APIKeyCookie, [("cookie", "name=")], "", id="cookie"),
]
KINDS = pytest.mark.parametrize("kind", [APIKeyQuery, APIKeyHeader, APIKeyCookie])


@pytest.mark.parametrize("auto_error", [True, False])
@pytest.mark.parametrize(("kind", "headers", "query"), CARRIED)
def test_key_is_returned(ask, kind, headers, query, auto_error):
    """What the request carries under the name is what the dependency gets."""
    assert ask(kind(name="name", auto_error=auto_error), *headers, query=query) == "k"


@KINDS
def test_missing_key_is_401(ask, kind):
    """Without a key the answer is 401 and says by which scheme to authenticate."""
    with pytest.raises(starlette.exceptions.HTTPException) as caught:
        ask(kind(name="name"))

    assert caught.value.status_code == 401
    assert caught.value.detail == "Not authenticated"
    assert caught.value.headers == {"WWW-Authenticate": "APIKey"}


@KINDS
def test_exception_is_plain(ask, kind):
    """API keys raise Starlette's exception and not its subclass, as in FastAPI."""
    with pytest.raises(starlette.exceptions.HTTPException) as caught:
        ask(kind(name="name"))

    assert not isinstance(caught.value, errors.HTTPException)


@pytest.mark.parametrize(("kind", "headers", "query"), EMPTY)
def test_empty_key_is_no_key(ask, kind, headers, query):
    """An empty value counts as missing."""
    assert ask(kind(name="name", auto_error=False), *headers, query=query) is None
    with pytest.raises(starlette.exceptions.HTTPException):
        ask(kind(name="name"), *headers, query=query)


@KINDS
def test_missing_key_can_be_none(ask, kind):
    """Without auto_error the dependency gets None."""
    assert ask(kind(name="name", auto_error=False)) is None


def test_last_of_several_query_keys_counts(ask):
    """A repeated query parameter means its last value, as everywhere else."""
    assert ask(APIKeyQuery(name="k"), query="k=1&k=2") == "2"


@pytest.mark.parametrize(
    ("kind", "place"), [(APIKeyQuery, "query"), (APIKeyHeader, "header"), (APIKeyCookie, "cookie")]
)
def test_described(kind, place):
    """The document says where the key goes and under which name."""
    described = kind(name="X-K", description="d").model.model_dump(
        mode="json", by_alias=True, exclude_none=True
    )

    assert described == {"type": "apiKey", "in": place, "name": "X-K", "description": "d"}


@KINDS
def test_scheme_name_is_that_of_the_class(kind):
    """A scheme is named after its class, a subclass included, unless it is given a name."""
    own = type("Own", (kind,), {})

    assert kind(name="k").scheme_name == kind.__name__
    assert own(name="k").scheme_name == "Own"
    assert kind(name="k", scheme_name="given").scheme_name == "given"


@KINDS
def test_error_can_be_overridden(ask, kind):
    """A subclass decides what is raised, for instance the 403 of older versions."""

    class Forbidding(kind):
        def make_not_authenticated_error(self):
            return starlette.exceptions.HTTPException(status_code=403)

    with pytest.raises(starlette.exceptions.HTTPException) as caught:
        ask(Forbidding(name="k"))

    assert caught.value.status_code == 403


@KINDS
def test_arguments_are_keywords(kind):
    """Options are given by name only."""
    with pytest.raises(TypeError):
        kind("k")


def test_is_a_security_scheme():
    """All kinds are recognised as schemes and share a base class."""
    assert isinstance(APIKeyHeader(name="k"), SecurityBase)
    assert isinstance(APIKeyHeader(name="k"), APIKeyBase)
    assert APIKeyHeader(name="k").auto_error is True
