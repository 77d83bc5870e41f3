# ruff: noqa: D103  # the functions under test are told apart by name alone
import pytest
from starlette.requests import HTTPConnection

from straightway import BackgroundTasks, Body, Depends, Header, Request, Response, Security, WebSocket
from straightway.analyse.dependant import body_params_of, lifetime_of, oauth_scopes, walk
from straightway.analyse.graph import endpoint_dependant, get_dependant, get_parameterless_sub_dependant
from straightway.errors import DeclarationError, DependencyScopeError
from straightway.security import SecurityScopes
from tests.analyse.modules import module


def session(): ...


def generator():
    yield


async def async_generator():
    yield


def calls(dependant):
    """Return the callables of a tree in the order in which they run."""
    return [each.call for each in walk(dependant)]


def names(fields):
    """Return the names of fields."""
    return [field.name for field in fields]


# The tree


def test_parameters_are_listed_by_location():
    """Every parameter of a signature stands in the list for its location, in order."""

    def endpoint(item: int, second: int, first: int, token: str = Header(), whole: dict = Body()): ...

    dependant = get_dependant(path="/{item}", call=endpoint)

    assert names(dependant.path_params) == ["item"]
    assert names(dependant.query_params) == ["second", "first"]
    assert names(dependant.header_params) == ["token"]
    assert names(dependant.body_params) == ["whole"]
    assert dependant.call is endpoint


def test_injected_parameters_are_noted_by_name():
    """What is injected needs no list: there is one of each kind."""

    def endpoint(
        a: Request, b: WebSocket, c: HTTPConnection, d: Response, e: BackgroundTasks, f: SecurityScopes
    ): ...

    dependant = get_dependant(path="/", call=endpoint)

    assert dependant.request_param_name == "a"
    assert dependant.websocket_param_name == "b"
    assert dependant.http_connection_param_name == "c"
    assert dependant.response_param_name == "d"
    assert dependant.background_tasks_param_name == "e"
    assert dependant.security_scopes_param_name == "f"


def test_last_of_two_parameters_of_one_kind_is_noted():
    """Only one name per kind is remembered, as in FastAPI."""

    def endpoint(first: Response, second: Response): ...

    assert get_dependant(path="/", call=endpoint).response_param_name == "second"


def test_dependencies_run_before_what_depends_on_them():
    """Depth first, in the order of the signature."""

    def deep(): ...

    def left(value=Depends(deep)): ...

    def right(): ...

    def endpoint(a=Depends(left), b=Depends(right)): ...

    dependant = get_dependant(path="/", call=endpoint)

    assert calls(dependant) == [deep, left, right, endpoint]
    assert [each.name for each in dependant.dependencies] == ["a", "b"]


def test_parameterless_dependencies_run_first():
    """What a route lists in `dependencies=[…]` runs before what its signature asks for, and has no name."""

    def first(): ...

    def second(): ...

    def endpoint(value=Depends(session)): ...

    dependant = endpoint_dependant("/", endpoint, [Depends(first), Depends(second)])

    assert calls(dependant) == [first, second, session, endpoint]
    assert [each.name for each in dependant.dependencies] == [None, None, "value"]


def test_path_parameters_are_found_at_every_depth():
    """A dependency may take a name of its endpoint's path."""

    def owner(item: int, limit: int = 1): ...

    def endpoint(value=Depends(owner)): ...

    (dependency,) = endpoint_dependant("/{item}", endpoint, [Depends(owner)]).dependencies[1:]

    assert names(dependency.path_params) == ["item"]
    assert names(dependency.query_params) == ["limit"]
    assert dependency.path == "/{item}"


def test_body_parameters_of_the_tree_start_with_the_endpoints_own():
    """The order decides which parameter says whether the body is embedded."""

    def dependency(inner: dict): ...

    def endpoint(value=Depends(dependency), outer: dict = Body()): ...

    assert names(body_params_of(get_dependant(path="/", call=endpoint))) == ["outer", "inner"]


@pytest.mark.parametrize("depends", [Depends(session, use_cache=False), Security(session, use_cache=False)])
def test_what_a_declaration_says_is_kept(depends):
    """Caching, scope and limit belong to the use, not to the callable."""

    def endpoint(value=depends): ...

    (dependency,) = get_dependant(path="/", call=endpoint).dependencies

    assert dependency.use_cache is False
    assert dependency.scope is None
    assert dependency.concurrency is None


def test_limit_belongs_to_the_declaration():
    """Two uses of one declaration share its limit."""
    limited = Depends(session, max_concurrency=1)

    def endpoint(first=limited, second=limited): ...

    first, second = get_dependant(path="/", call=endpoint).dependencies

    assert first.concurrency is second.concurrency
    assert first.concurrency.max_concurrency == 1


@pytest.mark.parametrize("value", [3, "text", None], ids=repr)
def test_dependency_that_is_not_callable_is_refused(value):
    """`Depends(f())` for `Depends(f)` is a common mistake."""

    def endpoint(value: value = Depends(value)): ...

    with pytest.raises(DeclarationError, match="The dependency of 'value' is not callable"):
        get_dependant(path="/", call=endpoint)


