"""Option bags: keyword arguments that are described once, by a `TypedDict`, and shared by many callables.

Type checkers read the `TypedDict` through `Unpack`. At run time nothing would refuse a misspelt keyword,
and `inspect.signature()` and `help()` would show only `**options`; the two functions here make up for that.
"""

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, ForwardRef, NoReturn, ParamSpec, TypeVar

from straightway.errors import DeclarationTypeError, Place, calling_place
from straightway.wording import did_you_mean, nearest, source_line

__all__ = ["advising", "refuse_unknown_keywords", "spell_out"]

Function = TypeVar("Function", bound=Callable[..., Any])
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_LONGEST_CALL = 40
"""How many lines of a call are searched for the keyword that is wrong in it."""


def refuse_unknown_keywords(owner: str, given: Iterable[str], known: Collection[str]) -> None:
    """Raise the `TypeError` Python raises for unknown keywords, with the line they stand on and the nearest known one."""
    for keyword in given:
        if keyword not in known:
            _refuse(owner, keyword, known)


def _refuse(owner: str, unknown: str, known: Collection[str]) -> NoReturn:
    place, line = _written_at(calling_place(), unknown)
    meant = nearest(unknown, known)
    if meant is None:
        instead = f"leave {unknown}=... out; {owner}() takes {', '.join(sorted(known))}"
    else:
        instead = re.sub(rf"\b{unknown}(\s*)=", rf"{meant}\1=", line, count=1) if line else f"{meant}=..."
    if unknown == "methods":  # of a decorator for one method
        instead = line.replace(f".{owner}(", ".api_route(") or "@app.api_route(path, methods=[...])"
    raise DeclarationTypeError(
        f"{owner}() got an unexpected keyword argument {unknown!r}{did_you_mean(unknown, known)}",
        at=place,
        instead=instead,
    )


def _written_at(call: Place, keyword: str) -> tuple[Place, str]:
    """Return the line of a call on which the keyword stands, as a place and as text; the text may be unknown."""
    for line in range(call.line or 0, (call.line or 0) + _LONGEST_CALL):
        text = source_line(call.file, line)
        if re.search(rf"\b{keyword}\s*=(?!=)", text):
            return replace(call, line=line), text
    return call, ""


def advising(owner: str) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Have a function that spells its keywords out refuse an unknown one in the words of `refuse_unknown_keywords`."""

    def decorate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        code = function.__code__
        known = frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) - {"self"}

        @wraps(function)
        def advised(*args: Parameters.args, **options: Parameters.kwargs) -> Result:
            refuse_unknown_keywords(owner, options, known)
            return function(*args, **options)

        return advised

    return decorate


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
