"""Option bags: keyword arguments that are described once, by a `TypedDict`, and shared by many callables.

Type checkers read the `TypedDict` through `Unpack`. At run time nothing would refuse a misspelt keyword,
and `inspect.signature()` and `help()` would show only `**options`; the two functions here make up for that.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ForwardRef, NoReturn, TypeVar

__all__ = ["refuse_unknown_keywords", "spell_out"]

Function = TypeVar("Function", bound=Callable[..., Any])


def refuse_unknown_keywords(owner: str, given: Iterable[str], known: Collection[str]) -> None:
    """Raise the `TypeError` Python raises for unknown keywords, with the nearest known one as advice."""
    for keyword in given:
        if keyword not in known:
            _refuse(owner, keyword, known)


def _refuse(owner: str, unknown: str, known: Collection[str]) -> NoReturn:
    nearest = get_close_matches(unknown, known, n=1)
    advice = f"; did you mean {nearest[0]!r}?" if nearest else ""
    raise TypeError(f"{owner}() got an unexpected keyword argument {unknown!r}{advice}")


def spell_out(options: type, defaults: Mapping[str, Any]) -> Callable[[Function], Function]:
    """Make a function's signature show each option of a `TypedDict` in place of `**options`.

    The default of an option that is not among `defaults` is None.
    """

    def decorate(function: Function) -> Function:
        signature = inspect.signature(function)
        named = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        spelled = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=defaults.get(name),
                annotation=_written(annotation),
            )
            for name, annotation in inspect.get_annotations(options).items()
        ]
        function.__signature__ = signature.replace(parameters=named + spelled)  # type: ignore[attr-defined]  # read by inspect
        return function

    return decorate


def _written(annotation: Any) -> Any:
    """Return an annotation as it was written, where a `TypedDict` has made a reference of it."""
    return annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
