# ruff: noqa: D103  # the functions under test are told apart by name alone
import pytest
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from straightway import BackgroundTasks, Body, Depends, Header, Request, Response, WebSocket
from straightway.plan import Body as BodyStep
from straightway.plan import Call, Read, ReadBody
from tests.analyse.plans import analysed, call_of, calls_of


class Item(BaseModel):
    """What is sent in a body."""

    name: str


def clock(): ...


def generator():
    yield


def with_query(q: int): ...


def with_body(item: Item): ...


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


def test_parameter_may_be_embedded_where_another_of_its_name_is_not():
    """The endpoint's own decides for the route; a dependency may still say otherwise for itself, as in FastAPI."""

    def embeds(item: dict = Body(embed=True)): ...

    def endpoint(item: dict = Body(), value=Depends(embeds)): ...

    steps, _ = analysed(endpoint)

    assert [step.embed for step in steps if isinstance(step, ReadBody)] == [True, False]