def test_parameterless_dependency_without_a_callable_is_refused():
    """Without a parameter there is no annotation to take the callable from."""
    with pytest.raises(DeclarationError, match="A parameter-less dependency must have a callable dependency"):
        get_parameterless_sub_dependant(depends=Depends(), path="/")


# Lifetimes


@pytest.mark.parametrize("call", [generator, async_generator])
@pytest.mark.parametrize(
    ("scope", "lifetime"), [(None, "request"), ("request", "request"), ("function", "function")]
)
def test_generator_is_closed_after_the_response_unless_it_says_otherwise(call, scope, lifetime):
    """Scope "function" closes it before the response is sent."""
    (dependency,) = endpoint_dependant("/", session, [Depends(call, scope=scope)]).dependencies

    assert lifetime_of(dependency) == lifetime


def test_function_has_no_lifetime():
    """What does not yield has nothing to close, whatever its scope."""
    (dependency,) = endpoint_dependant("/", session, [Depends(session, scope="request")]).dependencies

    assert dependency.scope == "request"
    assert lifetime_of(dependency) is None


@pytest.mark.parametrize("inner", [session, generator, async_generator])
@pytest.mark.parametrize("scope", [None, "request"])
def test_longer_life_cannot_depend_on_a_shorter_one(inner, scope):
    """What is closed after the response would use something that was closed before."""

    def outer(value=Depends(inner, scope="function")):
        yield

    with pytest.raises(DependencyScopeError) as refusal:
        endpoint_dependant("/", session, [Depends(outer, scope=scope)])

    assert refusal.value.message == (
        'The dependency "outer" has a scope of "request", it cannot depend on dependencies with scope "function".'
    )
    assert (refusal.value.at.function, refusal.value.at.parameter) == ("outer", "value")
    assert refusal.value.instead == f'value = Depends({inner.__name__}, scope="request")'


def test_longer_life_is_named_where_it_has_no_name():
    """A callable instance is shown as it is."""

    class Outer:
        def __call__(self, value=Depends(session, scope="function")):
            yield

        def __repr__(self):
            return "<outer>"

    with pytest.raises(DependencyScopeError, match='The dependency "<outer>" has a scope'):
        endpoint_dependant("/", session, [Depends(Outer())])


@pytest.mark.parametrize("inner_scope", [None, "request", "function"])
def test_shorter_life_may_depend_on_any(inner_scope):
    """What is closed first may use what is closed later, or at the same time before it."""

    def outer(value=Depends(generator, scope=inner_scope)):
        yield

    def endpoint(value=Depends(outer, scope="function")): ...

    assert calls(get_dependant(path="/", call=endpoint)) == [generator, outer, endpoint]


@pytest.mark.parametrize("scope", [None, "request", "function"])
def test_function_and_endpoint_may_depend_on_any(scope):
    """A function is over when it returns, so everything that it uses outlives it."""

    def outer(value=Depends(generator, scope="function")): ...

    def endpoint(first=Depends(outer, scope=scope), second=Depends(generator, scope="function")): ...

    assert calls(endpoint_dependant("/", endpoint, [])) == [generator, outer, generator, endpoint]


# Security scopes


def test_scopes_flow_down():
    """A dependency sees the scopes of all that it is used by, outermost first, each once."""

    def user(scopes: SecurityScopes): ...

    def active(value=Security(user, scopes=["me", "items"])): ...

    def endpoint(value=Security(active, scopes=["items", "all"])): ...

    (outer,) = get_dependant(path="/", call=endpoint).dependencies
    (inner,) = outer.dependencies

    assert oauth_scopes(outer) == ["items", "all"]
    assert oauth_scopes(inner) == ["items", "all", "me"]
    assert inner.own_oauth_scopes == ["me", "items"]
    assert inner.security_scopes_param_name == "scopes"


def test_scopes_flow_through_what_has_none():
    """A plain `Depends` between two that have scopes passes them on."""

    def user(): ...

    def between(value=Depends(user)): ...

    def endpoint(value=Security(between, scopes=["a"])): ...

    (outer,) = get_dependant(path="/", call=endpoint).dependencies

    assert oauth_scopes(outer.dependencies[0]) == ["a"]


def test_scopes_do_not_flow_to_siblings():
    """What another parameter requires is no matter of this one."""

    def user(): ...

    def endpoint(first=Security(user, scopes=["a"]), second=Security(user, scopes=["b"])): ...

    dependant = endpoint_dependant("/", endpoint, [Security(user, scopes=["c"])])

    assert [oauth_scopes(each) for each in dependant.dependencies] == [["c"], ["a"], ["b"]]
    assert oauth_scopes(dependant) == []


def test_security_without_scopes_has_none():
    """`Security(f)` is `Depends(f)`."""
    (dependency,) = endpoint_dependant("/", session, [Security(session)]).dependencies

    assert dependency.own_oauth_scopes is None


def test_postponed_name_of_a_local_dependency_is_named():
    """A dependency that an annotation names as a text, and that only a function knows, is told apart from a mistake."""
    made = module(
        """
        from __future__ import annotations
        from typing import Annotated
        from straightway import Depends

        def declared():
            def local(): ...
            def endpoint(value: Annotated[int, Depends(local)]): ...
            return endpoint
        """
    )

    with pytest.raises(DeclarationError, match="'local' is no name of its module"):
        get_dependant(path="/", call=made.declared())
