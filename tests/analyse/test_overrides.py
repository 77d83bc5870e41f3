# ruff: noqa: D103  # the functions under test are told apart by name alone
from straightway import Depends, Security
from straightway.security import SecurityScopes
from tests.analyse.plans import analysed, call_of, calls_of


def clock(): ...


def generator():
    yield


def with_query(q: int): ...


# Overrides


def test_override_takes_the_place_of_a_dependency():
    """With parameters of its own, under the name of the original."""

    def replacement(z: str = "zz"): ...

    def endpoint(value=Depends(with_query)): ...

    steps, _ = analysed(endpoint, overrides={with_query: replacement})

    assert [lookup.field.name for lookup in steps[0].lookups] == ["z"]
    assert [step.call for step in steps[1:]] == [replacement, endpoint]
    assert steps[-1].takes == (("value", 1),)


def test_override_applies_at_every_depth():
    """To parameters, to `dependencies=[…]`, and below what replaces something else."""

    def outer(value=Depends(clock)): ...

    def other(value=Depends(clock)): ...

    def replacement(): ...

    def endpoint(value=Depends(outer)): ...

    overrides = {clock: replacement, outer: other}

    assert calls_of(endpoint, Depends(clock, use_cache=False), overrides=overrides) == [
        replacement,
        other,
        endpoint,
    ]


def test_override_of_an_override_does_not_apply():
    """There is no chain."""

    def replacement(): ...

    def endpoint(value=Depends(clock)): ...

    assert calls_of(endpoint, overrides={clock: replacement, replacement: generator}) == [
        replacement,
        endpoint,
    ]


def test_override_is_shared_as_the_original_is():
    """The same replacement of two dependencies runs twice; of one dependency, once."""

    def other(): ...

    def replacement(): ...

    def endpoint(a=Depends(clock), b=Depends(clock), c=Depends(other)): ...

    steps, _ = analysed(endpoint, overrides={clock: replacement, other: replacement})

    assert [step.call for step in steps] == [replacement, replacement, endpoint]
    assert steps[-1].takes == (("a", 0), ("b", 0), ("c", 1))


def test_override_may_be_a_generator():
    """A generator may replace a function, and the reverse; the scope is the declaration's."""

    def replacement():
        yield

    def endpoint(a=Depends(clock, scope="function"), b=Depends(generator)): ...

    steps, _ = analysed(endpoint, overrides={clock: replacement, generator: clock})

    assert [(step.call, step.kind, step.lifetime) for step in steps[:2]] == [
        (replacement, "generator", "function"),
        (clock, "thread", None),
    ]


def test_override_gets_scopes_and_limit_of_the_original():
    """What the declaration says holds for whatever stands in."""

    def replacement(scopes: SecurityScopes): ...

    def endpoint(a=Security(clock, scopes=["x"]), b=Depends(generator, max_concurrency=3)): ...

    steps, _ = analysed(endpoint, overrides={clock: replacement, generator: with_query})

    assert call_of(replacement, steps).scopes == ("scopes", ("x",))
    assert call_of(with_query, steps).concurrency.max_concurrency == 3


def test_override_finds_path_parameters():
    """It is analysed with the path of the original."""

    def replacement(item: str): ...

    def endpoint(value=Depends(clock)): ...

    steps, _ = analysed(endpoint, path="/{item}", overrides={clock: replacement})

    assert steps[0].lookups[0].loc == ("path", "item")


def test_endpoint_is_not_overridden():
    """Only dependencies are."""

    def endpoint(): ...

    assert calls_of(endpoint, overrides={endpoint: clock}) == [endpoint]


def test_uncached_dependency_of_an_override_runs_for_every_use():
    """What replaces a dependency is what is looked at."""

    def replacement(value=Depends(clock, use_cache=False)): ...

    def endpoint(a=Depends(with_query), b=Depends(with_query)): ...

    assert calls_of(endpoint, overrides={with_query: replacement}) == [clock, replacement, clock, endpoint]
