from straightway import Depends, Security
from straightway.analyse.graph import get_dependant
from straightway.interop.dependants import (
    get_cache_key,
    get_computed_scope,
    get_oauth_scopes,
    get_security_scheme,
    get_uses_scopes,
    is_async_gen_callable,
    is_coroutine_callable,
    is_gen_callable,
    is_security_scheme,
)
from straightway.security import APIKeyHeader

scheme = APIKeyHeader(name="x-key")


def plain():
    """Return nothing."""


async def waiting():
    """Return nothing, later."""


def generating():
    """Yield nothing."""
    yield


async def generating_later():
    """Yield nothing, later."""
    yield


def endpoint(
    key: str = Security(scheme, scopes=["read"]),
    one: None = Depends(generating),
    two: None = Depends(plain, scope="function"),
):
    """Need each kind."""


def nodes():
    """Return the dependencies of the endpoint."""
    return get_dependant(path="/", call=endpoint).dependencies


def test_kinds_of_callables():
    """Each callable is of one kind, or plain."""
    kinds = [is_coroutine_callable, is_gen_callable, is_async_gen_callable]

    assert [[kind(call) for kind in kinds] for call in (plain, waiting, generating, generating_later)] == [
        [False, False, False],
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_scopes_and_cache_keys_are_those_that_plans_are_made_with():
    """A node tells its lifetime, its security scopes, and what it is shared by."""
    key, one, two = nodes()

    assert [get_computed_scope(dependant=each) for each in (key, one, two)] == [None, "request", "function"]
    assert [get_oauth_scopes(dependant=each) for each in (key, one)] == [["read"], []]
    assert [get_uses_scopes(dependant=each, cache={}) for each in (key, one)] == [True, False]
    assert [get_cache_key(dependant=each) for each in (key, one, two)] == [
        (scheme, ("read",), ""),
        (generating, (), "request"),
        (plain, (), "function"),
    ]


def test_security_schemes_are_found():
    """A node says whether it is a scheme, and which."""
    key, one, _ = nodes()

    assert (is_security_scheme(dependant=key), is_security_scheme(dependant=one)) == (True, False)
    assert get_security_scheme(dependant=key) is scheme
