# ruff: noqa: D103  # the functions under test are told apart by name alone
from functools import partial

import pytest

from straightway import Depends, Security
from straightway.analyse.graph import endpoint_dependant
from straightway.analyse.steps import cache_key, uses_scopes
from straightway.plan import Call, Read
from straightway.security import HTTPBearer, SecurityScopes
from tests.analyse.plans import analysed, call_of, calls_of


def clock(): ...


def generator():
    yield


def with_query(q: int): ...


# Sharing


def test_shared_dependency_runs_once():
    """Two parameters that depend on the same call get the same value."""

    def endpoint(a=Depends(clock), b=Depends(clock)): ...

    steps, _ = analysed(endpoint, Depends(clock))

    assert [step.call for step in steps] == [clock, endpoint]
    assert steps[-1].takes == (("a", 0), ("b", 0))


def test_dependency_shared_at_different_depths_runs_once():
    """It does not matter who asks."""

    def outer(value=Depends(clock)): ...

    def endpoint(a=Depends(outer), b=Depends(clock)): ...

    assert calls_of(endpoint) == [clock, outer, endpoint]


def test_values_of_a_shared_dependency_are_read_once_and_reported_for_every_use():
    """FastAPI validates again for each use, which shows only in the errors: one for each."""

    def endpoint(a=Depends(with_query), b=Depends(with_query), c=Depends(with_query)): ...

    steps, report = analysed(endpoint)

    assert [type(step) for step in steps] == [Read, Call, Call]
    assert report == (0, 0, 0)


def test_errors_below_a_shared_dependency_are_reported_for_every_use():
    """Sub-dependencies are used as often as what depends on them."""

    def outer(x: int, value=Depends(with_query)): ...

    def endpoint(a=Depends(outer), b=Depends(outer)): ...

    steps, report = analysed(endpoint)

    reads = {step.lookups[0].field.name: step.number for step in steps if isinstance(step, Read)}
    assert report == (reads["q"], reads["x"]) * 2


def test_uncached_dependency_runs_for_every_use():
    """`use_cache=False` asks for a value of one's own."""

    def endpoint(a=Depends(clock, use_cache=False), b=Depends(clock, use_cache=False)): ...

    steps, _ = analysed(endpoint)

    assert [step.call for step in steps] == [clock, clock, endpoint]
    assert steps[-1].takes == (("a", 0), ("b", 1))


def test_uncached_first_use_is_shared_with_later_ones():
    """Not reading the cache does not keep a value out of it."""

    def endpoint(a=Depends(clock, use_cache=False), b=Depends(clock)): ...

    steps, _ = analysed(endpoint)

    assert [step.call for step in steps] == [clock, endpoint]
    assert steps[-1].takes == (("a", 0), ("b", 0))


def test_uncached_later_use_does_not_replace_the_shared_value():
    """The first value stays the shared one."""

    def endpoint(a=Depends(clock), b=Depends(clock, use_cache=False), c=Depends(clock)): ...

    steps, _ = analysed(endpoint)

    assert [step.call for step in steps] == [clock, clock, endpoint]
    assert steps[-1].takes == (("a", 0), ("b", 1), ("c", 0))


def test_uncached_dependency_of_a_shared_one_runs_for_every_use():
    """FastAPI looks at the sub-dependencies before it looks into its cache."""

    def outer(q: int, value=Depends(clock, use_cache=False)): ...

    def endpoint(a=Depends(outer), b=Depends(outer)): ...

    steps, _ = analysed(endpoint)

    assert [getattr(step, "call", type(step)) for step in steps] == [clock, Read, outer, clock, endpoint]
    assert steps[-1].takes == (("a", 2), ("b", 2))


@pytest.mark.parametrize("call", [clock, generator])
def test_scopes_of_a_lifetime_tell_uses_apart(call):
    """The same callable with another `scope` is another dependency, even where the scope makes no difference."""

    def endpoint(
        a=Depends(call, scope="function"), b=Depends(call, scope="request"), c=Depends(call, scope="function")
    ): ...

    assert calls_of(endpoint) == [call, call, endpoint]


def test_generator_without_scope_is_one_with_scope_request():
    """That is the scope it has."""

    def endpoint(a=Depends(generator), b=Depends(generator, scope="request")): ...

    assert calls_of(endpoint) == [generator, endpoint]


