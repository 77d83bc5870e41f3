# ruff: noqa: D102, D103  # the functions under test do nothing, each in its own way
import inspect
from functools import partial, wraps

import pytest

from straightway.analyse.callables import is_generator, kind_of, unwrapped


def function(): ...


async def coroutine(): ...


def generator():
    yield


async def async_generator():
    yield


FOUR = {"thread": function, "loop": coroutine, "generator": generator, "async generator": async_generator}
"""One plain function for every place where a callable can run."""


def wrapped(inner, wrapper):
    """Wrap `inner` into `wrapper`, as a decorator would."""

    @wraps(inner)
    def around(*args, **kwargs):
        return wrapper(inner, *args, **kwargs)

    return around


class Methods:
    """The four kinds as methods."""

    def thread(self): ...

    async def loop(self): ...

    def generator(self):
        yield

    async def async_generator(self):
        yield


def callable_instance(kind):
    """Return an instance whose `__call__` is of this kind."""
    return type("Instance", (), {"__call__": vars(Methods)[kind.replace(" ", "_")]})()


@pytest.fixture(params=FOUR)
def kind(request):
    """Go through the places where a callable can run."""
    return request.param


def test_functions(kind):
    """A function runs in a thread, a coroutine function on the loop, a generator around the request."""
    assert kind_of(FOUR[kind]) == kind


def test_bound_methods(kind):
    """A method is what its function is."""
    assert kind_of(getattr(Methods(), kind.replace(" ", "_"))) == kind


def test_callable_instances(kind):
    """An instance is what its `__call__` is."""
    assert kind_of(callable_instance(kind)) == kind


def test_partials(kind):
    """A partial, also of a partial, is what is called in the end."""
    assert kind_of(partial(FOUR[kind])) == kind
    assert kind_of(partial(partial(FOUR[kind]))) == kind
    assert kind_of(partial(callable_instance(kind))) == kind


def test_wrappers(kind):
    """A wrapper that only passes on is what it wraps: its result is what the inner function returns."""
    passing = wrapped(FOUR[kind], lambda inner: inner())

    assert kind_of(passing) == kind
    assert kind_of(partial(passing)) == kind
    assert kind_of(wrapped(partial(FOUR[kind]), lambda inner: inner())) == kind


def test_wrapped_instances(kind):
    """An instance whose `__call__` was decorated is what was decorated."""
    decorated = wrapped(vars(Methods)[kind.replace(" ", "_")], lambda inner, self: inner(self))
    instance = type("Instance", (), {"__call__": decorated})()

    assert kind_of(instance) == kind


def test_asynchronous_wrapper_of_a_function_runs_on_the_loop():
    """A decorator may make a coroutine function of a plain one."""

    @wraps(function)
    async def wrapper(): ...

    assert kind_of(wrapper) == "loop"


def test_generator_wrapper_of_a_function_is_a_generator():
    """A decorator may add code around the request to a plain function."""

    @wraps(function)
    def wrapper():
        yield

    assert kind_of(wrapper) == "generator"


def test_asynchronous_generator_wrapper_of_a_generator():
    """What is called counts before what it wraps where both are generators: asynchronous wins."""

    @wraps(generator)
    async def wrapper():
        yield

    assert kind_of(wrapper) == "async generator"


def test_class_runs_in_a_thread():
    """Calling a class makes an instance, whatever the instance's `__call__` is."""

    class Async:
        async def __call__(self): ...

    assert kind_of(Async) == "thread"
    assert kind_of(partial(Async)) == "thread"


@pytest.mark.parametrize("call", [lambda: None, len, dict], ids=["lambda", "builtin", "built-in class"])
def test_what_is_written_in_c_or_has_no_name_runs_in_a_thread(call):
    """Only what says that it is asynchronous is."""
    assert kind_of(call) == "thread"


def test_marked_coroutine_function_runs_on_the_loop():
    """A plain function that `inspect` was told to treat as a coroutine function is one, where that exists."""
    if not hasattr(inspect, "markcoroutinefunction"):
        pytest.skip("inspect.markcoroutinefunction is new in Python 3.12")

    assert kind_of(inspect.markcoroutinefunction(lambda: None)) == "loop"


def test_generators_are_those_that_yield(kind):
    """The two kinds that run around the request are told from those that are called."""
    assert is_generator(kind) is ("generator" in kind)


def test_unwrapping_finds_the_function_that_was_written():
    """Through any number of partials and wrappers, in any order."""
    layered = partial(wrapped(partial(wrapped(function, lambda inner: inner())), lambda inner: inner()))

    assert unwrapped(layered) is function


def test_class_is_not_unwrapped():
    """A decorated class is called itself, not what its decorator names as wrapped."""

    @wraps(function, updated=())
    class Decorated: ...

    assert unwrapped(Decorated) is Decorated
