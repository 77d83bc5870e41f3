import copy
import gc
import pickle
from dataclasses import FrozenInstanceError, replace
from weakref import ref

import anyio
import pytest

from straightway import param_functions
from straightway.declare.depends import Depends, Security


def dependency():
    """Stand for any dependency."""


def test_functions_make_the_classes():
    """What users call makes what code that inspects declarations looks for."""
    assert param_functions.Depends(dependency, use_cache=False, scope="function") == Depends(
        dependency, use_cache=False, scope="function"
    )
    assert param_functions.Security(dependency, scopes=["a"]) == Security(dependency, scopes=["a"])


def test_security_is_a_dependency():
    """Whoever looks for dependencies finds both kinds."""
    assert isinstance(param_functions.Security(dependency), Depends)


def test_fields_in_order():
    """The positional order is part of the interface; the private field is not shown."""
    assert Security(dependency, False, "function", ["a"]) == Security(
        dependency, use_cache=False, scope="function", scopes=["a"]
    )
    assert repr(Depends(None, max_concurrency=2)) == (
        "Depends(dependency=None, use_cache=True, scope=None, max_concurrency=2)"
    )


def test_equal_declarations_have_equal_hashes():
    """Declarations can be keys, as long as what they hold can be."""
    assert hash(Depends(dependency)) == hash(Depends(dependency))
    assert Depends(dependency, scope="function") != Depends(dependency)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Security(dependency, scopes=["a"]))


def test_declarations_do_not_change():
    """One declaration may be shared by many endpoints."""
    with pytest.raises(FrozenInstanceError):
        Depends(dependency).use_cache = False


@pytest.mark.parametrize("limit", [0, -1, True, False, 1.5, "2"])
def test_limit_is_a_positive_integer(limit):
    """Anything else is refused where it is written."""
    with pytest.raises(ValueError, match=r"^max_concurrency must be a positive integer or None\n"):
        Depends(dependency, max_concurrency=limit)


def test_limits_of_separate_declarations_are_apart():
    """Two declarations with the same limit are not equal, because they do not share it."""
    assert Depends(dependency, max_concurrency=1) != Depends(dependency, max_concurrency=1)


def test_copy_shares_the_limit():
    """`dataclasses.replace` keeps the limit unless it changes the number."""
    original = Depends(dependency, max_concurrency=2)

    assert replace(original, use_cache=False)._concurrency is original._concurrency
    assert replace(original) == original
    assert replace(original, max_concurrency=3)._concurrency is not original._concurrency
    assert replace(original, max_concurrency=None)._concurrency is None
    assert replace(Depends(dependency), max_concurrency=2)._concurrency is not None


def test_deep_copies_and_pickles_have_a_limit_of_their_own():
    """What is another object does not share the limit."""
    original = Depends(dependency, max_concurrency=2)

    for twin in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):  # noqa: S301  # our own bytes
        assert twin.dependency is dependency
        assert twin._concurrency is not original._concurrency
        assert twin._concurrency.max_concurrency == 2


@pytest.mark.anyio
async def test_semaphore_is_shared_within_an_event_loop():
    """All uses of a declaration wait for the same semaphore, which has the limit's value."""
    limit = Depends(dependency, max_concurrency=2)._concurrency

    assert limit.get_semaphore() is limit.get_semaphore()
    assert limit.get_semaphore().value == 2


def test_each_event_loop_has_its_own_semaphore():
    """A declaration can be used in one event loop after another."""
    limit = Depends(dependency, max_concurrency=1)._concurrency

    async def take():
        await limit.get_semaphore().acquire()

    for backend in ("asyncio", "asyncio", "trio"):
        anyio.run(take, backend=backend)


@pytest.mark.anyio
async def test_semaphore_goes_with_its_declaration():
    """Declarations made at run time leave nothing behind."""
    declaration = Depends(dependency, max_concurrency=1)
    semaphore = ref(declaration._concurrency.get_semaphore())
    gc.collect()
    assert semaphore() is not None

    del declaration
    gc.collect()

    assert semaphore() is None
