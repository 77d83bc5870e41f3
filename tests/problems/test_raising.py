"""What `raises` takes, and how it says no."""

import inspect

import pytest

from straightway import APIRouter, HTTPException, Problem, Straightway
from straightway.errors import DeclarationError
from straightway.problems import Conflict, NotFound, raises
from straightway.problems.raising import checked_problems, raised_by


class Shop(Problem):
    """What all problems of a shop derive from; it has no status."""

    shop: str


class Broken(Problem):
    """Has a member that nobody understands."""

    status = 400
    own: "Nowhere"  # noqa: F821  # that is the point


WRONG = {
    "no list": (NotFound, "raises=NotFound is no list", "raises=[NotFound]"),
    "instance": ([NotFound()], "a NotFound that has been made", "raises=[NotFound]"),
    "status": ([404], "the status 404", "raises=[NotFound] (from straightway.problems)"),
    "odd status": ([499], "the status 499", "raises=[Problem]"),
    "exception": ([KeyError], "the exception KeyError", "class KeyError(Problem)"),
    "http exception": ([HTTPException], "the exception HTTPException", "derive it from straightway.Problem"),
    "text": (["NotFound"], "was given 'NotFound'", "name classes that derive from straightway.Problem"),
    "no status": ([Shop], "raises names Shop, which has no status", "`status = ...` in Shop"),
    "base": ([Problem], "raises names Problem, which has no status", "derive from it"),
    "members": ([Broken], "The members of Broken cannot be made sense of", "types that Pydantic knows"),
}


@pytest.mark.parametrize(("given", "what", "instead"), WRONG.values(), ids=WRONG)
def test_route_refuses_what_is_no_problem(given, what, instead):
    """The message names what is wrong, where the endpoint stands, and what to write."""
    app = Straightway()

    with pytest.raises(DeclarationError) as caught:

        @app.get("/", raises=given)
        def endpoint(): ...

    assert what in str(caught.value)
    assert instead in str(caught.value)
    assert __file__ in str(caught.value)


@pytest.mark.parametrize(
    "declare",
    [
        lambda: APIRouter(raises=[404]),
        lambda: Straightway(raises=[404]),
        lambda: APIRouter().include_router(APIRouter(), raises=[404]),
        lambda: Straightway().include_router(APIRouter(), raises=[404]),
        lambda: raises(404),
    ],
    ids=["router", "application", "inclusion", "inclusion in application", "decorator"],
)
def test_other_places_refuse_it_with_their_line(declare):
    """It is that of the user's code which has it, whatever called what within the framework."""
    with pytest.raises(DeclarationError) as caught:
        declare()

    assert caught.value.at.file == __file__
    assert caught.value.at.line == inspect.getsourcelines(declare)[1]


def test_each_is_named_once():
    """What several layers declare is one."""
    assert checked_problems([NotFound, Conflict, NotFound]) == (NotFound, Conflict)
    assert checked_problems(None) == ()


def test_decorator_leaves_the_function_as_it_is():
    """It adds to what was said before, and the function is the same."""

    def function(): ...

    assert raises(NotFound)(raises(Conflict)(function)) is function
    assert list(raised_by([function, print])) == [Conflict, NotFound]


def test_dependency_that_has_every_attribute():
    """A proxy gives something for every name; that is no declaration."""

    class Proxy:
        def __getattr__(self, name):
            return self

    assert list(raised_by([Proxy()])) == []
