# ruff: noqa: D103  # the functions under test are told apart by name alone
from functools import partial

import pytest
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from straightway import BackgroundTasks, Body, Depends, Header, Request, Response, Security, WebSocket
from straightway.analyse.bodies import should_embed_body_fields
from straightway.analyse.dependant import body_params_of
from straightway.analyse.endpoint import body_of
from straightway.analyse.graph import endpoint_dependant
from straightway.analyse.steps import cache_key, steps_of, uses_scopes
from straightway.plan import Body as BodyStep
from straightway.plan import Call, Read, ReadBody
from straightway.security import HTTPBearer, SecurityScopes


class Item(BaseModel):
    """What is sent in a body."""

    name: str


def clock(): ...


def generator():
    yield


def with_query(q: int): ...


def with_body(item: Item): ...


def analysed(endpoint, *dependencies, path="/", overrides=None, websocket=False):
    """Return the steps of an endpoint and the order of its reports, as a route has them."""
    dependant = endpoint_dependant(path, endpoint, dependencies)
    fields = body_params_of(dependant)
    body = (
        body_of(is_form=False, strict_content_type=True, form_limits=None)
        if fields and not websocket
        else None
    )
    return steps_of(
        dependant,
        embed=should_embed_body_fields(fields),
        body=body,
        overrides=overrides,
        websocket=websocket,
    )


def calls_of(endpoint, *dependencies, **options):
    """Return the callables in running order."""
    steps, _ = analysed(endpoint, *dependencies, **options)
    return [step.call for step in steps if isinstance(step, Call)]


def call_of(call, steps):
    """Return the one step that calls `call`."""
    (found,) = [step for step in steps if isinstance(step, Call) and step.call is call]
    return found


# Order and arguments


def test_endpoint_without_parameters_is_one_step():
    """Nothing is read and nothing waited for."""

    def endpoint(): ...

    assert analysed(endpoint) == ((Call(0, endpoint, "thread", is_endpoint=True),), ())


def test_number_of_a_step_is_its_place():
    """Later steps name earlier ones by number."""

    def endpoint(q: int, value=Depends(with_query)): ...

    steps, report = analysed(endpoint)

    assert [(type(step), step.number) for step in steps] == [(Read, 0), (Call, 1), (Read, 2), (Call, 3)]
    assert steps[3].takes == (("value", 1),)
    assert steps[3].reads == (2,)
    assert report == (0, 2)


def test_values_of_one_callable_are_read_together():
    """Path, query, header and cookie values make one step, in the order in which their errors are reported."""

    def endpoint(token: str = Header(), q: int = 1, item: str = "", other: int = 2): ...

    steps, _ = analysed(endpoint, path="/{item}")

    (read,) = [step for step in steps if isinstance(step, Read)]
    assert [lookup.loc for lookup in read.lookups] == [
        ("path", "item"),
        ("query", "q"),
        ("query", "other"),
        ("header", "token"),
    ]


def test_dependencies_run_in_the_order_of_declaration():
    """A route's own come first, then those of the signature, each after what it depends on."""

    def deep(): ...

    def first(value=Depends(deep)): ...

    def second(): ...

    def endpoint(b=Depends(second), a=Depends(first)): ...

    assert calls_of(endpoint, Depends(clock)) == [clock, second, deep, first, endpoint]


def test_value_of_a_parameterless_dependency_goes_nowhere():
    """It is called for what it does."""

    def endpoint(): ...

    steps, _ = analysed(endpoint, Depends(clock))

    assert call_of(endpoint, steps).takes == ()


