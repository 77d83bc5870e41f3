"""What says which problems an endpoint, or a dependency, may raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar

from straightway.errors import DeclarationError, Place, calling_place
from straightway.problems import ready_made
from straightway.problems.problem import Problem, is_concrete, model_of

Function = TypeVar("Function", bound=Callable[..., Any])

RAISES = "__straightway_raises__"
"""The attribute of a function that has the problems it may raise."""


def raises(*kinds: type[Problem]) -> Callable[[Function], Function]:
    """Declare what a dependency, or any function that an endpoint depends on, may raise.

    All endpoints that depend on it are documented with it. Raises `DeclarationError` for what is no kind of problem.
    """
    checked = checked_problems(kinds)

    def decorate(function: Function) -> Function:
        setattr(function, RAISES, (*getattr(function, RAISES, ()), *checked))
        return function

    return decorate


def raised_by(functions: Iterable[object]) -> Iterable[type[Problem]]:
    """Yield the problems that `raises` has declared of functions."""
    for each in functions:
        declared: object = getattr(each, RAISES, ())
        if isinstance(declared, tuple):  # and not what a proxy, or a mock, has under any name
            yield from declared


def checked_problems(
    given: Sequence[Any] | None, at: Callable[[], Place] = calling_place
) -> tuple[type[Problem], ...]:
    """Return what `raises` names, each once; raise `DeclarationError` for what is no kind of problem.

    `at` is asked where that was written.
    """
    if given is None:
        return ()
    if isinstance(given, type):
        name = given.__name__
        raise DeclarationError(
            f"raises={name} is no list", at=at(), instead=f"write brackets around it: raises=[{name}]"
        )
    for each in given:
        if not isinstance(each, type) or not issubclass(each, Problem):
            _refuse(each, at())
        if not is_concrete(each):
            name = each.__name__
            raise DeclarationError(
                f"raises names {name}, which has no status",
                at=at(),
                instead=f"write `status = ...` in {name}, or name the classes that derive from it",
            )
        model_of(each)
    return tuple(dict.fromkeys(given))


def _refuse(given: object, at: Place) -> NoReturn:
    match given:
        case Problem():
            name = type(given).__name__
            what, instead = f"a {name} that has been made", f"name the class: raises=[{name}]"
        case int():
            name = _ready_made(int(given))
            what, instead = (
                f"the status {int(given)}",
                f"name a class: raises=[{name}] (from straightway.problems)",
            )
        case type() if issubclass(given, Exception):
            name = given.__name__
            what = f"the exception {name}"
            instead = f"derive it from straightway.Problem and give it a status: class {name}(Problem)"
        case _:
            what, instead = repr(given), "name classes that derive from straightway.Problem"
    raise DeclarationError(f"raises takes kinds of problems, and was given {what}", at=at, instead=instead)


def _ready_made(status: int) -> str:
    kinds = (
        each for each in vars(ready_made).values() if isinstance(each, type) and issubclass(each, Problem)
    )
    return next((each.__name__ for each in kinds if is_concrete(each) and each.status == status), "Problem")