def test_function_without_scope_is_not_one_with_scope_request():
    """FastAPI tells them apart: three declarations, three calls."""

    def endpoint(a=Depends(clock), b=Depends(clock, scope="request"), c=Depends(clock, scope="function")): ...

    assert calls_of(endpoint) == [clock, clock, clock, endpoint]


def test_equal_callables_are_one():
    """Instances that compare equal share their value, as keys of a dictionary do; a bound method is such a one."""

    class Service:
        def read(self): ...

    service = Service()

    def endpoint(a=Depends(service.read), b=Depends(service.read)): ...

    assert len(calls_of(endpoint)) == 2


def test_unhashable_callable_is_shared_by_identity():
    """A callable without a hash can be a dependency, too."""

    class Unhashable:
        __hash__ = None

        def __call__(self): ...

    one, other = Unhashable(), Unhashable()

    def endpoint(a=Depends(one), b=Depends(one), c=Depends(other)): ...

    assert calls_of(endpoint, overrides={clock: generator}) == [one, other, endpoint]


def test_partials_are_shared_by_identity():
    """Two partials of one function are two dependencies: their arguments may differ."""
    one, other = partial(clock), partial(clock)

    def endpoint(a=Depends(one), b=Depends(one), c=Depends(other)): ...

    assert calls_of(endpoint) == [one, other, endpoint]


# Security scopes


def user(scopes: SecurityScopes): ...


def test_scopes_are_passed_to_what_asks_for_them():
    """Under the parameter's name, outermost first."""

    def active(value=Security(user, scopes=["me"])): ...

    def endpoint(value=Security(active, scopes=["items"])): ...

    steps, _ = analysed(endpoint)

    assert call_of(user, steps).scopes == ("scopes", ("items", "me"))
    assert call_of(active, steps).scopes is None


def test_scopes_tell_uses_apart():
    """A dependency that looks at its scopes runs for each set of them."""

    def endpoint(
        a=Security(user, scopes=["x"]), b=Security(user, scopes=["y"]), c=Security(user, scopes=["x"])
    ): ...

    steps, _ = analysed(endpoint)

    assert [step.scopes for step in steps] == [("scopes", ("x",)), ("scopes", ("y",)), None]
    assert steps[-1].takes == (("a", 0), ("b", 1), ("c", 0))


def test_order_of_scopes_makes_no_difference():
    """The same scopes in another order are the same; the first declaration's order is shown."""

    def endpoint(a=Security(user, scopes=["b", "a"]), b=Security(user, scopes=["a", "b"])): ...

    steps, _ = analysed(endpoint)

    assert [step.scopes for step in steps] == [("scopes", ("b", "a")), None]


def test_scopes_make_no_difference_to_what_does_not_look_at_them():
    """A dependency below two that require different scopes is shared, unless it, or one below it, uses them."""

    def plain(value=Depends(clock)): ...

    def left(value=Depends(plain)): ...

    def right(value=Depends(plain)): ...

    def endpoint(a=Security(left, scopes=["a"]), b=Security(right, scopes=["b"])): ...

    assert calls_of(endpoint) == [clock, plain, left, right, endpoint]


@pytest.mark.parametrize("inner", [user, HTTPBearer()], ids=["SecurityScopes", "scheme"])
def test_what_looks_at_scopes_below_counts(inner):
    """A dependency that uses one that looks at its scopes differs with them, too."""

    def outer(value=Depends(inner)): ...

    def endpoint(a=Security(outer, scopes=["a"]), b=Security(outer, scopes=["b"])): ...

    assert calls_of(endpoint) == [inner, outer, inner, outer, endpoint]


def test_key_of_a_dependency():
    """Callable, sorted scopes where they count, lifetime."""

    def endpoint(
        a=Security(user, scopes=["b", "a"]), b=Depends(generator), c=Depends(clock, scope="function")
    ): ...

    first, second, third = endpoint_dependant("/", endpoint, []).dependencies

    assert uses_scopes(first)
    assert not uses_scopes(second)
    assert cache_key(first) == (user, ("a", "b"), "")
    assert cache_key(second) == (generator, (), "request")
    assert cache_key(third) == (clock, (), "function")


def test_parameterless_dependency_is_always_shared():
    """A value that goes nowhere need not be one's own: `use_cache=False` means nothing in `dependencies=[…]`."""

    def endpoint(value=Depends(clock)): ...

    assert calls_of(endpoint, Depends(clock, use_cache=False), Depends(clock, use_cache=False)) == [
        clock,
        endpoint,
    ]
