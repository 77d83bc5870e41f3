"""Options of a route that are of a kind with which it could not answer, refused where they are given."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from straightway.datastructures import DefaultPlaceholder
from straightway.errors import DeclarationError, DeclarationTypeError, Place, StraightwayError
from straightway.wording import called_with, kind_of_object, source_line, type_name

__all__ = ["check_options", "refuse_model"]

Wrong = Iterator[tuple[str, str]]
"""What is wrong, and what to write instead."""


def check_options(given: Mapping[str, Any], at: Callable[[], Place]) -> None:
    """Refuse the first option that is wrong; `at` says where it was given."""
    for name, wrong_with in _RULES.items():
        value = given.get(name)
        if value is None:
            continue
        for message, instead in wrong_with(value):
            raise DeclarationTypeError(message, at=at(), instead=instead)


def _wrong_methods(methods: Any) -> Wrong:
    if isinstance(methods, str):
        yield f"methods is a list of methods, not {methods!r}", f'methods=["{methods.upper()}"]'


def _wrong_status(status: Any) -> Wrong:
    # RFC 9110, section 15: three digits.
    if not isinstance(status, int) or not 100 <= status <= 999:
        digits = re.sub(r"\D", "", str(status))[:3] or "200"
        yield f"status_code is a number of three digits, not {status!r}", f"status_code={digits}"


def _wrong_responses(responses: Any) -> Wrong:
    if not isinstance(responses, Mapping):
        kind = type(responses).__name__
        yield (
            f"responses maps status codes to descriptions, it is no {kind}",
            'responses={404: {"description": "Not found"}}',
        )


def _wrong_dependencies(dependencies: Any) -> Wrong:
    if not hasattr(dependencies, "__iter__"):
        name = getattr(getattr(dependencies, "dependency", dependencies), "__name__", "verify")
        yield f"dependencies is a list, not {kind_of_object(dependencies)}", f"dependencies=[Depends({name})]"
        return
    for each in dependencies if isinstance(dependencies, list | tuple) else ():
        if not hasattr(each, "dependency"):
            name = getattr(each, "__name__", "verify")
            yield (
                f"dependencies holds Depends(), not {kind_of_object(each)}",
                f"dependencies=[Depends({name})]",
            )


def _wrong_class(response_class: Any) -> Wrong:
    if isinstance(response_class, DefaultPlaceholder) or inspect.isclass(response_class):
        return
    if not callable(response_class) or hasattr(response_class, "raw_headers"):
        kind = type(response_class).__name__
        yield f"response_class is a class, not {kind_of_object(response_class)}", f"response_class={kind}"


_RULES: Mapping[str, Callable[[Any], Wrong]] = {
    "methods": _wrong_methods,
    "status_code": _wrong_status,
    "responses": _wrong_responses,
    "dependencies": _wrong_dependencies,
    "response_class": _wrong_class,
}


def refuse_model(model: Any, error: Exception, at: Place, *, is_annotation: bool) -> StraightwayError:
    """Return the exception for a response model that Pydantic cannot make a validator of."""
    message = str(error.args[0]) if error.args else str(error)
    if isinstance(model, list | tuple) and len(model) == 1:
        return DeclarationError(
            f"response_model is a type, not {model!r}",
            at=at,
            instead=f"response_model=list[{type_name(model[0])}]",
        )
    if isinstance(model, dict):
        fields = ", ".join(f"{name}: {type_name(kind)}" for name, kind in model.items())
        instead = f"response_model=Answer, with class Answer(BaseModel): {fields}"
        return DeclarationError(f"response_model is a type, not {model!r}", at=at, instead=instead)
    instead = f"class {type_name(model)}(BaseModel), or response_model=None for no validation"
    if is_annotation:
        decorator = called_with(source_line(at.file, at.line), "response_model=None")
        instead = f"{decorator or 'response_model=None'}, if {type_name(model)} is no model of the answer"
        message = f"{message} Where it is not one, give the decorator the parameter response_model=None."
    return StraightwayError(message, at=at, instead=instead)