@pytest.mark.parametrize(
    ("annotation", "special"),
    [
        (Request, "request"),
        (HTTPConnection, "request"),
        (Response, "response"),
        (BackgroundTasks, "background_tasks"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_injected_objects(annotation, special):
    """What is injected by type is passed under the parameter's name."""

    def endpoint(value: annotation): ...

    steps, _ = analysed(endpoint)

    assert steps[-1].specials == (("value", special),)


def test_injected_objects_of_a_websocket():
    """A connection is the WebSocket there; a Request is not passed, as in FastAPI."""

    def endpoint(socket: WebSocket, connection: HTTPConnection, request: Request): ...

    (step,), _ = analysed(endpoint, websocket=True)

    assert step.specials == (("socket", "websocket"), ("connection", "websocket"))


def test_websocket_is_not_passed_to_an_http_endpoint():
    """There is none."""

    def endpoint(socket: WebSocket, request: Request): ...

    (step,), _ = analysed(endpoint)

    assert step.specials == (("request", "request"),)


def test_generators_have_a_lifetime_and_functions_none():
    """A generator's code after `yield` runs when its scope says."""

    def endpoint(a=Depends(generator), b=Depends(generator, scope="function"), c=Depends(clock)): ...

    steps, _ = analysed(endpoint)

    assert [(step.kind, step.lifetime) for step in steps] == [
        ("generator", "request"),
        ("generator", "function"),
        ("thread", None),
        ("thread", None),
    ]


def test_generator_endpoint_has_no_lifetime():
    """It is a stream, not something to close."""

    def endpoint():
        yield

    (step,), _ = analysed(endpoint)

    assert (step.kind, step.lifetime) == ("generator", None)


def test_limit_stays_with_its_declaration():
    """A limited dependency carries its limit into the plan."""
    limited = Depends(clock, max_concurrency=2)

    def endpoint(): ...

    steps, _ = analysed(endpoint, limited)

    assert steps[0].concurrency.max_concurrency == 2


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


def test_uncached_dependency_of_an_override_runs_for_every_use():
    """What replaces a dependency is what is looked at."""

    def replacement(value=Depends(clock, use_cache=False)): ...

    def endpoint(a=Depends(with_query), b=Depends(with_query)): ...

    assert calls_of(endpoint, overrides={with_query: replacement}) == [clock, replacement, clock, endpoint]


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


# Body


def test_body_is_read_just_before_it_is_needed():
    """What comes before, an authentication say, can refuse the request without waiting for an upload."""

    def endpoint(item: Item, q: int, token=Depends(clock)): ...

    steps, report = analysed(endpoint)

    assert [type(step) for step in steps] == [Call, Read, BodyStep, ReadBody, Call]
    assert steps[3].body == steps[2].number
    assert report == (1, 3)


def test_body_is_read_once_for_all():
    """Every callable validates its own part of what was parsed once."""

    def endpoint(item: Item, value=Depends(with_body)): ...

    steps, _ = analysed(endpoint)

    assert [type(step) for step in steps] == [BodyStep, ReadBody, Call, ReadBody, Call]
    assert {step.body for step in steps if isinstance(step, ReadBody)} == {steps[0].number}


def test_dependencies_after_one_that_needs_the_body_run_after_it_was_read():
    """The order of declaration is kept."""

    def endpoint(a=Depends(with_body), b=Depends(clock)): ...

    steps, _ = analysed(endpoint)

    assert [getattr(step, "call", type(step)) for step in steps] == [
        BodyStep,
        ReadBody,
        with_body,
        clock,
        endpoint,
    ]


@pytest.mark.parametrize(
    ("parameters", "embed"), [(Body(), False), (Body(embed=True), True)], ids=["whole", "embedded"]
)
def test_embedding_is_the_same_for_all_reads(parameters, embed):
    """The parameters of a body are taken together."""

    def endpoint(item: dict = parameters): ...

    steps, _ = analysed(endpoint)

    assert steps[1].embed is embed


def test_websocket_has_no_body():
    """A body parameter is always missing there."""

    def endpoint(item: Item): ...

    steps, _ = analysed(endpoint, websocket=True)

    assert [type(step) for step in steps] == [ReadBody, Call]
    assert steps[0].body is None


# What a failed value skips


def test_dependency_is_called_only_with_valid_values():
    """It needs what it reads, and every dependency that could fail."""

    def outer(x: int, value=Depends(with_query), other=Depends(clock)): ...

    def endpoint(value=Depends(outer)): ...

    steps, _ = analysed(endpoint)

    inner = call_of(with_query, steps)
    read_x = next(step for step in steps if isinstance(step, Read) and step.lookups[0].field.name == "x")
    assert inner.needs == inner.reads
    assert call_of(clock, steps).needs == ()
    assert set(call_of(outer, steps).needs) == {inner.number, read_x.number}


def test_siblings_of_a_failed_dependency_run():
    """All that is wrong with a request is found, as in FastAPI."""

    def endpoint(a=Depends(with_query), b=Depends(clock)): ...

    steps, _ = analysed(endpoint)

    assert call_of(clock, steps).needs == ()


def test_endpoint_needs_nothing_of_its_own():
    """The errors are raised before it is called."""

    def endpoint(q: int, a=Depends(with_query)): ...

    steps, _ = analysed(endpoint)

    assert call_of(endpoint, steps).needs == ()


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
